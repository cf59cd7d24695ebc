// A machine that is only said to be there, with supervisor on it: for the tests of its programs.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/guest/supervisor/programs.hpp"
#include "harness/guest/systemd/text.hpp"
#include "tests/systemd/fake_guest.hpp"

namespace squall::testing {

using guest::supervisor::Board;
using guest::systemd::Exit;
using guest::systemd::ExitCode;

inline constexpr const char* server_config = R"([unix_http_server]
file=/var/run/supervisor.sock   ; (the path to the socket file)
[supervisord]
logfile=/var/log/supervisor/supervisord.log ; (main log file)
pidfile=/var/run/supervisord.pid
childlogdir=/var/log/supervisor
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///var/run/supervisor.sock ; use a unix:// URL  for a unix socket
[include]
files = /etc/supervisor/conf.d/*.conf
)";

class FakeChildren final : public guest::supervisor::SupervisorHost {
 public:
  explicit FakeChildren(ManualScheduler& scheduler) : scheduler_(scheduler) {}
  Board* board = nullptr;
  std::map<int, std::string> alive;

  int spawn(const guest::supervisor::SpawnRequest& request) override {
    const int pid = ++last_pid_;
    alive[pid] = request.program.name;
    environment = request.environment;
    std::string script = request.argv.size() > 2 ? request.argv[2] : request.argv.front();
    Duration delay{0};
    if (script.starts_with("sleep "))
      delay = std::chrono::milliseconds{static_cast<int>(1000 * std::stod(script.substr(6)))};
    if (script == "/bin/true") script = "exit 0";
    if (const std::size_t at = script.find("exit "); at != std::string::npos) {
      const int code = std::stoi(script.substr(at + 5));
      if (script.starts_with("echo hello"))
        scheduler_.after(1ms, [this, pid] { board->output(pid, false, "hello\n"); });
      scheduler_.after(delay + 5ms, [this, pid, code] { end(pid, {ExitCode::exited, code}); });
    }
    return pid;
  }
  void kill(int pid, int signal, bool) override {
    const bool daemon = alive[pid] == "vault" && signal == 2;
    if (alive[pid] == "ign" && signal == 15) return;
    if (alive[pid] == "vault" && signal == 1) return;
    scheduler_.after(2ms, [this, pid, signal, daemon] {
      end(pid, daemon ? Exit{ExitCode::exited, 0} : Exit{ExitCode::killed, signal});
    });
  }
  bool is_executable(const std::string&) override { return true; }
  int start_daemon(const program::Invocation&) override { return 0; }
  bool is_daemon(int) const override { return false; }
  void end(int pid, Exit exit) {
    if (alive.erase(pid) > 0) board->exited(pid, exit);
  }
  std::map<std::string, std::string> environment;

 private:
  ManualScheduler& scheduler_;
  int last_pid_ = 7600;
};

class SupervisorContext final : public program::Context {
 public:
  SupervisorContext(ManualScheduler& scheduler, MemoryDisk& disk, std::vector<std::string> argv)
      : scheduler_(scheduler), disk_(disk) {
    invocation_.argv = std::move(argv);
    invocation_.pid = 7590;
    invocation_.hostname = "vaulthost";
    invocation_.env = {{"LANG", "C.UTF-8"},
                       {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
                       {"INVOCATION_ID", "0"},
                       {"JOURNAL_STREAM", "8:1"},
                       {"SYSTEMD_EXEC_PID", "7590"}};
  }
  const program::Invocation& invocation() const override { return invocation_; }
  world::Scheduler& scheduler() override { return scheduler_; }
  world::Network& network() override { throw std::logic_error("no network here"); }
  world::Disk& disk() override { return disk_; }
  world::Entropy& entropy() override { return entropy_; }
  void out(std::string_view text) override { result.out += text; }
  void err(std::string_view text) override { result.err += text; }
  world::Task<std::string> read_input() override { co_return std::string(); }
  void on_signal(SignalHandler handler) override { handler_ = std::move(handler); }
  void notify(std::string_view) override {}
  CommandResult result;
  SignalHandler handler_;

 private:
  ManualScheduler& scheduler_;
  MemoryDisk& disk_;
  SeededEntropy entropy_;
  program::Invocation invocation_;
};

// A disk with supervisor's package, and what its server and client do there.
struct SupervisedGuest {
  ManualScheduler scheduler{Time{std::chrono::seconds{1'795'314'286}}};
  MemoryDisk disk;
  FakeChildren children{scheduler};
  Board board{children};
  program::Program server_program = guest::supervisor::supervisord(board);
  std::unique_ptr<SupervisorContext> server_context;
  world::Job server;
  int server_code = -1;

  SupervisedGuest() {
    children.board = &board;
    disk.write("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nvault:x:997:997::/etc/vault.d:/bin/false\n",
               0644);
    disk.write("/etc/supervisor/supervisord.conf", server_config, 0644);
    disk.make_directories("/etc/supervisor/conf.d", 0755);
    disk.make_directories("/var/log/supervisor", 0755);
    for (const char* file :
         {"/bin/sleep", "/bin/sh", "/bin/true", "/bin/echo", "/bin/false", "/usr/bin/vault"})
      disk.write(file, "x", 0755);
  }
  ~SupervisedGuest() { kill_server(); }
  void kill_server() {
    server.kill();
    scheduler.settle();  // a killed job's frame goes at the next instant
  }
  world::Task<> serve() { server_code = co_await server_program(*server_context); }
  void start() {
    server_context = std::make_unique<SupervisorContext>(
        scheduler, disk,
        std::vector<std::string>{"supervisord", "-n", "-c", "/etc/supervisor/supervisord.conf"});
    server = world::Job::start(scheduler, serve());
    scheduler.advance(100ms);
  }
  void program(const std::string& name, const std::string& text) {
    disk.write("/etc/supervisor/conf.d/" + name + ".conf", "[program:" + name + "]\n" + text, 0644);
  }
  CommandResult run(const std::string& line) {
    auto words = guest::systemd::split_words(line).value();
    SupervisorContext context(scheduler, disk, words);
    auto command = guest::supervisor::supervisorctl(board);
    context.result.code = scheduler.run(command(context));
    return context.result;
  }
};

}  // namespace squall::testing
