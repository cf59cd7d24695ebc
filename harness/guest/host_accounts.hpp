// Accounts in a guest's /etc/passwd and /etc/group, as packages and boots make them; scripts have useradd.
#pragma once
#include <string>

#include "harness/guest/guest_disk.hpp"

namespace squall::guest {

struct Account {
  std::string name, home, shell;
  int uid = 0, gid = 0;
};

// Nothing when there is no such account.
std::optional<Account> find_account(world::Disk& disk, const std::string& name);
// An account below 1000 with a group of its own; the one that is there already, if it is.
Account add_system_account(world::Disk& disk, const std::string& name, const std::string& home,
                           const std::string& shell);
// Ids of the groups that list the account.
std::vector<int> groups_of(world::Disk& disk, const std::string& name);
// By name or number; nothing when there is no such group.
std::optional<int> find_group(world::Disk& disk, const std::string& name);

}  // namespace squall::guest
