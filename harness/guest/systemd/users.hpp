// Users and groups of the guest, from its own /etc/passwd and /etc/group (passwd(5), group(5)).
#pragma once
#include <optional>
#include <string>

#include "emulator/world/disk.hpp"

namespace squall::guest::systemd {

struct User {
  std::string name = "root";
  int uid = 0, gid = 0;
  std::string home = "/root";
  std::string shell;  // empty for nologin and false, which systemd does not hand on
};

// By name or by number; nothing if there is none.
std::optional<User> find_user(world::Disk& disk, const std::string& name);
std::optional<int> find_group(world::Disk& disk, const std::string& name);

}  // namespace squall::guest::systemd
