#include "harness/guest/supervisor/child_log.hpp"

#include "emulator/base/random.hpp"

namespace squall::guest::supervisor {

ChildLog::ChildLog(const ProgramConfig::LogFile& wanted, const ServerConfig& server,
                   const std::string& program, const char* channel)
    : backups_(wanted.backups), most_bytes_(wanted.most_bytes) {
  if (wanted.path == "NONE" || wanted.path == "/dev/null") return;
  path_ = wanted.path;
  if (path_ != "AUTO") return;
  mode_ = 0600;
  const std::string part = std::to_string(base::hash64(program + channel) % 100'000'000);
  path_ = server.childlogdir + "/" + program + "-" + channel + "---" + server.identifier + "-" +
          std::string(8 - part.size(), '0') + part + ".log";
}

int ChildLog::console() const {
  if (path_ == "/dev/stdout" || path_ == "/dev/fd/1" || path_ == "/proc/self/fd/1") return 1;
  return path_ == "/dev/stderr" || path_ == "/dev/fd/2" || path_ == "/proc/self/fd/2" ? 2 : 0;
}

void ChildLog::append(world::Disk& disk, std::string_view text) {
  if (path_.empty()) return;
  if (!size_bytes_) size_bytes_ = disk.read(path_).value_or("").size();
  disk.append(path_, text, mode_);
  *size_bytes_ += text.size();
  if (most_bytes_ > 0 && *size_bytes_ >= most_bytes_) turn_over(disk);
}

void ChildLog::turn_over(world::Disk& disk) {
  for (int number = backups_; number > 0; --number) {
    const std::string from = number == 1 ? path_ : path_ + "." + std::to_string(number - 1);
    if (disk.exists(from)) disk.rename(from, path_ + "." + std::to_string(number));
  }
  clear(disk);
}

void ChildLog::clear(world::Disk& disk) {
  if (path_.empty() || console() != 0) return;
  disk.write(path_, "", mode_);
  size_bytes_ = 0;
}

void remove_old_logs(world::Disk& disk, const ServerConfig& server) {
  if (server.nocleanup) return;
  const std::string marker = "---" + server.identifier + "-";
  for (const std::string& name : disk.list(server.childlogdir)) {
    const std::size_t at = name.find(marker);
    if (at != std::string::npos && at > 0 && name.find(".log", at) != std::string::npos &&
        !name.ends_with('/'))
      disk.remove(server.childlogdir + "/" + name);
  }
}

}  // namespace squall::guest::supervisor
