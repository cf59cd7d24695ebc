// An SSM of its own on a manual world: instances that are names, and machines whose scripts take virtual time
// and end as the test says.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "emulator/base/aws_error.hpp"
#include "emulator/services/ssm/service.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::services::ssm {

class FakeMachines final : public world::Machines {
 public:
  struct Script {
    Duration takes = 1s;
    ScriptResult result{};
  };
  struct Run {
    std::string instance_id, script, directory;
    Duration timeout;
    bool operator==(const Run&) const = default;
  };

  explicit FakeMachines(testing::ManualScheduler& scheduler) : scheduler_(scheduler) {}

  void create(const world::MachineSpec&) override {}
  void power_on(const world::MachineSpec&) override {}
  void shut_down(const std::string&, bool, std::function<void()> off) override { off(); }
  // Down after 2 s, back 30 s later.
  void reboot(const std::string& instance_id) override {
    ++reboots;
    scheduler_.after(2s, [this, instance_id] { offline[instance_id] = true; });
    scheduler_.after(32s, [this, instance_id] { offline[instance_id] = false; });
  }
  void destroy(const std::string&) override {}
  void attach_volume(const std::string&, const world::VolumeSpec&) override {}
  void detach_volume(const std::string&, const std::string&) override {}
  void set_traffic(const std::string&, const world::TrafficRules&) override {}
  std::string console_output(const std::string&) override { return {}; }
  bool reachable(const std::string& instance_id) override { return !offline[instance_id]; }
  bool agent_online(const std::string& instance_id) override { return !offline[instance_id]; }

  world::Task<ScriptResult> run_script(const std::string& instance_id, std::string script,
                                       std::string directory, Duration timeout) override {
    runs.push_back({instance_id, script, directory, timeout});
    Script plan;
    if (auto& waiting = plans[instance_id]; !waiting.empty()) {
      plan = waiting.front();
      waiting.pop_front();
    }
    most_at_once = std::max(most_at_once, ++at_work);
    struct Leave {
      int& count;
      ~Leave() { --count; }
    } leave{at_work};
    const bool late = plan.takes > timeout;
    co_await world::sleep(scheduler_, late ? timeout : plan.takes);
    ScriptResult result = plan.result;
    if (late) result.timed_out = true;
    co_return result;
  }

  std::map<std::string, std::deque<Script>> plans;  // by instance; what is not planned succeeds after 1 s
  std::vector<Run> runs;
  std::map<std::string, bool> offline;
  int reboots = 0, at_work = 0, most_at_once = 0;

 private:
  testing::ManualScheduler& scheduler_;
};

class FakeDirectory final : public ec2::Directory {
 public:
  std::optional<ec2::InstanceView> find(const std::string& instance_id) override {
    for (const auto& instance : instances)
      if (instance.record.id == instance_id) return instance;
    return {};
  }
  std::optional<ec2::InstanceView> find_by_address(const ec2::Scope&, const std::string&) override {
    return {};
  }
  std::vector<ec2::InstanceView> find_by_tag(const ec2::Scope& scope, const std::string& key,
                                             const std::vector<std::string>& values) override {
    std::vector<ec2::InstanceView> found;
    for (const auto& instance : list(scope)) {
      auto tag = instance.tags.find(key);
      if (tag != instance.tags.end() && std::find(values.begin(), values.end(), tag->second) != values.end())
        found.push_back(instance);
    }
    return found;
  }
  std::vector<ec2::InstanceView> list(const ec2::Scope& scope) override {
    std::vector<ec2::InstanceView> found;
    for (const auto& instance : instances)
      if (instance.record.scope() == scope && instance.record.exists()) found.push_back(instance);
    return found;
  }
  std::vector<ec2::InstanceView> instances;
};

class FakeAccess final : public AgentAccess {
 public:
  bool may_report(const ec2::InstanceView& instance) override {
    return !denied.contains(instance.record.id) || !denied[instance.record.id];
  }
  std::map<std::string, bool> denied;
};

inline constexpr const char* first = "i-00000000000000001";
inline constexpr const char* second = "i-00000000000000002";
inline constexpr const char* third = "i-00000000000000003";

class SsmTest : public ::testing::Test {
 protected:
  SsmTest() {
    for (const char* id : {first, second, third}) {
      ec2::InstanceView view;
      view.record.id = id;
      view.record.account = context().account();
      view.record.region = context().region;
      view.record.state = ec2::State::running;
      view.record.private_ip = "172.31.0.10";
      view.tags = {{"Name", std::string("node-") + id[18]}, {"role", "vault"}};
      directory_.instances.push_back(view);
    }
    restart();
  }
  ~SsmTest() override {
    service_.reset();
    scheduler_.settle();  // killed jobs go at the next instant
  }

  // A new process on the same data.
  void restart() {
    service_.reset();
    scheduler_.settle();
    service_ = std::make_unique<Service>(
        Service::Parts{scheduler_, entropy_, machines_, database_, directory_, access_});
  }

  wire::RequestContext context() const {
    wire::RequestContext made;
    made.principal.account = "111122223333";
    made.region = "eu-west-1";
    made.service = "ssm";
    made.now = scheduler_.now();
    return made;
  }
  wire::Value call(const std::string& operation, const wire::Value& input) {
    const wire::Operation* found = api::ssm::service().find(operation);
    if (!found) throw std::logic_error("no operation " + operation);
    auto as = context();
    as.operation = operation;
    return service_->dispatch(as, *found, input);
  }
  // "Code: message"
  std::string error_of(const std::string& operation, const wire::Value& input) {
    try {
      call(operation, input);
    } catch (const base::AwsError& error) {
      EXPECT_EQ(error.status, 400);
      return error.code + ": " + error.what();
    }
    return "no error";
  }

  std::string send(std::vector<std::string> instances, wire::Value more = wire::Value::object()) {
    wire::Value input{{"DocumentName", "AWS-RunShellScript"},
                      {"InstanceIds", std::move(instances)},
                      {"Parameters", {{"commands", {"uname"}}}}};
    input.update(more);
    return call("SendCommand", input)["Command"]["CommandId"];
  }
  void create(const std::string& name, const std::string& content, const std::string& format = "YAML") {
    call("CreateDocument", {{"Name", name}, {"Content", content}, {"DocumentFormat", format}});
  }
  wire::Value invocation(const std::string& command, const std::string& instance,
                         const std::string& step = {}) {
    wire::Value input{{"CommandId", command}, {"InstanceId", instance}};
    if (!step.empty()) input["PluginName"] = step;
    return call("GetCommandInvocation", input);
  }
  // "Status StatusDetails"
  std::string status(const std::string& command, const std::string& instance) {
    auto found = invocation(command, instance);
    return found["Status"].get<std::string>() + " " + found["StatusDetails"].get<std::string>();
  }
  wire::Value command(const std::string& id) {
    return call("ListCommands", {{"CommandId", id}})["Commands"][0];
  }
  std::string status(const std::string& id) {
    auto found = command(id);
    return found["Status"].get<std::string>() + " " + found["StatusDetails"].get<std::string>();
  }

  testing::ManualScheduler scheduler_;
  testing::SeededEntropy entropy_;
  store::Database database_;
  FakeMachines machines_{scheduler_};
  FakeDirectory directory_;
  FakeAccess access_;
  std::unique_ptr<Service> service_;
};

}  // namespace squall::services::ssm
