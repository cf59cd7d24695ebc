// A program's log file as supervisor writes it (supervisor/loggers.py, RotatingFileHandler): appended to, and
// turned over when it has reached its size: x.log becomes x.log.1, that x.log.2 and so on.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/world/disk.hpp"
#include "harness/guest/supervisor/config.hpp"

namespace squall::guest::supervisor {

class ChildLog {
 public:
  ChildLog() = default;
  // AUTO: a file of its own in `folder`, with a part that nobody can guess; here it follows from the name.
  ChildLog(const ProgramConfig::LogFile& wanted, const ServerConfig& server, const std::string& program,
           const char* channel);

  void append(world::Disk& disk, std::string_view text);
  void clear(world::Disk& disk);
  const std::string& path() const { return path_; }  // empty: nothing is kept
  // /dev/stdout and its kind: 1 or 2, of supervisord's own; 0 for a file.
  int console() const;

 private:
  void turn_over(world::Disk& disk);

  std::string path_;
  int mode_ = 0644, backups_ = 0;
  std::uint64_t most_bytes_ = 0;
  std::optional<std::uint64_t> size_bytes_;
};

// At a start: the AUTO files of the servers before are removed, unless nocleanup=true.
void remove_old_logs(world::Disk& disk, const ServerConfig& server);

}  // namespace squall::guest::supervisor
