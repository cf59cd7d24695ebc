// An instance's life: states, times, machines, host failure and recovery, restart of Squall.
#include "tests/ec2/ec2_fixture.hpp"

namespace squall::services::ec2 {
namespace {

using ::testing::Test;

TEST_F(Ec2Test, LaunchIsPendingThenRunsWithinTwentySeconds) {
  std::string id = launch();
  EXPECT_EQ(state(id), "pending");
  EXPECT_TRUE(machines.called("create " + id));
  EXPECT_FALSE(machines.called("power_on " + id));
  scheduler.advance(9s);
  EXPECT_EQ(state(id), "pending");
  scheduler.advance(11s);
  EXPECT_EQ(state(id), "running");
  EXPECT_TRUE(machines.called("power_on " + id));
  EXPECT_EQ(events, (std::vector<std::string>{"pending", "running"}));
}

TEST_F(Ec2Test, StatusChecksInitializeThenPass) {
  std::string id = launch_running();
  EXPECT_EQ(*status(id).system_status->status, "initializing");
  scheduler.advance(150s);
  EXPECT_EQ(*status(id).system_status->status, "ok");
  EXPECT_EQ(*status(id).instance_status->status, "ok");
  machines.on[id] = false;  // the operating system hangs
  EXPECT_EQ(*status(id).instance_status->status, "impaired");
  EXPECT_EQ(*status(id).system_status->status, "ok");
}

TEST_F(Ec2Test, StopAndStartKeepThePrivateAddressAndChangeThePublicOne) {
  std::string id = launch_running();
  auto before = describe(id);
  auto stopped = ec2->stop_instances(context, {.instance_ids = {id}});
  EXPECT_EQ(*stopped.stopping_instances->front().current_state->name, "stopping");
  EXPECT_EQ(*stopped.stopping_instances->front().previous_state->name, "running");
  EXPECT_TRUE(machines.called("shut_down " + id));
  scheduler.advance(15s);
  auto off = describe(id);
  EXPECT_EQ(*off.state->name, "stopped");
  EXPECT_FALSE(off.public_ip_address);
  EXPECT_EQ(*off.private_ip_address, *before.private_ip_address);
  EXPECT_EQ(*off.state_reason->message, "Client.UserInitiatedShutdown: User initiated shutdown");
  EXPECT_EQ(*off.state_transition_reason, "User initiated (2024-01-01 00:00:20 GMT)");

  ec2->start_instances(context, {.instance_ids = {id}});
  scheduler.advance(20s);
  auto again = describe(id);
  EXPECT_EQ(*again.state->name, "running");
  EXPECT_EQ(*again.private_ip_address, *before.private_ip_address);
  EXPECT_NE(*again.public_ip_address, *before.public_ip_address);
  EXPECT_EQ(machines.specs[id].public_ip, *again.public_ip_address);
  EXPECT_FALSE(again.state_reason);
}

TEST_F(Ec2Test, AStopWaitsForTheOperatingSystem) {
  std::string id = launch_running();
  machines.hold_shutdowns = true;
  ec2->stop_instances(context, {.instance_ids = {id}});
  scheduler.advance(10min);
  EXPECT_EQ(state(id), "stopping");
  machines.waiting.front()();
  scheduler.advance(15s);
  EXPECT_EQ(state(id), "stopped");
}

TEST_F(Ec2Test, TerminateTakesTheDiskAndVanishesAfterAnHour) {
  std::string id = launch_running();
  ec2->terminate_instances(context, {.instance_ids = {id}});
  EXPECT_EQ(state(id), "shutting-down");
  scheduler.advance(20s);
  auto gone = describe(id);
  EXPECT_EQ(*gone.state->name, "terminated");
  EXPECT_FALSE(gone.private_ip_address);
  EXPECT_TRUE(gone.block_device_mappings->empty());
  EXPECT_TRUE(machines.called("destroy " + id));
  EXPECT_TRUE(ec2->describe_volumes(context, {}).volumes->empty());
  scheduler.advance(1h);
  EXPECT_EQ(error_of([&] { describe(id); }),
            "InvalidInstanceID.NotFound: The instance ID '" + id + "' does not exist");
}

TEST_F(Ec2Test, TerminationWhileStoppingIsNotUndoneByTheLateShutdown) {
  std::string id = launch_running();
  machines.hold_shutdowns = true;
  ec2->stop_instances(context, {.instance_ids = {id}});
  ec2->terminate_instances(context, {.instance_ids = {id}});
  EXPECT_EQ(machines.waiting.size(), 1u);
  machines.waiting.front()();
  scheduler.advance(20s);
  EXPECT_EQ(state(id), "terminated");
}

TEST_F(Ec2Test, AStoppedInstanceIsTerminatedAtOnce) {
  std::string id = launch_running();
  ec2->stop_instances(context, {.instance_ids = {id}});
  scheduler.advance(15s);
  auto answer = ec2->terminate_instances(context, {.instance_ids = {id}});
  EXPECT_EQ(*answer.terminating_instances->front().current_state->name, "terminated");
}

TEST_F(Ec2Test, ShutdownFromInsideFollowsTheBehaviorAttribute) {
  std::string stays = launch_running();
  auto request = launch_request();
  request.instance_initiated_shutdown_behavior = "terminate";
  std::string goes = launch(request);
  scheduler.advance(20s);
  ec2->powered_off(stays);
  ec2->powered_off(goes);
  scheduler.advance(20s);
  EXPECT_EQ(state(stays), "stopped");
  EXPECT_EQ(*describe(stays).state_reason->code, "Client.InstanceInitiatedShutdown");
  EXPECT_EQ(state(goes), "terminated");
}

TEST_F(Ec2Test, HostFailureIsNoticedAndRecovered) {
  std::string id = launch_running();
  scheduler.advance(5min);
  auto before = describe(id);
  events.clear();
  ec2->fail_host(id);
  EXPECT_TRUE(machines.called("cut " + id));
  EXPECT_EQ(*status(id).system_status->status, "ok");  // not noticed yet
  scheduler.advance(2min);
  EXPECT_EQ(*status(id).system_status->status, "impaired");
  EXPECT_TRUE(status(id).system_status->details->front().impaired_since);
  EXPECT_EQ(*status(id).attached_ebs_status->status, "insufficient-data") << "nothing is known of its disks";
  EXPECT_EQ(state(id), "running");
  scheduler.advance(4min);
  EXPECT_EQ(*status(id).system_status->status, "initializing");
  scheduler.advance(150s);
  EXPECT_EQ(*status(id).system_status->status, "ok");
  auto after = describe(id);
  EXPECT_EQ(*after.private_ip_address, *before.private_ip_address);
  EXPECT_EQ(*after.public_ip_address, *before.public_ip_address);
  EXPECT_EQ(*after.block_device_mappings->front().ebs->volume_id,
            *before.block_device_mappings->front().ebs->volume_id);
  EXPECT_EQ(events, (std::vector<std::string>{"host-failed", "impaired", "recovered"}));
  EXPECT_EQ(std::count(machines.calls.begin(), machines.calls.end(), "power_on " + id), 2);
}

TEST_F(Ec2Test, WithoutAutoRecoveryItStaysImpairedUntilStopAndStart) {
  auto request = launch_request();
  request.maintenance_options = {.auto_recovery = "disabled"};
  std::string id = launch(request);
  scheduler.advance(5min);
  ec2->fail_host(id);
  scheduler.advance(24h);
  EXPECT_EQ(*status(id).system_status->status, "impaired");
  ec2->stop_instances(context, {.instance_ids = {id}});
  scheduler.advance(15s);
  ec2->start_instances(context, {.instance_ids = {id}});
  scheduler.advance(5min);
  EXPECT_EQ(*status(id).system_status->status, "ok");
}

TEST_F(Ec2Test, ARestartOfSquallTakesUpWhatWasRunningAndWhatWasUnderWay) {
  std::string running = launch_running();
  std::string pending = launch();
  std::string stopping = launch();
  machines.hold_shutdowns = true;
  scheduler.advance(20s);
  std::string later = launch();
  ec2->stop_instances(context, {.instance_ids = {stopping}});
  ec2.reset();
  EXPECT_EQ(scheduler.pending(), 0u);  // every timer was taken back
  machines.calls.clear();
  ec2 = std::make_unique<Ec2>(scheduler, entropy, machines, database, profiles);
  EXPECT_TRUE(machines.called("power_on " + running));
  EXPECT_TRUE(machines.called("create " + later));
  scheduler.advance(20s);
  EXPECT_EQ(state(later), "running");
  EXPECT_EQ(state(stopping), "stopped");
  EXPECT_EQ(state(pending), "running");
}

TEST_F(Ec2Test, WrongStatesAreRefusedInEc2sWords) {
  std::string id = launch();
  // cloud-custodian/cloud-custodian#6014
  EXPECT_EQ(error_of([&] { ec2->stop_instances(context, {.instance_ids = {id}}); }),
            "IncorrectInstanceState: Instance '" + id +
                "' cannot be stopped as it has never reached the 'running' state.");
  scheduler.advance(20s);
  ec2->stop_instances(context, {.instance_ids = {id}});
  scheduler.advance(5min);
  ec2->start_instances(context, {.instance_ids = {id}});
  EXPECT_EQ(
      error_of([&] { ec2->stop_instances(context, {.instance_ids = {id}}); }),
      "IncorrectInstanceState: The instance '" + id + "' is not in a state from which it can be stopped.");
  scheduler.advance(20s);
  ec2->terminate_instances(context, {.instance_ids = {id}});
  EXPECT_EQ(
      error_of([&] { ec2->start_instances(context, {.instance_ids = {id}}); }),
      "IncorrectInstanceState: The instance '" + id + "' is not in a state from which it can be started.");
  auto request = launch_request();
  request.disable_api_termination = true;
  std::string guarded = launch(request);
  EXPECT_EQ(
      error_of([&] { ec2->terminate_instances(context, {.instance_ids = {guarded}}); }),
      "OperationNotPermitted: The instance '" + guarded +
          "' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.");
}

}  // namespace
}  // namespace squall::services::ec2
