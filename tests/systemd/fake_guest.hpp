// A guest for the service manager's tests: a disk in memory, processes that follow a script instead of
// running, and the programs' context. Time is the test's (support/manual_world.hpp).
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "harness/guest/journal/journalctl.hpp"
#include "harness/guest/systemd/systemctl.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::testing {

class MemoryDisk final : public world::Disk {
 public:
  std::optional<std::string> read(const std::string& path) override;
  void write(const std::string& path, std::string_view content, int mode) override;
  void append(const std::string& path, std::string_view content, int mode) override;
  void rename(const std::string& from, const std::string& to) override;
  bool remove(const std::string& path) override;
  void make_directories(const std::string& path, int mode) override;
  std::vector<std::string> list(const std::string& path) override;
  bool exists(const std::string& path) override;
  void sync(const std::string&) override {}
  std::optional<std::string> read_link(const std::string& path) override;
  void symlink(const std::string& target, const std::string& path) override;

 private:
  std::map<std::string, std::string> files_, links_;
  std::set<std::string> folders_{"/"};
};

// The test daemon of the recordings and the few commands its units run.
class FakeHost final : public guest::systemd::ManagerHost {
 public:
  FakeHost(ManualScheduler& scheduler, MemoryDisk& disk) : scheduler_(scheduler), disk_(disk) {}
  ~FakeHost() override {
    for (auto& [pid, process] : processes_) process->handlers.clear();  // they hold their process
  }
  void attach(guest::systemd::Driver* driver) { driver_ = driver; }

  guest::systemd::SpawnOutcome spawn(const guest::systemd::Spawn& spawn) override;
  void kill(int pid, int signal) override;
  void make_directory(const guest::systemd::MakeDirectory&) override {}
  int take_pid() override { return ++last_pid_; }
  std::vector<guest::systemd::ProcessInfo> of_unit(const std::string& unit) const override;
  std::vector<guest::systemd::ProcessInfo> all() const override;
  void power(guest::systemd::ShutdownMode) override { powered_off = true; }
  Duration cpu_time(const std::string&) const override { return 24ms; }
  void not_served(const std::string& unit, const std::vector<std::string>& settings) override {
    unserved[unit] = settings;
  }
  int main_pid_of(const std::string& unit) const;

  bool powered_off = false;
  std::map<std::string, std::vector<std::string>> unserved;
  std::vector<guest::systemd::Spawn> spawned;

 private:
  struct Process {
    guest::systemd::ProcessInfo info;
    std::string unit;
    std::uint64_t spawn = 0;
    bool direct = false, alive = true, dumps_core = false, notifies = false;
    std::set<int> ignores;
    std::map<int, std::function<void()>> handlers;
  };
  using Shared = std::shared_ptr<Process>;

  void after(Duration delay, std::function<void()> action) { scheduler_.after(delay, std::move(action)); }
  void say(const Shared& process, const std::string& line);
  void end(const Shared& process, guest::systemd::Exit exit);
  Shared add(const guest::systemd::Spawn& spawn, std::vector<std::string> argv, bool direct);
  void run_vault(const Shared& process, const guest::systemd::Spawn& spawn);
  void run_shell(const Shared& process, const guest::systemd::Spawn& spawn, const std::string& script);
  void run_command(const Shared& process, const guest::systemd::Spawn& spawn, std::vector<std::string> words);
  void notify(const Shared& process, const std::string& text);

  ManualScheduler& scheduler_;
  MemoryDisk& disk_;
  guest::systemd::Driver* driver_ = nullptr;
  int last_pid_ = 1000;
  std::map<int, Shared> processes_;
};

// A test has a mistake: its unit starts what the fake machine cannot play.
struct NoSuchProgram : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct CommandResult {
  int code = 0;
  std::string out, err;
};

class FakeGuest {
 public:
  FakeGuest();
  ~FakeGuest();
  // Boots again; the processes of before are gone, the disk and the journal stay.
  void boot();
  // Runs a shell-like command line of systemctl, journalctl, service.
  CommandResult run(const std::string& line, const std::string& user = "root");
  void unit(const std::string& name, const std::string& text) {
    disk.write("/etc/systemd/system/" + name, text, 0644);
  }
  std::string show(const std::string& unit, const std::string& property);

  ManualScheduler scheduler{Time{std::chrono::seconds{1'795'314'286}}};  // Sun 2026-11-22 02:24:46 UTC
  MemoryDisk disk;
  FakeHost host{scheduler, disk};
  guest::journal::Journal journal{std::string(32, 'a')};
  std::unique_ptr<guest::systemd::Driver> driver;
  SeededEntropy entropy;

 private:
  int boots_ = 0;
};

// The unit of HashiCorp's package as the recordings have it: with " $OPTS" at the end of ExecStart.
std::string vault_unit();

}  // namespace squall::testing
