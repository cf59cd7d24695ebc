#include "harness/guest/systemd/unit_loader.hpp"

#include <algorithm>

#include "harness/guest/systemd/directives.hpp"
#include "harness/guest/systemd/vendor_units.hpp"

namespace squall::guest::systemd {
namespace {

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool in_search_path(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/'));
  const auto& folders = unit_search_path();
  return std::find(folders.begin(), folders.end(), folder) != folders.end();
}

// Drop-ins of every folder that applies to the name, the same file name once, in the order of their names.
std::map<std::string, std::string> find_dropins(world::Disk& disk, const std::string& name) {
  std::vector<std::string> folders{name + ".d"};
  if (const std::string generic = unit_template(name); !generic.empty()) folders.push_back(generic + ".d");
  // "foo-bar.service" also takes "foo-.service.d", and every service "service.d".
  const std::string suffix = unit_suffix(name), stem = name.substr(0, name.rfind('.'));
  for (std::size_t dash = stem.rfind('-'); dash != std::string::npos && dash > 0;
       dash = stem.rfind('-', dash - 1))
    folders.push_back(stem.substr(0, dash + 1) + "." + suffix + ".d");
  folders.push_back(suffix + ".d");
  std::map<std::string, std::string> found;  // file name -> path; the first folder that has it wins
  for (const std::string& root : unit_search_path())
    for (const std::string& folder : folders)
      for (const std::string& file : disk.list(root + "/" + folder))
        if (file.ends_with(".conf")) found.emplace(file, root + "/" + folder + "/" + file);
  return found;
}

void add_once(std::vector<std::string>& list, const std::string& name) {
  if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
}

// "x.target.wants/y.service" is Wants=y.service of x.target.
void add_folder_dependencies(world::Disk& disk, UnitConfig& config) {
  auto add = [&](const std::string& suffix, Dependency kind) {
    for (const std::string& unit : config.names)
      for (const std::string& root : unit_search_path())
        for (std::string file : disk.list(root + "/" + unit + suffix)) {
          if (file.ends_with('/') || !valid_unit_name(file)) continue;
          add_once(config.dependencies[kind], file);
        }
  };
  add(".wants", Dependency::wants);
  add(".requires", Dependency::requires_);
}

void add_default_dependencies(UnitConfig& config) {
  if (!config.default_dependencies) return;
  auto& deps = config.dependencies;
  const std::string suffix = unit_suffix(config.id);
  if (suffix == "service") {
    add_once(deps[Dependency::requires_], "sysinit.target");
    add_once(deps[Dependency::after], "sysinit.target");
    add_once(deps[Dependency::after], "basic.target");
  }
  if (suffix == "timer") {
    add_once(deps[Dependency::requires_], "sysinit.target");
    add_once(deps[Dependency::after], "sysinit.target");
    add_once(deps[Dependency::before], "timers.target");
  }
  if (suffix == "service" || suffix == "timer" || suffix == "target") {
    add_once(deps[Dependency::conflicts], "shutdown.target");
    add_once(deps[Dependency::before], "shutdown.target");
  }
}

void fail(UnitConfig& config, LoadState state, const std::string& text) {
  config.load_state = state;
  config.load_error = text;
}

// The file of a name, an instance's template included, aliases followed: sets id, names, fragment_path.
std::optional<FoundFile> resolve(world::Disk& disk, UnitConfig& config) {
  std::string name = config.id;
  for (int hops = 0; hops < 8; ++hops) {
    auto found = find_unit_file(disk, name);
    if (!found && !unit_template(name).empty()) found = find_unit_file(disk, unit_template(name));
    if (!found) return std::nullopt;
    config.fragment_path = found->path;
    const std::string target = found->link.empty() ? std::string() : base_name(found->link);
    const bool alias = !found->masked && !target.empty() && target != base_name(found->path) &&
                       valid_unit_name(target) && in_search_path(found->link);
    if (!alias) return found;
    const std::string instance = unit_instance(name);
    name = is_template(target) ? unit_prefix(target) + "@" + instance + "." + unit_suffix(target) : target;
    config.id = name;
    add_once(config.names, name);
  }
  return std::nullopt;
}

}  // namespace

const std::vector<std::string>& unit_search_path() {
  static const std::vector<std::string> folders{"/etc/systemd/system",    "/run/systemd/system",
                                                "/run/systemd/transient", "/usr/local/lib/systemd/system",
                                                "/lib/systemd/system",    "/usr/lib/systemd/system"};
  return folders;
}

std::optional<FoundFile> find_unit_file(world::Disk& disk, const std::string& name) {
  for (const std::string& folder : unit_search_path()) {
    FoundFile found;
    found.path = folder + "/" + name;
    if (auto link = disk.read_link(found.path)) {
      found.link = link->starts_with('/') ? *link : folder + "/" + *link;
      if (found.link == "/dev/null") {
        found.masked = true;
        return found;
      }
    }
    auto content = disk.read(found.path);
    if (!content && !found.link.empty()) content = disk.read(found.link);
    if (!content && found.link.empty()) continue;
    if (!content) content = vendor_unit(base_name(found.link));
    if (!content) continue;  // a dangling link
    found.content = *content;
    found.masked = found.content.empty();
    return found;
  }
  if (auto text = vendor_unit(name)) return FoundFile{"/lib/systemd/system/" + name, {}, *text, false};
  return std::nullopt;
}

LoadedUnit load_unit(world::Disk& disk, const std::string& name, const SpecifierContext& base) {
  LoadedUnit result;
  UnitConfig& config = result.config;
  config.id = name;
  config.names = {name};
  auto found = name == "default.target" ? find_unit_file(disk, name) : resolve(disk, config);
  if (name == "default.target" && found) {
    // An alias by nature: the name stays, so that the boot can name its goal.
    config.fragment_path = found->path;
  }
  const std::string suffix = unit_suffix(config.id);
  if (!found) {
    fail(config, LoadState::not_found, "Unit " + config.id + " not found.");
    return result;
  }
  if (found->masked) {
    fail(config, LoadState::masked, "Unit " + config.id + " is masked.");
    return result;
  }
  if (suffix != "service" && suffix != "target" && suffix != "timer") {
    fail(config, LoadState::unsupported,
         "Unit type ." + suffix + " is not served by Squall: " + config.id + ".");
    return result;
  }
  SpecifierContext specifiers = base;
  specifiers.unit = config.id;
  bool good = true;
  auto read = [&](const std::string& path, const std::string& content) {
    config.contents[path] = content;
    UnitFile file = parse_unit_file(path, content);
    result.messages.insert(result.messages.end(), file.messages.begin(), file.messages.end());
    good = apply_settings(config, file, specifiers, result.messages) && good;
  };
  read(config.fragment_path, found->content);
  for (const auto& [file, path] : find_dropins(disk, config.id)) {
    if (disk.read_link(path) == "/dev/null") continue;
    if (auto content = disk.read(path)) {
      config.dropin_paths.push_back(path);
      read(path, *content);
    }
  }
  config.load_state = LoadState::loaded;
  if (!good) {
    result.messages.push_back(
        {journal::Priority::notice,
         config.id + ": Unit configuration has fatal error, unit will not be started."});
    fail(config, LoadState::bad_setting, "Unit " + config.id + " has a bad unit file setting.");
  } else if (auto refusal = verify_unit(config)) {
    result.messages.push_back({journal::Priority::err, config.id + ": " + *refusal});
    fail(config, LoadState::bad_setting, "Unit " + config.id + " has a bad unit file setting.");
  }
  add_folder_dependencies(disk, config);
  if (suffix == "timer" && config.timer.unit.empty())
    config.timer.unit = name.substr(0, name.rfind('.')) + ".service";
  add_default_dependencies(config);
  return result;
}

bool changed_on_disk(world::Disk& disk, const UnitConfig& config) {
  if (config.load_state == LoadState::not_found || config.load_state == LoadState::masked) return false;
  const std::string name = base_name(config.fragment_path);
  for (const auto& [path, content] : config.contents) {
    if (path == config.fragment_path) {
      auto found = find_unit_file(disk, name);
      if (!found || found->path != path || found->content != content) return true;
    } else if (disk.read(path) != content) {
      return true;
    }
  }
  std::size_t dropins = 0;
  for (const auto& [file, path] : find_dropins(disk, config.id))
    if (disk.read_link(path) != "/dev/null") ++dropins;
  return dropins != config.dropin_paths.size();
}

}  // namespace squall::guest::systemd
