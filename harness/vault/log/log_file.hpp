// The file that log lines go to besides standard error (vault/helper/logging: logfile.go, logger.go). When it
// is full or old its name gets the time, in nanoseconds, and a new one begins; the oldest of those go.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "emulator/base/time.hpp"
#include "emulator/world/disk.hpp"
#include "emulator/world/scheduler.hpp"

namespace squall::vault {

struct LogFileOptions {
  std::string path;  // absolute; one that ends in '/' is the directory of a vault.log
  Duration rotate_after = std::chrono::hours{24};
  std::int64_t rotate_bytes = 0;  // written since it was opened; 0: no limit
  std::int64_t max_files = 0;     // of the old ones; 0: no limit, below: none
};

// The message is as the server prints it.
struct LogFileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class LogFile {
 public:
  // Throws LogFileError.
  LogFile(world::Disk& disk, world::Scheduler& scheduler, LogFileOptions options);
  // What the disk does not take is lost, as in Vault.
  void write(std::string_view line);

 private:
  std::string path() const { return directory_ + name_; }
  void open();
  void rotate();
  void prune();

  world::Disk& disk_;
  world::Scheduler& scheduler_;
  LogFileOptions options_;
  std::string directory_, name_;      // the former ends in '/'
  std::string old_stem_, extension_;  // of "vault-1704067200000000000.log"
  Time opened_;
  std::int64_t written_bytes_ = 0;
};

}  // namespace squall::vault
