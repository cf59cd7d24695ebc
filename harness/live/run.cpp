#include "harness/live/run.hpp"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>

#include "emulator/world/await.hpp"
#include "harness/live/loop.hpp"
#include "harness/live/system.hpp"
#include "harness/live/terminal.hpp"

extern char** environ;

namespace squall::live {
namespace {

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return;  // the reader has gone; SIGPIPE's default has usually ended us before
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

program::Invocation this_process(std::vector<std::string> argv) {
  program::Invocation invocation;
  invocation.argv = std::move(argv);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view pair = *entry;
    std::size_t equals = pair.find('=');
    if (equals != pair.npos) invocation.env[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
  }
  invocation.cwd = std::filesystem::current_path();
  invocation.pid = ::getpid();
  invocation.uid = static_cast<int>(::getuid());
  invocation.gid = static_cast<int>(::getgid());
  if (passwd* entry = ::getpwuid(::getuid())) invocation.user = entry->pw_name;
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  invocation.hostname = name;
  invocation.input_is_terminal = ::isatty(STDIN_FILENO) != 0;
  invocation.output_is_terminal = ::isatty(STDOUT_FILENO) != 0;
  return invocation;
}

class LiveContext final : public program::Context {
 public:
  LiveContext(LiveScheduler& loop, program::Invocation invocation)
      : loop_(loop), invocation_(std::move(invocation)), network_(loop) {}

  const program::Invocation& invocation() const override { return invocation_; }
  world::Scheduler& scheduler() override { return loop_; }
  world::Network& network() override { return network_; }
  world::Disk& disk() override { return disk_; }
  world::Entropy& entropy() override { return entropy_; }
  void out(std::string_view text) override { write_all(STDOUT_FILENO, text); }
  void err(std::string_view text) override { write_all(STDERR_FILENO, text); }

  world::Task<std::string> read_input() override {
    std::string all;
    char buffer[65536];
    for (ssize_t got; (got = ::read(STDIN_FILENO, buffer, sizeof buffer)) != 0;) {
      if (got < 0 && errno != EINTR) break;
      if (got > 0) all.append(buffer, static_cast<std::size_t>(got));
    }
    co_return all;
  }

  world::Task<std::optional<std::string>> read_line(bool hidden) override {
    co_return read_terminal_line(hidden);
  }

  void on_signal(SignalHandler handler) override {
    loop_.on_signals({SIGTERM, SIGINT, SIGHUP}, [handler = std::move(handler)](int number) {
      if (handler(number)) return;
      std::signal(number, SIG_DFL);
      std::raise(number);
    });
  }

  // The datagram protocol of sd_notify(3).
  void notify(std::string_view state) override {
    std::string path = env("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path.empty() || path.size() >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), length);
    ::close(fd);
  }

 private:
  LiveScheduler& loop_;
  program::Invocation invocation_;
  LiveNetwork network_;
  LiveDisk disk_;
  OsEntropy entropy_;
};

world::Task<> run_to_end(const program::Program& program, program::Context& context,
                         std::optional<int>& status) {
  status = co_await program(context);
}

}  // namespace

int run_program(const program::Program& program, std::vector<std::string> argv) {
  LiveScheduler loop;
  LiveContext context{loop, this_process(std::move(argv))};
  std::optional<int> status;
  std::exception_ptr failure;
  auto job = world::Job::start(loop, run_to_end(program, context, status), [&](std::exception_ptr thrown) {
    failure = thrown;
    loop.stop();
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return status.value_or(70);
}

}  // namespace squall::live
