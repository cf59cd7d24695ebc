// A cluster of one node that keeps secrets in a map, or is told to be wrong about them. What a runner, a
// workload or a judgement does with it takes microseconds and no guest.
#pragma once
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/scenario/cluster.hpp"
#include "harness/sim/scheduler.hpp"

namespace squall::scenario::testing {

class FakeCluster final : public Cluster {
 public:
  FakeCluster() { stack_.nodes.token_after = "token "; }

  // Answers in place of the node; nullopt: the node does.
  std::function<std::optional<world::Reply>(const http::Request&)> instead;
  // What the node does with a write: keeps it, unless told otherwise.
  std::function<bool(const std::string& key, const std::string& number)> keep = [](auto&, auto&) {
    return true;
  };
  Duration latency = 10ms;
  std::map<std::string, std::string> secrets;
  std::vector<std::string> story;
  sim::SimScheduler clock{Time{} + 24h};

  world::Scheduler& scheduler() override { return clock; }
  const Stack& stack() const override { return stack_; }
  std::uint64_t seed = 1;
  base::Random random(const std::string& name) const override { return base::Random{seed}.stream(name); }
  void tell(const std::string& line) override { story.push_back(line); }
  std::vector<InstanceView> nodes = {{"i-1", "running", "us-east-1a", "10.0.0.1"}};
  std::map<std::string, int> health;  // what a node answers, by instance; 200 if not named
  std::vector<std::string> powered;   // "stop i-1": what EC2 was asked to do
  std::string refusal;                // what EC2 answers to that

  std::vector<InstanceView> instances_ever(const std::map<std::string, std::string>&) override {
    return nodes;
  }

  world::Task<world::Reply> send_from(const std::string& instance_id, world::Call) override {
    auto told = health.find(instance_id);
    http::Response response = http::Response::text(told == health.end() ? 200 : told->second, "{}");
    co_return response;
  }
  world::Task<world::Reply> send_from_workstation(world::Call call) override {
    co_await world::sleep(clock, latency);
    std::optional<world::Reply> other = instead ? instead(call.request) : std::nullopt;
    world::Reply reply = other ? *other : world::Reply{answer(call.request)};
    co_await world::sleep(clock, latency);
    co_return reply;
  }

  world::Task<ScriptResult> run_on(const std::string&, std::string, Duration) override {
    co_return ScriptResult{};
  }
  world::Task<ScriptResult> run_on_workstation(std::string, Duration) override { co_return ScriptResult{}; }
  std::optional<std::string> read_file(const std::string&, const std::string&) override {
    return "token s.1\n";
  }
  int kill_processes(const std::string&, const std::string&, int) override { return 0; }
  UnitView unit(const std::string&, const std::string&) override { return {}; }
  std::string log(const std::string&, const std::string&) override { return {}; }
  std::string power(const std::string& instance_id, Power verb) override {
    static constexpr const char* names[] = {"reboot", "stop", "start", "terminate"};
    powered.push_back(std::string(names[static_cast<int>(verb)]) + " " + instance_id);
    return refusal;
  }
  void fail_host(const std::string&) override {}
  gateway::FaultRules& api_faults() override { return faults_; }
  const gateway::Journal& journal() const override { return journal_; }
  std::uint64_t internal_failures() const override { return 0; }
  int break_network(const NetworkFault&) override { return 0; }
  std::uint64_t heal_network(int) override { return struck; }
  std::uint64_t struck = 0;

 private:
  http::Response answer(const http::Request& request) {
    const std::string key = request.target.substr(request.target.rfind('/') + 1);
    if (request.method == "POST") {
      std::string number = nlohmann::json::parse(request.body)["data"]["n"];
      if (keep(key, number)) secrets[key] = number;
      return http::Response::text(200, R"({"data":{"version":1}})");
    }
    auto found = secrets.find(key);
    if (found == secrets.end()) return http::Response::text(404, R"({"errors":[]})");
    return http::Response::text(200, R"({"data":{"data":{"n":")" + found->second + R"("}}})");
  }

  Stack stack_;
  gateway::FaultRules faults_;
  gateway::Journal journal_{1};
};

}  // namespace squall::scenario::testing
