// A program whose work is done by the world: `aws`, `curl`, `systemctl`, `vault` and its server. The same
// code runs as an actor behind a placeholder process of a guest, and as an ordinary process of the live world
// (`squall vault ...`). It reaches nothing but what its Context gives.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/disk.hpp"
#include "emulator/world/entropy.hpp"
#include "emulator/world/network.hpp"
#include "emulator/world/scheduler.hpp"
#include "emulator/world/task.hpp"

namespace squall::program {

struct Invocation {
  std::vector<std::string> argv;  // argv[0] as called: "aws", "/usr/bin/vault"
  std::map<std::string, std::string> env;
  std::string cwd = "/";
  int pid = 1, uid = 0, gid = 0;
  std::string user = "root";
  std::string hostname;
  bool input_is_terminal = false, output_is_terminal = false;
};

class Context {
 public:
  virtual ~Context() = default;

  virtual const Invocation& invocation() const = 0;
  virtual world::Scheduler& scheduler() = 0;
  virtual world::Network& network() = 0;
  virtual world::Disk& disk() = 0;  // the file tree that the program sees, with its rights not checked
  virtual world::Entropy& entropy() = 0;

  virtual void out(std::string_view text) = 0;  // standard output
  virtual void err(std::string_view text) = 0;  // standard error
  // Standard input to its end; empty at once when there is none.
  virtual world::Task<std::string> read_input() = 0;
  // One line that a user is asked for, without its newline; a terminal does not echo it when `hidden`.
  // Nothing when the user interrupts. Where there is no terminal, standard input is read to its end.
  virtual world::Task<std::optional<std::string>> read_line(bool hidden) {
    static_cast<void>(hidden);  // a pipe echoes nothing
    const std::string input = co_await read_input();
    co_return input.substr(0, input.find('\n'));
  }

  // Signals but KILL and STOP. The handler answers true when it took the signal; otherwise, and without a
  // handler, the signal does its default. Called on the world's thread, never inside another call of this
  // program.
  using SignalHandler = std::function<bool(int signal_number)>;
  virtual void on_signal(SignalHandler handler) = 0;

  // sd_notify(3): "READY=1", "STOPPING=1", "RELOADING=1". Nothing where no service manager listens.
  virtual void notify(std::string_view state) = 0;

  std::string env(const std::string& name, std::string fallback = {}) const {
    auto it = invocation().env.find(name);
    return it == invocation().env.end() ? std::move(fallback) : it->second;
  }
  // A path as the program means it: absolute, or below its working directory.
  std::string resolve(const std::string& path) const {
    if (!path.empty() && path[0] == '/') return path;
    const std::string& cwd = invocation().cwd;
    return cwd == "/" ? "/" + path : cwd + "/" + path;
  }
};

// Answers the exit status.
using Program = std::function<world::Task<int>(Context&)>;

}  // namespace squall::program
