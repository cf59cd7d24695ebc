// See sandboxing.hpp.
#include "harness/guest/systemd/sandboxing.hpp"

#include <algorithm>

namespace squall::guest::systemd {
namespace {

using Kind = Mount::Kind;

void add_paths(std::vector<Mount>& mounts, const std::vector<std::string>& paths, Kind kind) {
  for (const std::string& path : paths) {
    const bool optional = path.starts_with('-');
    mounts.push_back({kind, optional ? path.substr(1) : path, {}, optional});
  }
}

void protect_system(std::vector<Mount>& mounts, ProtectSystem how, const std::vector<std::string>& volumes) {
  if (how == ProtectSystem::no) return;
  if (how == ProtectSystem::strict) {
    mounts.push_back({Kind::read_only, "/", {}, false});
    for (const std::string& place : volumes) mounts.push_back({Kind::read_only, place, {}, true});
    return;
  }
  for (const char* path : {"/usr", "/boot", "/efi"}) mounts.push_back({Kind::read_only, path, {}, true});
  if (how == ProtectSystem::full) mounts.push_back({Kind::read_only, "/etc", {}, false});
}

void protect_home(std::vector<Mount>& mounts, ProtectHome how) {
  if (how == ProtectHome::no) return;
  const Kind kind = how == ProtectHome::yes         ? Kind::inaccessible
                    : how == ProtectHome::read_only ? Kind::read_only
                                                    : Kind::empty;
  for (const char* path : {"/home", "/run/user", "/root"}) mounts.push_back({kind, path, {}, true});
}

}  // namespace

std::string private_folder(const std::string& parent, const std::string& private_name) {
  return parent + "/" + private_name;
}

std::vector<Mount> mounts_of(const Sandboxing& sandboxing, const std::string& private_name,
                             const std::vector<std::string>& own, const std::vector<std::string>& volumes) {
  std::vector<Mount> mounts;
  protect_system(mounts, sandboxing.protect_system, volumes);
  protect_home(mounts, sandboxing.protect_home);
  add_paths(mounts, sandboxing.read_write, Kind::read_write);
  add_paths(mounts, sandboxing.read_only, Kind::read_only);
  add_paths(mounts, sandboxing.inaccessible, Kind::inaccessible);
  if (sandboxing.protect_system == ProtectSystem::strict) add_paths(mounts, own, Kind::read_write);
  // A folder is protected before what lies in it is let out again.
  std::stable_sort(mounts.begin(), mounts.end(),
                   [](const Mount& a, const Mount& b) { return a.path < b.path; });
  // These last, as systemd lets them win over a read-only parent.
  if (sandboxing.private_tmp)
    for (const char* parent : {"/tmp", "/var/tmp"})
      mounts.push_back({Kind::bind, parent, private_folder(parent, private_name) + "/tmp", false});
  if (sandboxing.private_devices) mounts.push_back({Kind::devices, "/dev", {}, false});
  return mounts;
}

}  // namespace squall::guest::systemd
