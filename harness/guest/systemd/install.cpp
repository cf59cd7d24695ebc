#include "harness/guest/systemd/install.hpp"

#include <algorithm>
#include <set>

#include "harness/guest/systemd/directives.hpp"
#include "harness/guest/systemd/unit_loader.hpp"
#include "harness/guest/systemd/vendor_units.hpp"

namespace squall::guest::systemd {
namespace {

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }
std::string config_root(bool runtime) { return runtime ? "/run/systemd/system" : "/etc/systemd/system"; }

// A file of the name, or of its template.
std::optional<FoundFile> find_installable(world::Disk& disk, const std::string& name) {
  auto found = find_unit_file(disk, name);
  if (!found && !unit_template(name).empty()) found = find_unit_file(disk, unit_template(name));
  return found;
}

InstallConfig read_install(const FoundFile& file, const std::string& name) {
  UnitConfig config;
  config.id = name;
  std::vector<Message> ignored;
  SpecifierContext specifiers;
  specifiers.unit = name;
  UnitFile parsed = parse_unit_file(file.path, file.content);
  std::erase_if(parsed.settings, [](const Setting& s) { return s.section != "Install"; });
  apply_settings(config, parsed, specifiers, ignored);
  return config.install;
}

// Folders of links below the root, without the "/" that a listing ends them with.
std::vector<std::string> link_folders(world::Disk& disk, const std::string& root) {
  std::vector<std::string> folders;
  for (const std::string& entry : disk.list(root))
    if (entry.ends_with(".wants/") || entry.ends_with(".requires/"))
      folders.push_back(root + "/" + entry.substr(0, entry.size() - 1));
  return folders;
}

// Links of the folder tree that belong to the unit: those of .wants and .requires first, then aliases.
std::vector<std::string> links_of(world::Disk& disk, const std::string& root, const std::string& name) {
  std::vector<std::string> nested, top;
  for (const std::string& folder : link_folders(disk, root))
    for (const std::string& file : disk.list(folder))
      if (file == name) nested.push_back(folder + "/" + file);
  for (const std::string& entry : disk.list(root)) {
    auto link = disk.read_link(root + "/" + entry);
    if (link && *link != "/dev/null" && base_name(*link) == name) top.push_back(root + "/" + entry);
  }
  std::sort(nested.rbegin(), nested.rend());
  std::sort(top.rbegin(), top.rend());
  nested.insert(nested.end(), top.begin(), top.end());
  return nested;
}

void make_link(world::Disk& disk, const std::string& path, const std::string& target,
               InstallOutcome& outcome) {
  if (auto existing = disk.read_link(path)) {
    if (*existing == target) return;
    disk.remove(path);
    outcome.lines.push_back("Removed \"" + path + "\".");
  }
  disk.make_directories(path.substr(0, path.rfind('/')), 0755);
  disk.symlink(target, path);
  disk.sync(path);
  outcome.changed = true;
  outcome.lines.push_back("Created symlink " + path + " \u2192 " + target + ".");
}

void remove_link(world::Disk& disk, const std::string& path, InstallOutcome& outcome) {
  disk.remove(path);
  outcome.changed = true;
  outcome.lines.push_back("Removed \"" + path + "\".");
  const std::string folder = path.substr(0, path.rfind('/'));
  if ((folder.ends_with(".wants") || folder.ends_with(".requires")) && disk.list(folder).empty())
    disk.remove(folder);
}

bool enable_one(world::Disk& disk, std::string name, const std::string& root, InstallOutcome& outcome,
                std::set<std::string>& done) {
  if (!done.insert(name).second) return true;
  std::optional<FoundFile> found;
  if (name.starts_with('/')) {
    // A file outside the search path is linked into it first.
    const std::string path = name;
    name = base_name(path);
    auto content = disk.read(path);
    if (!content) {
      outcome.error = "Unit file " + path + " does not exist.";
      return false;
    }
    const std::string folder = path.substr(0, path.rfind('/'));
    const auto& folders = unit_search_path();
    if (std::find(folders.begin(), folders.end(), folder) == folders.end())
      make_link(disk, root + "/" + name, path, outcome);
    found = FoundFile{path, {}, *content, false};
  } else {
    found = find_installable(disk, name);
  }
  if (!found) {
    outcome.error = "Unit file " + name + " does not exist.";
    return false;
  }
  if (found->masked) {
    outcome.error = "Unit file " + found->path + " is masked.";
    return false;
  }
  const InstallConfig install = read_install(*found, name);
  if (!install.any() && install.default_instance.empty()) return true;
  outcome.nothing_to_install = false;
  std::string instance = name;
  if (is_template(name) && !install.default_instance.empty())
    instance = unit_prefix(name) + "@" + install.default_instance + "." + unit_suffix(name);
  const std::string target = found->link.empty() ? found->path : found->link;
  if (is_template(instance) && !(install.wanted_by.empty() && install.required_by.empty())) {
    const auto& goals = install.wanted_by.empty() ? install.required_by : install.wanted_by;
    outcome.error = "Destination unit " + goals.front() + " is a non-template unit.";
    return false;
  }
  for (const std::string& alias : install.aliases) make_link(disk, root + "/" + alias, target, outcome);
  auto add = [&](const std::vector<std::string>& goals, const std::string& suffix) {
    for (const std::string& goal : goals) {
      make_link(disk, root + "/" + goal + suffix + "/" + instance, target, outcome);
      if (!find_installable(disk, goal))
        outcome.lines.push_back("Unit " + target + " is added as a dependency to a non-existent unit " +
                                goal + ".");
    }
  };
  add(install.wanted_by, ".wants");
  add(install.required_by, ".requires");
  for (const std::string& other : install.also)
    if (!enable_one(disk, other, root, outcome, done)) return false;
  return true;
}

}  // namespace

InstallOutcome enable_units(world::Disk& disk, const std::vector<std::string>& names, bool runtime) {
  InstallOutcome outcome;
  outcome.nothing_to_install = true;
  // All or nothing: a name that does not exist stops the rest before a link is made.
  for (const std::string& name : names) {
    if (name.starts_with('/')) continue;
    auto found = find_installable(disk, name);
    if (!found) outcome.error = "Unit file " + name + " does not exist.";
    if (found && found->masked) outcome.error = "Unit file " + found->path + " is masked.";
    if (!outcome.error.empty()) return outcome;
  }
  std::set<std::string> done;
  for (const std::string& name : names)
    if (!enable_one(disk, name, config_root(runtime), outcome, done)) break;
  return outcome;
}

InstallOutcome disable_units(world::Disk& disk, const std::vector<std::string>& names, bool runtime) {
  InstallOutcome outcome;
  std::vector<std::string> links;
  std::vector<std::string> all = names;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto found = find_installable(disk, all[i]);
    if (!found) {
      outcome.error = "Unit file " + all[i] + " does not exist.";
      return outcome;
    }
    if (found->masked) {
      outcome.lines.push_back("Unit " + found->path + " is masked, ignoring.");
      continue;
    }
    for (const std::string& other : read_install(*found, all[i]).also)
      if (std::find(all.begin(), all.end(), other) == all.end()) all.push_back(other);
    for (const std::string& link : links_of(disk, config_root(runtime), all[i])) links.push_back(link);
    if (is_template(all[i]))
      for (const std::string& folder : link_folders(disk, config_root(runtime)))
        for (const std::string& file : disk.list(folder))
          if (unit_template(file) == all[i]) links.push_back(folder + "/" + file);
  }
  std::stable_sort(links.begin(), links.end(), [](const std::string& a, const std::string& b) {
    const auto depth = [](const std::string& path) { return std::count(path.begin(), path.end(), '/'); };
    return depth(a) != depth(b) ? depth(a) > depth(b) : a > b;
  });
  for (const std::string& link : links) remove_link(disk, link, outcome);
  return outcome;
}

InstallOutcome mask_units(world::Disk& disk, const std::vector<std::string>& names, bool runtime) {
  InstallOutcome outcome;
  for (const std::string& name : names) {
    const std::string path = config_root(runtime) + "/" + name;
    auto link = disk.read_link(path);
    if (link == "/dev/null") continue;
    if (link || disk.exists(path)) {
      outcome.error = "File " + path + " already exists.";
      return outcome;
    }
    if (!find_installable(disk, name))
      outcome.lines.push_back("Unit " + name + " does not exist, proceeding anyway.");
    make_link(disk, path, "/dev/null", outcome);
  }
  return outcome;
}

InstallOutcome unmask_units(world::Disk& disk, const std::vector<std::string>& names, bool runtime) {
  InstallOutcome outcome;
  for (const std::string& name : names) {
    const std::string path = config_root(runtime) + "/" + name;
    if (disk.read_link(path) == "/dev/null") remove_link(disk, path, outcome);
  }
  return outcome;
}

InstallOutcome revert_units(world::Disk& disk, const std::vector<std::string>& names) {
  InstallOutcome outcome;
  for (const std::string& name : names)
    for (const char* root : {"/etc/systemd/system.control", "/etc/systemd/system", "/run/systemd/system"}) {
      const std::string folder = std::string(root) + "/" + name + ".d";
      const auto files = disk.list(folder);
      for (const std::string& file : files) remove_link(disk, folder + "/" + file, outcome);
      if (!files.empty()) remove_link(disk, folder, outcome);
    }
  return outcome;
}

std::string unit_file_state(world::Disk& disk, const std::string& name) {
  auto found = find_installable(disk, name);
  if (!found) return {};
  const bool runtime = found->path.starts_with("/run/");
  if (found->masked) return runtime ? "masked-runtime" : "masked";
  if (found->path.starts_with("/run/systemd/transient/")) return "transient";
  const std::string own = base_name(found->path);
  if (!found->link.empty() && base_name(found->link) != own && base_name(found->link) != name) return "alias";
  for (bool in_run : {false, true})
    if (!links_of(disk, config_root(in_run), name).empty()) return in_run ? "enabled-runtime" : "enabled";
  const InstallConfig install = read_install(*found, name);
  if (is_template(name))
    for (const std::string& wants : link_folders(disk, config_root(false)))
      for (const std::string& file : disk.list(wants))
        if (unit_template(file) == name) return "indirect";
  const auto& folders = unit_search_path();
  const std::string folder = found->link.substr(0, found->link.rfind('/'));
  const bool outside =
      !found->link.empty() && std::find(folders.begin(), folders.end(), folder) == folders.end();
  if (outside) return runtime ? "linked-runtime" : "linked";
  if (install.any())
    return install.wanted_by.empty() && install.required_by.empty() && install.aliases.empty() ? "indirect"
                                                                                               : "disabled";
  return "static";
}

std::string unit_file_preset(world::Disk& disk, const std::string& name) {
  const std::string state = unit_file_state(disk, name);
  if (state == "enabled" || state == "disabled" || state == "indirect" || state == "enabled-runtime")
    return "enabled";
  return {};
}

std::vector<std::string> all_unit_files(world::Disk& disk) {
  std::set<std::string> names;
  for (const std::string& folder : unit_search_path())
    for (const std::string& file : disk.list(folder))
      if (!file.ends_with('/') && valid_unit_name(file)) names.insert(file);
  for (const std::string& name : vendor_unit_names()) names.insert(name);
  return {names.begin(), names.end()};
}

}  // namespace squall::guest::systemd
