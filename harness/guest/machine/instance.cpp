#include "harness/guest/machine/instance.hpp"

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "harness/guest/cloud_init.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/journal/journalctl.hpp"
#include "harness/guest/machine/pip_command.hpp"
#include "harness/guest/machine/power_commands.hpp"
#include "harness/guest/supervisor/programs.hpp"
#include "harness/guest/systemd/systemctl.hpp"

namespace squall::guest {
namespace {

using systemd::ShutdownMode;

// From power to PID 1: firmware, boot loader and kernel of a small Debian instance take 4 to 8 s.
constexpr std::int64_t boot_least_ms = 4000, boot_most_ms = 8000;
// EC2 cuts the power of an instance that has not shut down by then (it hard-reboots "within a few minutes").
constexpr Duration shutdown_patience = 150s;
// From PID 1 to cloud-init's last stage.
constexpr Duration cloud_init_delay = 3s;

std::string id_of(const std::string& seed) { return base::hex_encode(base::sha256(seed)).substr(0, 32); }

}  // namespace

Instance::Instance(Options options, Surroundings surroundings)
    : machine_id_(id_of("machine " + options.machine.instance_id)),
      supervised_(guest_),
      guest_(GuestOptions{options.machine, options.site, bind(options)}, surroundings),
      journal_(machine_id_),
      went_off_(std::move(options.went_off)) {
  journal_.observe([this](const journal::Entry& entry) {
    guest_.trace(
        {.kind = "log", .text = entry.identifier + "[" + std::to_string(entry.pid) + "]: " + entry.message});
    if (auto line = service_story_.tell(entry)) guest_.trace({.kind = "unit", .text = *line});
  });
  supervised_.on_end([this](int pid, int wait_status) {
    if (processes_) processes_->other_ended(pid, wait_status);
  });
}

Instance::~Instance() { leave(); }

std::map<std::string, program::Program> Instance::bind(Options& options) {
  std::map<std::string, program::Program> programs = options.programs;
  systemd::DriverSource driver = [this] { return driver_.get(); };
  programs["systemctl"] = systemd::systemctl(driver);
  programs["service"] = systemd::service_command(driver);
  programs["systemd-run"] = systemd::systemd_run(driver);
  programs["supervisord"] = supervisor::supervisord(supervised_.board());
  programs["supervisorctl"] = supervisor::supervisorctl(supervised_.board());
  for (auto& [name, program] : pip_commands(guest_)) programs[name] = std::move(program);
  for (auto& [name, program] : power_commands(driver)) programs[name] = std::move(program);
  programs["journalctl"] =
      journal::journalctl({[this] { return &journal_; }, [this] { return guest_.hostname(); }});
  return programs;
}

base::Random Instance::stream(const std::string& name) const {
  return const_cast<Instance*>(this)->guest_.surroundings().random.stream(name + " " +
                                                                          std::to_string(boots_));
}

void Instance::tell(std::string text) { guest_.trace({.kind = "boot", .text = std::move(text)}); }

void Instance::power_on() {
  if (state_ != State::off) return;
  state_ = State::booting;
  ++boots_;
  guest_.power_on();
  auto random = stream("firmware");
  boot_timer_ =
      scheduler().after(std::chrono::milliseconds(random.between(boot_least_ms, boot_most_ms)), [this] {
        boot_timer_ = 0;
        boot();
      });
}

void Instance::boot() {
  std::string boot_id = id_of(machine_id_ + " boot " + std::to_string(boots_));
  guest_.set_boot_id(boot_id);
  journal_.begin_boot(boot_id, scheduler().now(), guest_.disk().is_directory("/var/log/journal"));
  processes_ = std::make_unique<UnitProcesses>(guest_, [this](ShutdownMode mode) { brought_down(mode); });
  systemd::ManagerOptions options{guest_.hostname(), machine_id_, boot_id};
  driver_ = std::make_unique<systemd::Driver>(scheduler(), guest_.disk(), *processes_, journal_,
                                              stream("systemd"), std::move(options));
  processes_->drive(*driver_);
  supervised_.forget_daemons();
  guest_.on_unit_installed([this](const std::string& unit) {
    if (!driver_) return;
    driver_->daemon_reload();
    driver_->request({.unit = unit});
  });
  state_ = State::up;
  tell("booted");
  load_modules_at_boot(guest_);
  apply_settings_at_boot(guest_);
  mount_volumes();
  driver_->boot();
  start_cron();
  if (!guest_.machine().user_data.empty())
    cloud_init_ = world::Job::start(scheduler(), run_user_data(), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
}

void Instance::shut_down(std::function<void()> off) {
  when_off_ = std::move(off);
  reboot_wanted_ = false;
  if (state_ != State::up) return power_cut();
  state_ = State::going_down;
  force_timer_ = scheduler().after(shutdown_patience, [this] {
    force_timer_ = 0;
    power_cut();
  });
  driver_->shut_down(ShutdownMode::poweroff);
}

void Instance::reboot() {
  if (state_ != State::up) return;
  state_ = State::going_down;
  reboot_wanted_ = true;
  force_timer_ = scheduler().after(shutdown_patience, [this] {
    force_timer_ = 0;
    power_cut();
    power_on();
  });
  driver_->shut_down(ShutdownMode::reboot);
}

// Called by the manager, also when the guest itself asked for it; the manager's own frames are on the stack.
void Instance::brought_down(ShutdownMode mode) {
  bool again = mode == ShutdownMode::reboot;
  if (down_timer_ != 0) return;
  down_timer_ = scheduler().soon([this, again] {
    down_timer_ = 0;
    tell(again ? "restarting" : "powered off");
    leave();
    guest_.power_off();
    state_ = State::off;
    if (again) return power_on();
    // It may be the end of this instance.
    std::function<void()> told = when_off_ ? std::exchange(when_off_, {}) : went_off_;
    if (told) told();
  });
}

void Instance::power_cut() {
  if (state_ != State::off) tell("lost its power");
  leave();
  guest_.power_cut();
  journal_.lose_power(scheduler().now());
  state_ = State::off;
  if (when_off_) std::exchange(when_off_, {})();
}

void Instance::halt() {
  leave();
  guest_.halt();
}

void Instance::leave() {
  scheduler().cancel(std::exchange(boot_timer_, 0));
  scheduler().cancel(std::exchange(force_timer_, 0));
  scheduler().cancel(std::exchange(down_timer_, 0));
  cloud_init_.kill();
  guest_.on_process_end({});
  guest_.on_unit_installed({});
  guest_.on_syslog({});
  cron_.reset();
  driver_.reset();
  processes_.reset();
}

world::Task<world::Machines::ScriptResult> Instance::run_script(std::string script, std::string directory,
                                                                Duration timeout) {
  if (state_ != State::up) {
    world::Machines::ScriptResult lost;
    lost.lost = true;
    co_return lost;
  }
  co_return co_await guest_.run_script(std::move(script), std::move(directory), timeout);
}

// cloud-init runs its last stage once the network is there and the units that were enabled in the image have
// started. What it does once per instance is done again only if the power went before it had ended.
world::Task<> Instance::run_user_data() {
  co_await world::sleep(scheduler(), cloud_init_delay);
  co_await run_cloud_init(guest_);
}

// Volumes of /etc/fstab are there before anything else starts; a script that wrote none costs nothing.
void Instance::mount_volumes() {
  for (const std::string& complaint : mount_all_volumes(guest_)) {
    guest_.write_console(complaint);
    tell(complaint);
  }
}

// cron is in Debian's and Ubuntu's images and in Amazon Linux 2's; elsewhere the package brings it.
void Instance::start_cron() {
  bool in_image = has_apt(guest_.system()) || guest_.system() == System::amazon_linux_2;
  cron_.emplace(guest_, [this] {
    const char* name = has_apt(guest_.system()) ? "cron.service" : "crond.service";
    const systemd::Unit* daemon = driver_ ? driver_->manager().loaded(name) : nullptr;
    return daemon == nullptr ? 0 : daemon->run.main_pid;
  });
  guest_.on_process_end([this, in_image] {
    if (!cron_) return;
    if (in_image || is_installed(guest_, "cronie")) cron_->refresh();
  });
  guest_.on_syslog([this](const std::string& tag, int priority, const std::string& text) {
    if (!driver_) return;
    journal::Entry entry;
    entry.priority = static_cast<journal::Priority>(priority);
    entry.identifier = tag;
    entry.message = text;
    entry.unit = tag == "CRON" ? "cron.service" : "cloud-final.service";
    entry.transport = "syslog";
    driver_->syslog(std::move(entry));
  });
  if (in_image || is_installed(guest_, "cronie")) cron_->start();
}

Instance::UnitFacts Instance::unit(const std::string& name) {
  if (!driver_) return {};
  const systemd::Unit& unit = driver_->load(name);
  return {std::string(to_string(unit.active())), std::string(to_string(unit.state)),
          std::string(to_string(unit.run.result)), unit.run.restarts, unit.run.main_pid};
}

std::string Instance::unit_log(const std::string& name) const {
  std::string lines;
  for (const journal::Entry& entry : journal_.entries())
    if (journal::concerns(entry, name)) lines += entry.message + "\n";
  return lines;
}

}  // namespace squall::guest
