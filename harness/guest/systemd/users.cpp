#include "harness/guest/systemd/users.hpp"

#include "harness/guest/systemd/text.hpp"

namespace squall::guest::systemd {
namespace {

std::optional<int> number(const std::string& text) {
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  return std::stoi(text);
}

}  // namespace

std::optional<User> find_user(world::Disk& disk, const std::string& name) {
  for (const std::string& line : split(disk.read("/etc/passwd").value_or(""), '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() < 7 || (fields[0] != name && fields[2] != name)) continue;
    auto uid = number(fields[2]), gid = number(fields[3]);
    if (!uid || !gid) continue;
    const bool login = !fields[6].ends_with("/nologin") && !fields[6].ends_with("/false");
    return User{fields[0], *uid, *gid, fields[5], login ? fields[6] : std::string()};
  }
  if (name == "root" || name == "0") return User{};
  if (auto uid = number(name)) return User{name, *uid, *uid, "/", {}};
  return std::nullopt;
}

std::optional<int> find_group(world::Disk& disk, const std::string& name) {
  for (const std::string& line : split(disk.read("/etc/group").value_or(""), '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() >= 3 && (fields[0] == name || fields[2] == name)) return number(fields[2]);
  }
  return name == "root" ? std::optional<int>(0) : number(name);
}

}  // namespace squall::guest::systemd
