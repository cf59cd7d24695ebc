#include "harness/scenario/workload.hpp"

#include <nlohmann/json.hpp>

namespace squall::scenario {
namespace {

using Outcome = Operation::Outcome;

constexpr int keys_per_client = 3;
constexpr Duration request_timeout = 5s;

// The number in a kv v2 answer; -1 when the key does not exist.
std::int64_t value_in(const http::Response& response) {
  if (response.status == 404) return -1;
  auto body = nlohmann::json::parse(response.body, nullptr, false);
  if (!body.is_object()) return -1;
  const auto& data = body.value("/data/data"_json_pointer, nlohmann::json::object());
  return data.is_object() && data.contains("n") && data["n"].is_string()
             ? std::stoll(data["n"].get<std::string>())
             : -1;
}

std::string body_of(std::int64_t value) {
  return nlohmann::json{{"data", {{"n", std::to_string(value)}}}}.dump();
}

}  // namespace

KvWorkload::KvWorkload(Cluster& cluster, Workload settings)
    : cluster_(cluster), settings_(std::move(settings)) {}

void KvWorkload::start() {
  for (int number = 0; number < settings_.clients; ++number)
    clients_.push_back(world::Job::start(cluster_.scheduler(), client(number)));
}

world::Task<> KvWorkload::client(int number) {
  // Clients start spread over one interval, so that they do not march in step.
  co_await world::sleep(cluster_.scheduler(), settings_.every * number / settings_.clients);
  for (std::uint64_t turn = 0; !stopping_; ++turn) {
    std::string key =
        settings_.name + "-" + std::to_string(number) + "-" + std::to_string(turn / 2 % keys_per_client);
    if (turn % 2 == 0)
      co_await write(number, key);
    else
      co_await read(number, key);
    co_await world::sleep(cluster_.scheduler(), settings_.every);
  }
}

world::Task<> KvWorkload::write(int number, const std::string& key) {
  Key& state = keys_[key];
  std::int64_t value = ++state.sent;
  Operation done{number, true, key, value, cluster_.scheduler().now(), {}, Outcome::unknown};
  auto answer = co_await ask("POST", key, body_of(value));
  done.ended = cluster_.scheduler().now();
  if (answer && answer->status == 200) {
    done.outcome = Outcome::ok;
    state.confirmed = value;
    ++confirmed_count_;
  } else {
    // A server that answered 4xx or 503 did not write; anything else may have.
    bool refused = answer && (answer->status == 503 || (answer->status >= 400 && answer->status < 500));
    done.outcome = refused ? Outcome::refused : Outcome::unknown;
    ++failed_count_;
  }
  history_.push_back(std::move(done));
}

world::Task<> KvWorkload::read(int number, const std::string& key) {
  std::int64_t at_least = keys_[key].confirmed;
  Operation done{number, false, key, -1, cluster_.scheduler().now(), {}, Outcome::unknown};
  auto answer = co_await ask("GET", key, {});
  done.ended = cluster_.scheduler().now();
  if (answer && (answer->status == 200 || answer->status == 404)) {
    done.outcome = Outcome::ok;
    done.value = value_in(*answer);
    if (done.value < at_least && stale_read_.empty())
      stale_read_ = key + " was confirmed as " + std::to_string(at_least) + " and read as " +
                    std::to_string(done.value);
  } else {
    ++failed_count_;
  }
  history_.push_back(std::move(done));
}

world::Task<std::optional<http::Response>> KvWorkload::ask(std::string method, std::string key,
                                                           std::string body) {
  const Stack::Nodes& nodes = cluster_.stack().nodes;
  auto instances = cluster_.instances(nodes.tags);
  std::string secret = token();
  if (instances.empty() || secret.empty()) co_return std::nullopt;
  world::Call call;
  call.scheme = nodes.scheme;
  call.host = instances.front().private_ip;
  call.port = nodes.port;
  call.tls.skip_verify = true;
  call.connect_timeout = call.total_timeout = request_timeout;
  call.request.method = std::move(method);
  call.request.target = "/v1/" + nodes.mount + "/data/" + key;
  call.request.headers.add("Host", call.host + ":" + std::to_string(call.port));
  call.request.headers.add("X-Vault-Token", secret);
  call.request.body = std::move(body);
  auto reply = co_await cluster_.send_from_workstation(std::move(call));
  if (auto* response = std::get_if<http::Response>(&reply)) co_return std::move(*response);
  co_return std::nullopt;
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

world::Task<std::string> KvWorkload::read_back() {
  for (const auto& [key, state] : keys_) {
    if (state.confirmed < 0) continue;
    auto answer = co_await ask("GET", key, {});
    if (!answer) co_return "no answer when " + key + " was read back";
    if (answer->status != 200 && answer->status != 404)
      co_return key + " can not be read back: status " + std::to_string(answer->status);
    std::int64_t value = value_in(*answer);
    if (value < state.confirmed || value > state.sent)
      co_return key + " was confirmed as " + std::to_string(state.confirmed) + " and now reads " +
          std::to_string(value);
  }
  co_return std::string{};
}

}  // namespace squall::scenario
