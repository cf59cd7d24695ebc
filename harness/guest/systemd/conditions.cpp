#include "harness/guest/systemd/conditions.hpp"

#include <algorithm>
#include <array>

#include "harness/guest/systemd/users.hpp"

namespace squall::guest::systemd {
namespace {

bool is_directory(world::Disk& disk, std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  if (path == "/") return true;
  const std::size_t slash = path.rfind('/');
  const auto names = disk.list(slash == 0 ? "/" : path.substr(0, slash));
  return std::find(names.begin(), names.end(), path.substr(slash + 1) + "/") != names.end();
}

bool path_glob(world::Disk& disk, const std::string& pattern) {
  const std::size_t slash = pattern.rfind('/');
  for (std::string name : disk.list(slash == 0 ? "/" : pattern.substr(0, slash))) {
    if (name.ends_with('/')) name.pop_back();
    if (glob_match(pattern.substr(slash + 1), name)) return true;
  }
  return false;
}

bool holds(world::Disk& disk, const Condition& condition, const ManagerOptions& options) {
  const std::string& type = condition.type;
  const std::string& value = condition.value;
  if (type == "PathExists") return disk.exists(value);
  if (type == "PathExistsGlob") return path_glob(disk, value);
  if (type == "PathIsDirectory") return is_directory(disk, value);
  if (type == "PathIsSymbolicLink") return disk.read_link(value).has_value();
  if (type == "PathIsReadWrite") return disk.exists(value);
  if (type == "DirectoryNotEmpty") return is_directory(disk, value) && !disk.list(value).empty();
  if (type == "FileNotEmpty") {
    auto content = is_directory(disk, value) ? std::nullopt : disk.read(value);
    return content && !content->empty();
  }
  if (type == "FileIsExecutable") return disk.exists(value) && !is_directory(disk, value);
  if (type == "Host") return glob_match(value, options.hostname) || value == options.machine_id;
  if (type == "User") return value == "root" || value == "0" || value == "@system";
  if (type == "Group") return value == "root" || value == "0";
  if (type == "Virtualization") {
    // A guest is an EC2 instance: a KVM machine (Nitro).
    auto wanted = parse_boolean(value);
    return wanted ? *wanted : value == "vm" || value == "kvm" || value == "amazon";
  }
  if (type == "Architecture") return value == "x86-64" || value == "native";
  if (type == "FirstBoot") return !parse_boolean(value).value_or(true);
  if (type == "ACPower") return true;
  if (type == "Security") return false;
  if (type == "Capability") return true;
  if (type == "KernelCommandLine") return false;
  if (type == "NeedsUpdate") return false;
  return true;
}

}  // namespace

bool known_condition(const std::string& type) {
  static constexpr std::array types{"PathExists",
                                    "PathExistsGlob",
                                    "PathIsDirectory",
                                    "PathIsSymbolicLink",
                                    "PathIsReadWrite",
                                    "DirectoryNotEmpty",
                                    "FileNotEmpty",
                                    "FileIsExecutable",
                                    "Host",
                                    "User",
                                    "Group",
                                    "Virtualization",
                                    "Architecture",
                                    "FirstBoot",
                                    "ACPower",
                                    "Security",
                                    "Capability",
                                    "KernelCommandLine",
                                    "NeedsUpdate"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

std::optional<std::string> unmet_condition(world::Disk& disk, const UnitConfig& config,
                                           const ManagerOptions& options, bool asserts) {
  // Each must hold, but of those marked "|" one is enough.
  const Condition* failed_trigger = nullptr;
  bool triggered = false;
  for (const Condition& condition : config.conditions) {
    if (condition.assertion != asserts) continue;
    const bool result = holds(disk, condition, options) != condition.negate;
    if (condition.trigger) {
      triggered = triggered || result;
      if (!result) failed_trigger = &condition;
    } else if (!result) {
      return condition.text;
    }
  }
  if (failed_trigger != nullptr && !triggered) return failed_trigger->text;
  return std::nullopt;
}

}  // namespace squall::guest::systemd
