#include "harness/scenario/cloud.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "emulator/auth/sigv4.hpp"
#include "emulator/base/aws_error.hpp"
#include "emulator/gateway/emulator.hpp"
#include "emulator/services/ec2/service.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/scenario/programs.hpp"
#include "harness/scenario/sim_machines.hpp"
#include "harness/sim/entropy.hpp"
#include "harness/sim/network.hpp"

namespace squall::scenario {
namespace {

namespace fs = std::filesystem;
using world::Task;

constexpr const char* metadata_address = "169.254.169.254";
// An address of the default VPC that EC2 gives to nobody: the fourth of a subnet is reserved, like the first
// three.
constexpr const char* workstation_address = "172.31.0.3";
constexpr const char* account = "111122223333";

// Puts an answer of the emulator on the simulated wire: late, or never.
Task<http::Response> deliver(world::Scheduler& scheduler, gateway::Answer answer) {
  if (!answer.response) {
    // An hour at a time, for as long as the caller waits.
    for (;;) co_await world::sleep(scheduler, 1h);
  }
  if (answer.delay > Duration{0}) co_await world::sleep(scheduler, answer.delay);
  co_return std::move(*answer.response);
}

std::string describe(const guest::TraceEntry& entry) {
  std::string text = entry.instance_id + " " + entry.kind;
  for (const std::string& word : entry.argv) text += " " + word;
  if (entry.kind == "call" || entry.kind == "script")
    text += " [" + std::to_string(entry.input_hash) + "] -> " + std::to_string(entry.exit_code) + " [" +
            std::to_string(entry.output_hash) + "]";
  return entry.text.empty() ? text : text + " " + entry.text;
}

}  // namespace

struct Cloud::Impl {
  Impl(Stack the_stack, Options the_options, sim::SimScheduler& the_scheduler)
      : stack(std::move(the_stack)),
        options(std::move(the_options)),
        scheduler(the_scheduler),
        random(options.seed),
        entropy(random.stream("aws")),
        network(scheduler, random.stream("network")),
        site(std::make_shared<guest::Site>(options.temporary_folder)),
        machines({scheduler, network, random.stream("machines"), site, world_programs(),
                  [this](const guest::TraceEntry& entry) { trace(entry); },
                  [this](const std::string& id) { emulator.ec2().powered_off(id); }}),
        emulator(scheduler, entropy, machines, emulator_options()),
        workstation_host(network.add_host("workstation", workstation_address)),
        workstation_entropy(random.stream("workstation")),
        workstation(guest::GuestOptions{workstation_spec(), site, world_programs(), true},
                    guest::Surroundings{scheduler, *workstation_host, workstation_entropy,
                                        random.stream("workstation guest"),
                                        [this](const guest::TraceEntry& entry) { trace(entry); }}) {
    network.add_service("*.amazonaws.com", [this](const sim::SimHost& from, http::Request request) {
      // The buckets that AWS publishes its agents in are the vendor's, not this account's.
      if (guest::is_vendor_bucket(request)) return deliver(scheduler, {guest::releases(request)});
      request.peer_address = from.address();
      return deliver(scheduler, emulator.handle(request));
    });
    network.add_service(metadata_address, [this](const sim::SimHost& from, http::Request request) {
      return deliver(scheduler, emulator.imds(from.id(), request));
    });
    add_internet(network);
    emulator.journal().observe([this](const gateway::Call& call) {
      scheduler.trace("aws", call.service + ":" + call.operation + " by " + call.principal_arn + " -> " +
                                 (call.error_code.empty() ? std::to_string(call.status) : call.error_code));
    });
    emulator.ec2().observe([this](const services::ec2::InstanceEvent& event) {
      scheduler.trace("story", event.instance_id + " is " + event.what);
      if (event.what == "shutting-down") remember(event.instance_id);
    });
    workstation.power_on();
    copy_stack();
  }

  gateway::EmulatorOptions emulator_options() const {
    gateway::EmulatorOptions wanted;
    wanted.account = account;
    wanted.region = stack.region;
    wanted.enforce_auth = true;  // a missing right is one of the failures to find
    return wanted;
  }

  world::MachineSpec workstation_spec() const {
    world::MachineSpec spec;
    spec.instance_id = "workstation";
    spec.image_name = "debian-12-amd64-20240101-1";
    spec.zone = stack.region + "a";
    spec.private_ip = workstation_address;
    spec.private_dns_name = "workstation";
    return spec;
  }

  // The stack's folder as it is, at /stack.
  void copy_stack() {
    workstation.disk().make_directories("/stack", 0755);
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(stack.folder)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      std::string inside = "/stack/" + file.lexically_relative(stack.folder).string();
      if (fs::is_directory(file)) {
        workstation.disk().make_directories(inside, 0755);
        continue;
      }
      std::ifstream in{file, std::ios::binary};
      std::ostringstream content;
      content << in.rdbuf();
      workstation.disk().write(inside, content.str(), file.extension() == ".sh" ? 0755 : 0644);
    }
  }

  std::map<std::string, std::string> workstation_environment() const {
    const auth::Credentials& root = emulator.root_credentials();
    std::map<std::string, std::string> env = stack.variables;
    for (const auto& [name, value] : options.variables) env[name] = value;
    env["AWS_ACCESS_KEY_ID"] = root.access_key_id;
    env["AWS_SECRET_ACCESS_KEY"] = root.secret_access_key;
    env["AWS_DEFAULT_REGION"] = stack.region;
    env["AWS_PAGER"] = "";
    return env;
  }

  // What people are told, and what only the event hash sees.
  void trace(const guest::TraceEntry& entry) {
    if (entry.kind == "log") return scheduler.trace("log", entry.instance_id + " " + entry.text);
    scheduler.trace("guest", describe(entry));
    if (entry.kind == "boot" || entry.kind == "overrun" || entry.kind == "not-found" ||
        entry.kind == "refused" || entry.kind == "unit" || entry.kind == "lost")
      scheduler.trace("story", entry.instance_id + ": " + entry.text);
  }

  wire::RequestContext as_root() const {
    wire::RequestContext context;
    context.principal.account = account;
    context.principal.arn = std::string("arn:aws:iam::") + account + ":root";
    context.region = stack.region;
    context.service = "ec2";
    context.now = scheduler.now();
    context.request_id = "00000000-0000-4000-8000-000000000000";
    return context;
  }

  services::ec2::Scope scope() const { return {account, stack.region}; }

  // EC2's list ends with the instance; who waits for its end asks for it afterwards.
  void remember(const std::string& instance_id) {
    for (services::ec2::InstanceView& view : emulator.ec2().list(scope()))
      if (view.record.id == instance_id) going.push_back(std::move(view));
  }

  std::vector<services::ec2::InstanceView> going;  // on their way down for good, or terminated
  Stack stack;
  Options options;
  sim::SimScheduler& scheduler;
  base::Random random;
  sim::SimEntropy entropy;
  sim::SimNetwork network;
  std::shared_ptr<guest::Site> site;
  SimMachines machines;
  gateway::Emulator emulator;
  std::unique_ptr<sim::SimHost> workstation_host;
  sim::SimEntropy workstation_entropy;
  guest::Guest workstation;
};

Cloud::Cloud(Stack stack, Options options, sim::SimScheduler& scheduler)
    : impl_(std::make_unique<Impl>(std::move(stack), std::move(options), scheduler)) {}
Cloud::~Cloud() {
  impl_->machines.halt();
  impl_->workstation.halt();
  impl_->scheduler.end();
}

world::Scheduler& Cloud::scheduler() { return impl_->scheduler; }
const Stack& Cloud::stack() const { return impl_->stack; }
base::Random Cloud::random(const std::string& name) const { return impl_->random.stream(name); }
void Cloud::tell(const std::string& line) { impl_->scheduler.trace("story", line); }

std::vector<InstanceView> Cloud::instances_ever(const std::map<std::string, std::string>& tags) {
  std::vector<InstanceView> found;
  auto add = [&](const services::ec2::InstanceView& view, const std::string& state) {
    bool all = std::all_of(tags.begin(), tags.end(), [&](const auto& tag) {
      auto own = view.tags.find(tag.first);
      return own != view.tags.end() && own->second == tag.second;
    });
    if (all) found.push_back({view.record.id, state, view.record.zone, view.record.private_ip});
  };
  const auto there = impl_->emulator.ec2().list(impl_->scope());
  for (const services::ec2::InstanceView& view : impl_->going)
    if (std::none_of(there.begin(), there.end(),
                     [&](const auto& other) { return other.record.id == view.record.id; }))
      add(view, "terminated");
  for (const services::ec2::InstanceView& view : there)
    add(view, services::ec2::state_name(view.record.state));
  return found;
}

Task<world::Reply> Cloud::send_from(const std::string& instance_id, world::Call call) {
  guest::Instance* inside = impl_->machines.find(instance_id);
  sim::SimHost* host = impl_->machines.host(instance_id);
  if (!inside || !inside->reachable() || !host)
    co_return world::NetError{world::NetFault::timed_out, false, {}};
  co_return co_await host->send(std::move(call));
}

Task<world::Reply> Cloud::send_from_workstation(world::Call call) {
  return impl_->workstation_host->send(std::move(call));
}

Task<ScriptResult> Cloud::run_on(const std::string& instance_id, std::string script, Duration timeout) {
  return impl_->machines.run_script(instance_id, std::move(script), "/root", timeout);
}

Task<ScriptResult> Cloud::run_on_workstation(std::string script, Duration timeout) {
  return impl_->workstation.run_script(std::move(script), "/stack", timeout,
                                       impl_->workstation_environment());
}

std::optional<std::string> Cloud::read_file(const std::string& instance_id, const std::string& path) {
  guest::Instance* inside = impl_->machines.find(instance_id);
  if (!inside || !inside->reachable()) return {};
  return inside->guest().disk().read(path);
}

int Cloud::kill_processes(const std::string& instance_id, const std::string& name, int signal_number) {
  guest::Instance* inside = impl_->machines.find(instance_id);
  return inside ? inside->guest().kill_processes(name, signal_number) : 0;
}

UnitView Cloud::unit(const std::string& instance_id, const std::string& unit) {
  guest::Instance* inside = impl_->machines.find(instance_id);
  if (!inside) return {};
  auto facts = inside->unit(unit);
  return {facts.active, facts.sub, facts.result, facts.restarts};
}

std::string Cloud::log(const std::string& instance_id, const std::string& unit) {
  guest::Instance* inside = impl_->machines.find(instance_id);
  if (!inside) return {};
  if (!unit.empty()) return inside->unit_log(unit);
  std::string text = inside->guest().console_output();
  if (inside->reachable()) text += inside->guest().disk().read("/var/log/cloud-init-output.log").value_or("");
  return text;
}

std::string Cloud::power(const std::string& instance_id, Power verb) try {
  services::ec2::Ec2& ec2 = impl_->emulator.ec2();
  wire::RequestContext context = impl_->as_root();
  std::vector<std::string> ids = {instance_id};
  switch (verb) {
    case Power::reboot:
      ec2.reboot_instances(context, {.instance_ids = ids});
      break;
    case Power::stop:
      ec2.stop_instances(context, {.instance_ids = ids});
      break;
    case Power::start:
      ec2.start_instances(context, {.instance_ids = ids});
      break;
    case Power::terminate:
      ec2.terminate_instances(context, {.instance_ids = ids});
      break;
  }
  return {};
} catch (const base::AwsError& refusal) {
  return refusal.code + ": " + refusal.what();
}

void Cloud::fail_host(const std::string& instance_id) { impl_->emulator.ec2().fail_host(instance_id); }
gateway::FaultRules& Cloud::api_faults() { return impl_->emulator.faults(); }
const gateway::Journal& Cloud::journal() const { return impl_->emulator.journal(); }
std::uint64_t Cloud::internal_failures() const { return impl_->emulator.internal_failures(); }

int Cloud::break_network(const NetworkFault& fault) {
  sim::LinkRule rule;
  rule.from = fault.from;
  rule.to = fault.to;
  rule.effect = fault.effect == "drop"     ? sim::LinkRule::Effect::drop
                : fault.effect == "refuse" ? sim::LinkRule::Effect::refuse
                : fault.effect == "hang"   ? sim::LinkRule::Effect::hang
                                           : sim::LinkRule::Effect::delay;
  rule.delay = fault.delay;
  rule.ratio_of_100 = static_cast<std::uint32_t>(fault.percentage);
  return impl_->network.add_rule(rule);
}

std::uint64_t Cloud::heal_network(int id) {
  impl_->network.remove_rule(id);
  return impl_->network.fired(id);
}

}  // namespace squall::scenario
