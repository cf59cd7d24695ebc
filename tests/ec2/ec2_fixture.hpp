// EC2 on a clock moved by hand, with machines that write down what they are told.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "emulator/base/aws_error.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/services/ec2/service.hpp"
#include "emulator/store/database.hpp"
#include "emulator/world/machines.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::services::ec2 {

class RecordingMachines final : public world::Machines {
 public:
  void create(const world::MachineSpec& spec) override { note("create", spec.instance_id, spec); }
  void power_on(const world::MachineSpec& spec) override {
    note("power_on", spec.instance_id, spec);
    on[spec.instance_id] = true;
  }
  void shut_down(const std::string& id, bool force, std::function<void()> off) override {
    calls.push_back((force ? "cut " : "shut_down ") + id);
    on[id] = false;
    if (hold_shutdowns)
      waiting.push_back(std::move(off));
    else
      off();
  }
  void reboot(const std::string& id) override { calls.push_back("reboot " + id); }
  void destroy(const std::string& id) override {
    calls.push_back("destroy " + id);
    on.erase(id);
  }
  void attach_volume(const std::string& id, const world::VolumeSpec& volume) override {
    calls.push_back("attach " + id + " " + volume.device_name);
  }
  void detach_volume(const std::string& id, const std::string& volume) override {
    calls.push_back("detach " + id + " " + volume);
  }
  void set_traffic(const std::string& id, const world::TrafficRules& given) override { traffic[id] = given; }
  std::string console_output(const std::string& id) override { return "console of " + id; }
  bool reachable(const std::string& id) override { return on.contains(id) && on[id]; }
  bool agent_online(const std::string&) override { return false; }
  world::Task<ScriptResult> run_script(const std::string&, std::string, std::string, Duration) override {
    co_return ScriptResult{.lost = true};
  }

  bool called(const std::string& call) const {
    return std::find(calls.begin(), calls.end(), call) != calls.end();
  }

  std::vector<std::string> calls;
  std::map<std::string, world::MachineSpec> specs;  // as last told
  std::map<std::string, bool> on;
  std::map<std::string, world::TrafficRules> traffic;
  bool hold_shutdowns = false;
  std::vector<std::function<void()>> waiting;

 private:
  void note(const std::string& what, const std::string& id, const world::MachineSpec& spec) {
    calls.push_back(what + " " + id);
    specs[id] = spec;
  }
};

class OneProfile final : public InstanceProfiles {
 public:
  std::optional<InstanceProfileFacts> by_name(const std::string&, const std::string& name) override {
    return name == "vault" ? std::optional(facts) : std::nullopt;
  }
  std::optional<InstanceProfileFacts> by_arn(const std::string& arn) override {
    return arn == facts.arn ? std::optional(facts) : std::nullopt;
  }
  InstanceProfileFacts facts{"arn:aws:iam::000000000000:instance-profile/vault", "AIPAEXAMPLE",
                             "arn:aws:iam::000000000000:role/vault-role"};
};

class Ec2Test : public ::testing::Test {
 protected:
  Ec2Test() {
    context.service = "ec2";
    observe();
  }

  void observe() {
    ec2->observe([this](const InstanceEvent& event) { events.push_back(event.what); });
  }

  api::ec2::RunInstancesRequest launch_request(std::int64_t count = 1) {
    api::ec2::RunInstancesRequest request;
    request.image_id = debian_id;
    request.instance_type = "t3.micro";
    request.min_count = request.max_count = count;
    return request;
  }
  std::string launch(api::ec2::RunInstancesRequest request) {
    return *ec2->run_instances(context, request).instances->front().instance_id;
  }
  std::string launch() { return launch(launch_request()); }
  std::string launch_running() {
    std::string id = launch();
    scheduler.advance(20s);
    return id;
  }

  api::ec2::Instance describe(const std::string& id) {
    api::ec2::DescribeInstancesRequest request;
    request.instance_ids = {{id}};
    return ec2->describe_instances(context, request).reservations->front().instances->front();
  }
  std::string state(const std::string& id) { return *describe(id).state->name; }
  api::ec2::InstanceStatus status(const std::string& id) {
    api::ec2::DescribeInstanceStatusRequest request;
    request.instance_ids = {{id}};
    request.include_all_instances = true;
    return ec2->describe_instance_status(context, request).instance_statuses->front();
  }
  std::size_t count_matching(const std::string& filter, const std::vector<std::string>& values) {
    api::ec2::DescribeInstancesRequest request;
    request.filters = {{api::ec2::Filter{.name = filter, .values = values}}};
    std::size_t count = 0;
    auto found = ec2->describe_instances(context, request);
    for (const auto& reservation : *found.reservations) count += reservation.instances->size();
    return count;
  }

  // "Code: message" of the error that the call throws; empty if it throws none.
  template <class Call>
  static std::string error_of(Call call) {
    try {
      call();
    } catch (const base::AwsError& thrown) {
      return thrown.code + ": " + thrown.what();
    }
    return {};
  }

  static constexpr const char* debian_id = "ami-0d1200000000000a1";
  testing::ManualScheduler scheduler;
  testing::SeededEntropy entropy;
  RecordingMachines machines;
  store::Database database;
  OneProfile profiles;
  std::unique_ptr<Ec2> ec2 = std::make_unique<Ec2>(scheduler, entropy, machines, database, profiles);
  wire::RequestContext context;
  std::vector<std::string> events;
};

}  // namespace squall::services::ec2
