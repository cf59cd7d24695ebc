#include "harness/guest/machine/unit_processes.hpp"

#include <cerrno>
#include <cstring>

#include "harness/guest/host_accounts.hpp"
#include "harness/guest/machine/wait_status.hpp"

namespace squall::guest {
namespace {

// The list of texts that the kernel ends with NUL each: /proc/PID/cmdline, /proc/PID/environ.
std::vector<std::string> nul_separated(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    std::string_view part = text.substr(0, text.find('\0'));
    parts.emplace_back(part);
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  return parts;
}

// The groups that list the user, and SupplementaryGroups=. Without User= and Group= a service keeps PID 1's,
// which are none.
std::vector<int> groups_for(world::Disk& disk, const systemd::Spawn& spawn) {
  std::vector<int> groups;
  if (!spawn.user.empty()) {
    groups = groups_of(disk, spawn.user);
    groups.insert(groups.begin(), spawn.gid);
  }
  for (const std::string& name : spawn.supplementary_groups)
    if (auto group = find_group(disk, name)) groups.push_back(*group);
  return groups;
}

char letter_of(systemd::Mount::Kind kind) {
  switch (kind) {
    case systemd::Mount::Kind::bind:
      return SQUALL_MOUNT_BIND;
    case systemd::Mount::Kind::read_only:
      return SQUALL_MOUNT_READ_ONLY;
    case systemd::Mount::Kind::read_write:
      return SQUALL_MOUNT_READ_WRITE;
    case systemd::Mount::Kind::inaccessible:
      return SQUALL_MOUNT_INACCESSIBLE;
    case systemd::Mount::Kind::empty:
      return SQUALL_MOUNT_EMPTY;
    case systemd::Mount::Kind::devices:
      break;
  }
  return SQUALL_MOUNT_DEVICES;
}

// Why a process did not become its program, by the step of systemd's exec_child() at which it ended.
systemd::SpawnOutcome failure(world::Disk& disk, const systemd::Spawn& spawn, int pid, int error,
                              bool no_folder) {
  const std::string text = std::strerror(error & ~SQUALL_MOUNTS_FAILED);
  if ((error & SQUALL_MOUNTS_FAILED) == 0) return {pid, no_folder ? "CHDIR" : "EXEC", text, {}};
  systemd::SpawnOutcome outcome{pid, "NAMESPACE", text, {}};
  for (const systemd::Mount& mount : spawn.mounts)
    if (!mount.optional && !disk.exists(mount.path)) {
      outcome.failed_path = mount.path;
      break;
    }
  return outcome;
}

Rights rights_of(const systemd::Spawn& spawn) {
  Rights rights{spawn.umask,
                spawn.secure_bits,
                spawn.no_new_privileges,
                spawn.capability_bounding_set,
                spawn.ambient_capabilities,
                {}};
  for (const auto& [name, limit] : spawn.limits)
    rights.limits.push_back({systemd::limit_resource(name), limit.soft, limit.hard});
  return rights;
}

}  // namespace

UnitProcesses::UnitProcesses(Guest& guest, std::function<void(systemd::ShutdownMode)> power)
    : guest_(guest), power_(std::move(power)) {
  guest_.on_notify([this](int pid, std::string_view text) { notified(pid, text); });
  guest_.on_orphan_end([this](int pid, int status) { other_ended(pid, status); });
}

UnitProcesses::~UnitProcesses() {
  guest_.on_notify({});
  guest_.on_orphan_end({});
  for (world::TimerId timer : timers_) guest_.surroundings().scheduler.cancel(timer);
}

void UnitProcesses::soon(std::function<void(systemd::Driver&)> tell) {
  auto id = std::make_shared<world::TimerId>(0);
  *id = guest_.surroundings().scheduler.soon([this, id, tell = std::move(tell)] {
    timers_.erase(*id);
    if (driver_ && !driver_->is_down()) tell(*driver_);
  });
  timers_.insert(*id);
}

systemd::SpawnOutcome UnitProcesses::spawn(const systemd::Spawn& spawn) {
  ProcessOptions process;
  process.spawn.argv = spawn.argv;
  process.spawn.program = spawn.path;
  for (const auto& [name, value] : spawn.environment) process.spawn.env[name] = value;
  process.spawn.uid = spawn.uid;
  process.spawn.gid = spawn.gid;
  process.spawn.groups = groups_for(guest_.disk(), spawn);
  process.spawn.rights = rights_of(spawn);
  for (const systemd::Mount& mount : spawn.mounts)
    process.spawn.mounts.push_back({letter_of(mount.kind), mount.path, mount.source, mount.optional});
  process.spawn.merge_output = spawn.standard_error == "inherit";
  process.spawn.cwd = spawn.working_directory.empty() ? "/" : spawn.working_directory;
  if (spawn.working_directory_optional && !guest_.disk().is_directory(process.spawn.cwd))
    process.spawn.cwd = "/";
  process.output = [this, spawn](std::string_view bytes, bool is_error) { output(spawn, bytes, is_error); };
  auto own_id = std::make_shared<int>(0);
  process.ended = [this, own_id](int status) { ended(*own_id, status); };
  if (!spawn.invocation_id.empty()) unit_by_invocation_[spawn.invocation_id] = spawn.unit;
  bool no_folder = !guest_.disk().is_directory(process.spawn.cwd);
  int pid = guest_.start_process(std::move(process));
  if (pid <= 0) return failure(guest_.disk(), spawn, take_pid(), -pid, no_folder);
  *own_id = pid;
  started_[pid] = {spawn.unit, spawn.id};
  return {pid, {}, {}, {}};
}

void UnitProcesses::output(const systemd::Spawn& spawn, std::string_view bytes, bool is_error) {
  const std::string& to =
      is_error && spawn.standard_error != "inherit" ? spawn.standard_error : spawn.standard_output;
  if (to == "null") return;
  std::size_t colon = to.find(':');
  if (colon != to.npos) {
    guest_.disk().append(to.substr(colon + 1), bytes, 0644);
    return;
  }
  if (to.ends_with("console")) guest_.write_console(bytes);
  soon([id = spawn.id, text = std::string(bytes)](systemd::Driver& driver) { driver.output(id, text); });
}

void UnitProcesses::ended(int pid, int wait_status) {
  auto known = started_.find(pid);
  if (known == started_.end()) return;
  std::uint64_t spawn = known->second.spawn;
  started_.erase(known);
  soon([pid, spawn, exit = exit_of(wait_status)](systemd::Driver& driver) {
    driver.output_closed(spawn);
    driver.exited(pid, exit);
  });
}

void UnitProcesses::other_ended(int pid, int wait_status) {
  soon([pid, exit = exit_of(wait_status)](systemd::Driver& driver) { driver.exited(pid, exit); });
  std::set<std::string> units;
  for (const auto& [id, unit] : unit_by_invocation_) units.insert(unit);
  for (const std::string& unit : units) soon([unit](systemd::Driver& driver) { driver.process_gone(unit); });
}

void UnitProcesses::notified(int pid, std::string_view text) {
  std::string unit = unit_of(pid);
  if (unit.empty()) return;
  soon([pid, unit, said = std::string(text)](systemd::Driver& driver) { driver.notify(pid, unit, said); });
}

void UnitProcesses::kill(int pid, int signal) {
  std::string unit = unit_of(pid);
  guest_.kill_process(pid, signal);
  // Nobody waits for a process that is not a spawn: whether it went is looked at a moment later.
  if (started_.contains(pid) || unit.empty()) return;
  auto id = std::make_shared<world::TimerId>(0);
  *id = guest_.surroundings().scheduler.after(10ms, [this, id, unit] {
    timers_.erase(*id);
    if (driver_ && !driver_->is_down()) driver_->process_gone(unit);
  });
  timers_.insert(*id);
}

void UnitProcesses::make_directory(const systemd::MakeDirectory& directory) {
  if (directory.remove) return guest_.disk().remove_tree(directory.path);
  int mode = static_cast<int>(std::strtol(directory.mode.c_str(), nullptr, 8));
  guest_.disk().make_directories(directory.path, mode);
  guest_.disk().change_owner(directory.path, directory.uid, directory.gid);
  guest_.disk().change_mode(directory.path, mode);
}

int UnitProcesses::take_pid() {
  ProcessOptions process;
  process.spawn.argv = {"/bin/true"};
  return guest_.start_process(std::move(process));
}

systemd::ProcessInfo UnitProcesses::info(int pid, const std::string& name) const {
  auto command = guest_.disk().read("/proc/" + std::to_string(pid) + "/cmdline");
  return {pid, name, nul_separated(command.value_or(""))};
}

std::string UnitProcesses::unit_of(int pid) const {
  if (auto known = started_.find(pid); known != started_.end()) return known->second.unit;
  auto environment = guest_.disk().read("/proc/" + std::to_string(pid) + "/environ");
  constexpr std::string_view marker = "INVOCATION_ID=";
  for (const std::string& entry : nul_separated(environment.value_or("")))
    if (entry.starts_with(marker)) {
      auto unit = unit_by_invocation_.find(entry.substr(marker.size()));
      if (unit != unit_by_invocation_.end()) return unit->second;
    }
  return {};
}

std::vector<systemd::ProcessInfo> UnitProcesses::all() const {
  std::vector<systemd::ProcessInfo> found;
  for (const auto& [pid, name] : guest_.processes()) found.push_back(info(pid, name));
  return found;
}

std::vector<systemd::ProcessInfo> UnitProcesses::of_unit(const std::string& unit) const {
  std::vector<systemd::ProcessInfo> found;
  for (const auto& [pid, name] : guest_.processes())
    if (unit_of(pid) == unit) found.push_back(info(pid, name));
  return found;
}

void UnitProcesses::not_served(const std::string& unit, const std::vector<std::string>& settings) {
  std::string names;
  for (const std::string& setting : settings) names += (names.empty() ? "" : ", ") + setting;
  guest_.trace({.kind = "unit", .text = unit + " has settings that Squall does not act on: " + names});
}

}  // namespace squall::guest
