// A machine for the stand-in node in unit tests: a disk that can lose power at a chosen write, a network of
// one host and whatever handlers the test puts at other addresses, and a program's context over both.
#pragma once
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/program/program.hpp"
#include "harness/vault/server/server.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::vault::testing {

// Thrown by the disk when the power goes; not a std::exception, so that nothing handles it on the way.
struct PowerLoss {};

class MemoryDisk final : public world::Disk {
 public:
  std::optional<std::string> read(const std::string& path) override {
    const auto it = files_.find(path);
    return it == files_.end() ? std::nullopt : std::optional(it->second);
  }
  void write(const std::string& path, std::string_view content, int) override {
    change();
    files_[path] = content;
  }
  void append(const std::string& path, std::string_view content, int) override {
    change();
    files_[path] += content;
  }
  void rename(const std::string& from, const std::string& to) override {
    change();
    files_[to] = files_.at(from);
    files_.erase(from);
    renamed_[to] = from;
  }
  bool remove(const std::string& path) override {
    change();
    if (files_.erase(path) > 0) return true;
    return directories_.erase(path) > 0;
  }
  void make_directories(const std::string& path, int) override {
    change();
    directories_.insert(path);
  }
  std::vector<std::string> list(const std::string& path) override {
    std::set<std::string> names;
    const std::string prefix = path + "/";
    auto add = [&](const std::string& each, bool directory) {
      if (!each.starts_with(prefix)) return;
      const std::string rest = each.substr(prefix.size());
      const std::size_t slash = rest.find('/');
      if (slash != std::string::npos) names.insert(rest.substr(0, slash + 1));
      if (slash == std::string::npos) names.insert(directory ? rest + "/" : rest);
    };
    for (const auto& [each, content] : files_) add(each, false);
    for (const std::string& each : directories_) add(each, true);
    return {names.begin(), names.end()};
  }
  bool exists(const std::string& path) override {
    return files_.contains(path) || directories_.contains(path) || !list(path).empty();
  }
  void sync(const std::string& path) override {
    change();
    if (const auto it = files_.find(path); it != files_.end()) {
      durable_[path] = it->second;
      if (const auto old = renamed_.find(path); old != renamed_.end()) durable_.erase(old->second);
      return;
    }
    durable_.erase(path);
    // A directory: the names in it, so what was removed from it is gone for good.
    for (auto it2 = durable_.begin(); it2 != durable_.end();)
      it2 = it2->first.starts_with(path + "/") && !files_.contains(it2->first) ? durable_.erase(it2)
                                                                               : std::next(it2);
  }

  // The power goes at the n-th change from now on (1: the next one).
  void lose_power_at(int change_number) { countdown_ = change_number; }
  // What the machine finds when the power is back: only what was synced.
  void power_back() {
    files_ = durable_;
    renamed_.clear();
    countdown_ = 0;
  }
  std::map<std::string, std::string>& files() { return files_; }
  int changes() const { return changes_; }

 private:
  void change() {
    ++changes_;
    if (countdown_ > 0 && --countdown_ == 0) throw PowerLoss{};
  }
  std::map<std::string, std::string> files_, durable_, renamed_;
  std::set<std::string> directories_;
  int countdown_ = 0, changes_ = 0;
};

// Exchanges go to the handler at "host:port"; nothing there is a refused connection.
class MemoryNetwork final : public world::Network {
 public:
  explicit MemoryNetwork(world::Scheduler& scheduler) : scheduler_(scheduler) {}

  world::Task<world::Reply> send(world::Call call) override {
    const std::string place = call.host + ":" + std::to_string(call.port);
    calls.push_back(call);
    const Time deadline = scheduler_.now() + call.total_timeout;
    if (black_holes.contains(place)) {
      const Duration wait = call.total_timeout > 0s ? call.total_timeout : call.connect_timeout;
      co_await world::sleep(scheduler_, wait);
      co_return world::NetError{world::NetFault::timed_out, false, place};
    }
    const auto it = handlers.find(place);
    if (it == handlers.end()) co_return world::NetError{world::NetFault::refused, false, place};
    world::Handler handler = it->second;
    http::Response response = co_await handler(call.request);
    if (call.total_timeout > 0s && scheduler_.now() > deadline)
      co_return world::NetError{world::NetFault::timed_out, true, place};
    co_return response;
  }

  class Entry final : public Listener {
   public:
    Entry(MemoryNetwork& network, std::string place, std::uint16_t port)
        : network_(network), place_(std::move(place)), port_(port) {}
    ~Entry() override { network_.handlers.erase(place_); }
    std::uint16_t port() const override { return port_; }

   private:
    MemoryNetwork& network_;
    std::string place_;
    std::uint16_t port_;
  };
  // As dialling does, a host takes the unspecified address for its own.
  std::optional<std::string> resolve(const std::string& name) override {
    return name == "0.0.0.0" ? std::optional<std::string>("127.0.0.1") : std::nullopt;
  }
  std::unique_ptr<Listener> listen(world::ListenOptions options, world::Handler handler) override {
    const std::string place = options.address + ":" + std::to_string(options.port);
    if (handlers.contains(place))
      throw world::ListenError("listen tcp " + place + ": bind: address already in use");
    handlers[place] = std::move(handler);
    last_listen = options;
    return std::make_unique<Entry>(*this, place, options.port);
  }

  std::map<std::string, world::Handler> handlers;
  std::set<std::string> black_holes;
  std::vector<world::Call> calls;
  world::ListenOptions last_listen;

 private:
  world::Scheduler& scheduler_;
};

class TestContext final : public program::Context {
 public:
  TestContext(world::Scheduler& scheduler, MemoryNetwork& network, MemoryDisk& disk, world::Entropy& entropy)
      : scheduler_(scheduler), network_(network), disk_(disk), entropy_(entropy) {
    invocation_.hostname = "a";
    invocation_.env = {{"HOME", "/root"}, {"PATH", "/usr/bin"}, {"USER", "root"}};
  }
  const program::Invocation& invocation() const override { return invocation_; }
  world::Scheduler& scheduler() override { return scheduler_; }
  world::Network& network() override { return network_; }
  world::Disk& disk() override { return disk_; }
  world::Entropy& entropy() override { return entropy_; }
  void out(std::string_view text) override { standard_output += text, journal += text; }
  void err(std::string_view text) override { standard_error += text, journal += text; }
  world::Task<std::string> read_input() override { co_return std::string(); }
  void on_signal(SignalHandler handler) override { handler_ = std::move(handler); }
  void notify(std::string_view state) override { notified.emplace_back(state); }

  void signal(int number) { handler_(number); }
  program::Invocation& change() { return invocation_; }

  std::string standard_output, standard_error, journal;  // the last: both, in order
  std::vector<std::string> notified;

 private:
  world::Scheduler& scheduler_;
  MemoryNetwork& network_;
  MemoryDisk& disk_;
  world::Entropy& entropy_;
  program::Invocation invocation_;
  SignalHandler handler_;
};

// A machine with a vault.hcl; the server on it can be started, killed and started again.
class Machine {
 public:
  explicit Machine(const std::string& configuration = file_configuration()) : entropy(7), network(scheduler) {
    disk.write("/vault.hcl", configuration, 0644);
    disk.sync("/vault.hcl");
  }
  // The frames of what was killed go at the next instant.
  ~Machine() {
    kill();
    scheduler.settle();
  }
  static std::string file_configuration() {
    return "disable_mlock = true\nui = true\napi_addr = \"http://127.0.0.1:8200\"\nstorage \"file\" {\n  "
           "path = "
           "\"/opt/a/data\"\n}\nlistener \"tcp\" {\n  address = \"127.0.0.1:8200\"\n  tls_disable = "
           "true\n}\n";
  }

  void start(std::vector<std::string> args = {"-config=/vault.hcl"}) {
    context = std::make_unique<TestContext>(scheduler, network, disk, entropy);
    for (const auto& [name, value] : environment) context->change().env[name] = value;
    exit_status.reset();
    job = world::Job::start(scheduler, run(std::move(args)));
    scheduler.advance(100ms);
  }
  void kill() {
    job.kill();
    context.reset();
  }

  struct Exchange {
    int status = 0;
    std::string body;
    nlohmann::json json;
    http::Response response;
  };
  Exchange call(const std::string& method, const std::string& target, const std::string& token = "",
                const std::string& body = "", std::vector<http::Headers::Field> headers = {}) {
    world::Call request;
    request.host = "127.0.0.1";
    request.port = 8200;
    request.request.method = method;
    request.request.target = target;
    request.request.body = body;
    request.request.headers.add("Host", "127.0.0.1:8200");
    if (!token.empty()) request.request.headers.add("X-Vault-Token", token);
    for (const auto& [name, value] : headers) request.request.headers.add(name, value);
    const world::Reply reply = scheduler.run(network.send(std::move(request)));
    if (!std::holds_alternative<http::Response>(reply)) return {};
    Exchange exchange;
    exchange.response = std::get<http::Response>(reply);
    exchange.status = exchange.response.status;
    exchange.body = exchange.response.body;
    exchange.json = nlohmann::json::parse(exchange.body, nullptr, false);
    return exchange;
  }
  // One key share; leaves the node unsealed.
  void init_and_unseal() {
    const Exchange init = call("PUT", "/v1/sys/init", "", R"({"secret_shares":1,"secret_threshold":1})");
    key = init.json.at("keys_base64")[0];
    root = init.json.at("root_token");
    unseal();
  }
  void unseal() { call("PUT", "/v1/sys/unseal", "", nlohmann::json{{"key", key}}.dump()); }

  squall::testing::ManualScheduler scheduler;
  squall::testing::SeededEntropy entropy;
  MemoryDisk disk;
  MemoryNetwork network;
  std::map<std::string, std::string> environment;
  std::unique_ptr<TestContext> context;
  world::Job job;
  std::optional<int> exit_status;
  std::string key, root;

 private:
  world::Task<> run(std::vector<std::string> args) {
    exit_status = co_await server_program(*context, std::move(args));
  }
};

}  // namespace squall::vault::testing
