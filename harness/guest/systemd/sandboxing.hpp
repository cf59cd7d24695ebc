// What a unit hides from its processes and keeps them from writing (systemd.exec(5), "Sandboxing"), as a list
// of mounts in a namespace of the process's own. Follows systemd 252's namespace.c (setup_namespace()).
#pragma once
#include <string>
#include <vector>

namespace squall::guest::systemd {

enum class ProtectSystem { no, yes, full, strict };
enum class ProtectHome { no, yes, read_only, tmpfs };

struct Sandboxing {
  ProtectSystem protect_system = ProtectSystem::no;
  ProtectHome protect_home = ProtectHome::no;
  bool private_tmp = false, private_devices = false;
  // Absolute paths; one that begins with "-" may be missing.
  std::vector<std::string> read_write, read_only, inaccessible;

  bool any() const {
    return protect_system != ProtectSystem::no || protect_home != ProtectHome::no || private_tmp ||
           private_devices || !(read_write.empty() && read_only.empty() && inaccessible.empty());
  }
};

struct Mount {
  enum class Kind { bind, read_only, read_write, inaccessible, empty, devices };
  Kind kind = Kind::bind;
  std::string path, source;  // source: of a bind
  bool optional = false;     // a path that is not there is passed over
  bool operator==(const Mount&) const = default;
};

// In the order in which they are to be made. `tmp`: what is shown as /tmp and below it as var for /var/tmp
// ("/tmp/systemd-private-..."); `own`: directories of the unit, which stay writable; `volumes`: where others
// are mounted, which "strict" protects too.
std::vector<Mount> mounts_of(const Sandboxing& sandboxing, const std::string& private_name,
                             const std::vector<std::string>& own, const std::vector<std::string>& volumes);

// The two folders of PrivateTmp=, by the name that mounts_of() is given.
std::string private_folder(const std::string& parent, const std::string& private_name);

}  // namespace squall::guest::systemd
