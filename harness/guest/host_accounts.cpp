// See host_accounts.hpp.
#include "harness/guest/host_accounts.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace squall::guest {
namespace {

using Fields = std::vector<std::string>;

std::vector<Fields> read_table(world::Disk& disk, const char* path) {
  std::vector<Fields> table;
  std::istringstream lines(disk.read(path).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    Fields fields(1);
    for (char letter : line) {
      if (letter == ':')
        fields.emplace_back();
      else
        fields.back() += letter;
    }
    table.push_back(std::move(fields));
  }
  return table;
}

}  // namespace

std::optional<Account> find_account(world::Disk& disk, const std::string& name) {
  for (const Fields& fields : read_table(disk, "/etc/passwd"))
    if (fields.size() == 7 && (fields[0] == name || fields[2] == name))
      return Account{fields[0], fields[5], fields[6], std::atoi(fields[2].c_str()),
                     std::atoi(fields[3].c_str())};
  return {};
}

std::optional<int> find_group(world::Disk& disk, const std::string& name) {
  for (const Fields& fields : read_table(disk, "/etc/group"))
    if (fields.size() >= 3 && (fields[0] == name || fields[2] == name)) return std::atoi(fields[2].c_str());
  return {};
}

std::vector<int> groups_of(world::Disk& disk, const std::string& name) {
  std::vector<int> ids;
  for (const Fields& fields : read_table(disk, "/etc/group")) {
    if (fields.size() < 4) continue;
    std::istringstream members(fields[3]);
    for (std::string member; std::getline(members, member, ',');)
      if (member == name) ids.push_back(std::atoi(fields[2].c_str()));
  }
  return ids;
}

Account add_system_account(world::Disk& disk, const std::string& name, const std::string& home,
                           const std::string& shell) {
  if (auto known = find_account(disk, name)) return *known;
  int id = 997;
  auto taken = [&](int number) {
    for (const char* table : {"/etc/passwd", "/etc/group"})
      for (const Fields& fields : read_table(disk, table))
        if (fields.size() > 2 && fields[2] == std::to_string(number)) return true;
    return false;
  };
  while (taken(id)) --id;
  int gid = find_group(disk, name).value_or(id);
  std::string uid_text = std::to_string(id), gid_text = std::to_string(gid);
  if (gid == id) disk.append("/etc/group", name + ":x:" + gid_text + ":\n", 0644);
  disk.append("/etc/passwd", name + ":x:" + uid_text + ":" + gid_text + "::" + home + ":" + shell + "\n",
              0644);
  disk.append("/etc/shadow", name + ":!:19500::::::\n", 0640);
  return {name, home, shell, id, gid};
}

}  // namespace squall::guest
