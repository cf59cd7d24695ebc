#include "harness/scenario/workload.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "harness/checkers/acknowledged.hpp"

namespace squall::scenario {
namespace {

using checkers::Operation;
using checkers::Outcome;
using Json = nlohmann::json;

constexpr int shared_keys = 3;
constexpr Duration request_timeout = 5s;
// What a read shows that was answered without the number which was written: nobody wrote this one.
constexpr std::int64_t garbled = -2;

std::int64_t number_in(const http::Response& response) {
  Json body = Json::parse(response.body, nullptr, false);
  const Json::json_pointer place("/data/data/n");
  if (!body.is_object() || !body.contains(place) || !body[place].is_string()) return garbled;
  const std::string& text = body[place].get_ref<const std::string&>();
  std::int64_t number = garbled;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number >= 0 ? number : garbled;
}

// A key that does not exist is answered with 404 and no error; a mount that does not, with 404 and one.
bool says_missing(const http::Response& response) {
  if (response.status != 404) return false;
  Json body = Json::parse(response.body, nullptr, false);
  return body.is_object() && body.value("errors", Json{}) == Json::array();
}

// A node that is sealed, or stands by and does not forward, answers others than these; another may serve.
bool serves(int status) { return status < 300 || (status >= 400 && status < 500); }

std::string body_of(std::int64_t value) { return Json{{"data", {{"n", std::to_string(value)}}}}.dump(); }

}  // namespace

KvWorkload::KvWorkload(Cluster& cluster, Workload settings)
    : cluster_(cluster), settings_(std::move(settings)) {}

void KvWorkload::start() {
  for (int number = 0; number < settings_.clients; ++number)
    clients_.push_back(world::Job::start(cluster_.scheduler(), client(number)));
}

std::string KvWorkload::key_name(int number) const {
  return settings_.name + "-" + std::to_string(number % shared_keys);
}

world::Task<> KvWorkload::client(int number) {
  // Clients start spread over one interval, so that they do not march in step.
  co_await world::sleep(cluster_.scheduler(), settings_.every * number / settings_.clients);
  for (int round = 0; !stopping_; round = (round + 1) % shared_keys) {
    // Each writes to its own key of the round and reads another's, so that every write is read by somebody.
    co_await write(number, key_name(round + number));
    co_await world::sleep(cluster_.scheduler(), settings_.every);
    if (stopping_) break;
    Operation seen = co_await read(number, key_name(round + number + 1));
    if (loss_.empty()) loss_ = loss_in(seen);
    co_await world::sleep(cluster_.scheduler(), settings_.every);
  }
}

world::Task<> KvWorkload::write(int number, std::string key) {
  Key& state = keys_[key];
  Operation done{.client = number, .key = key, .action = checkers::Action::write, .argument = ++state.sent};
  done.started = cluster_.scheduler().now();
  done.outcome = Outcome::unknown;
  state.writes.push_back(done);
  Answer answer = co_await ask(number, "POST", key, body_of(done.argument));
  done.ended = cluster_.scheduler().now();
  const int status = answer.response ? answer.response->status : 0;
  if (status == 200 || status == 204) {
    done.outcome = Outcome::ok;
    ++confirmed_count_;
  } else {
    // A server that sent elsewhere (3xx), or answered 4xx or 503, did not write; anything else may have.
    if (!answer.sent || status == 503 || (status >= 300 && status < 500)) done.outcome = Outcome::refused;
    ++failed_count_;
  }
  settle(done);
  history_.push_back(std::move(done));
}

// Keeps of the key's writes what a read that is under way, or begins later, may show.
void KvWorkload::settle(const Operation& write) {
  checkers::History& writes = keys_[write.key].writes;
  auto own = std::find_if(writes.begin(), writes.end(),
                          [&](const Operation& one) { return one.argument == write.argument; });
  *own = write;
  // Of the writes confirmed before every read that is still under way, the one that began last.
  const Time oldest_read = cluster_.scheduler().now() - request_timeout;
  auto settled = [&](const Operation& one) { return one.outcome == Outcome::ok && one.ended < oldest_read; };
  Time over = Time::min();
  for (const Operation& one : writes)
    if (settled(one)) over = std::max(over, one.started);
  std::erase_if(writes, [&](const Operation& one) {
    return one.outcome == Outcome::refused || (settled(one) && one.ended < over);
  });
}

world::Task<Operation> KvWorkload::read(int number, std::string key) {
  Operation done{.client = number, .key = key, .action = checkers::Action::read};
  done.started = cluster_.scheduler().now();
  Answer answer = co_await ask(number, "GET", key, {});
  done.ended = cluster_.scheduler().now();
  if (answer.response && answer.response->status == 200) {
    done.result = number_in(*answer.response);
  } else if (answer.response && says_missing(*answer.response)) {
    done.result = checkers::nothing;
  } else {
    done.outcome = Outcome::refused;  // it changed nothing and showed nothing
    ++failed_count_;
  }
  history_.push_back(done);
  co_return done;
}

std::string KvWorkload::loss_in(const Operation& read) {
  checkers::History known = keys_[read.key].writes;
  known.push_back(read);
  const Time before = read.started - 1ns;
  if (checkers::lost_writes(known, before).empty()) return {};
  // It is lost; the whole record says what it was.
  for (const Operation& one : history_)
    if (one.key == read.key && one.action == checkers::Action::write) known.push_back(one);
  return read.key + ": " + checkers::lost_writes(known, before).front().what;
}

world::Task<KvWorkload::Answer> KvWorkload::ask(int number, std::string method, std::string key,
                                                std::string body) {
  const Stack::Nodes& nodes = cluster_.stack().nodes;
  auto instances = cluster_.instances(nodes.tags);
  std::string secret = token();
  Answer answer;
  if (instances.empty() || secret.empty()) co_return answer;
  world::Call call;
  call.scheme = nodes.scheme;
  call.host = instances[(static_cast<std::size_t>(number) + turned_[number]) % instances.size()].private_ip;
  call.port = nodes.port;
  call.tls.skip_verify = true;
  call.connect_timeout = call.total_timeout = request_timeout;
  call.request.method = std::move(method);
  call.request.target = "/v1/" + nodes.mount + "/data/" + key;
  call.request.headers.add("Host", call.host + ":" + std::to_string(call.port));
  call.request.headers.add("X-Vault-Token", secret);
  call.request.body = std::move(body);
  auto reply = co_await cluster_.send_from_workstation(std::move(call));
  if (auto* response = std::get_if<http::Response>(&reply)) {
    answer.response = std::move(*response);
    answer.sent = true;
  } else {
    answer.sent = std::get<world::NetError>(reply).connected;
  }
  if (!answer.response || !serves(answer.response->status)) ++turned_[number];
  co_return answer;
}

std::string KvWorkload::token() {
  const Stack::Nodes& nodes = cluster_.stack().nodes;
  for (const InstanceView& instance : cluster_.instances(nodes.tags)) {
    if (!token_.empty()) break;
    auto content = cluster_.read_file(instance.id, nodes.token_file);
    std::size_t found = content ? content->find(nodes.token_after) : std::string::npos;
    if (found == std::string::npos) continue;
    std::size_t start = found + nodes.token_after.size();
    token_ = content->substr(start, content->find_first_of(" \t\r\n\",", start) - start);
  }
  return token_;
}

// From the first node that serves. Reads as one client more than there are.
world::Task<Operation> KvWorkload::read_somewhere(std::string key) {
  const std::size_t nodes = cluster_.instances(cluster_.stack().nodes.tags).size();
  Operation seen = co_await read(settings_.clients, key);
  for (std::size_t tried = 1; tried < nodes && seen.outcome != Outcome::ok; ++tried)
    seen = co_await read(settings_.clients, key);
  co_return seen;
}

world::Task<std::string> KvWorkload::read_back() {
  for (int number = 0; number < shared_keys; ++number) {
    std::string key = key_name(number);
    if (!keys_.contains(key)) continue;
    Operation seen = co_await read_somewhere(key);
    if (seen.outcome != Outcome::ok) co_return key + " can not be read back";
    if (std::string lost = loss_in(seen); !lost.empty()) co_return lost;
  }
  co_return std::string{};
}

}  // namespace squall::scenario
