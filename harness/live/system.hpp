// The operating system behind the seam: its random numbers, its files, its network.
#pragma once
#include "emulator/world/disk.hpp"
#include "emulator/world/entropy.hpp"
#include "emulator/world/network.hpp"
#include "harness/live/loop.hpp"

namespace squall::live {

class OsEntropy final : public world::Entropy {
 public:
  std::string bytes(std::size_t count) override;

 private:
  void refill();
  std::string unused_;  // of getrandom(2), which costs more per call than per byte
};

class LiveNetwork final : public world::Network {
 public:
  explicit LiveNetwork(LiveScheduler& loop) : loop_(loop) {}
  world::Task<world::Reply> send(world::Call call) override;
  std::unique_ptr<Listener> listen(world::ListenOptions options, world::Handler handler) override;

 private:
  LiveScheduler& loop_;
};

// POSIX files. A write goes to the file in place; sync() is fsync of the file and of its directory.
class LiveDisk final : public world::Disk {
 public:
  std::optional<std::string> read(const std::string& path) override;
  void write(const std::string& path, std::string_view content, int mode) override;
  void append(const std::string& path, std::string_view content, int mode) override;
  void rename(const std::string& from, const std::string& to) override;
  bool remove(const std::string& path) override;
  void make_directories(const std::string& path, int mode) override;
  std::vector<std::string> list(const std::string& path) override;
  bool exists(const std::string& path) override;
  std::optional<std::string> read_link(const std::string& path) override;
  void symlink(const std::string& target, const std::string& path) override;
  void sync(const std::string& path) override;
};

}  // namespace squall::live
