// What every action of supervisorctl stands on: its options, the server it talks to, names of processes, the
// texts of faults. Private to supervisorctl.cpp.
#pragma once
#include "emulator/world/await.hpp"
#include "harness/guest/supervisor/programs.hpp"

namespace squall::guest::supervisor {

std::string fault_text(Supervisor::Fault fault);         // "no such process"
std::string uptime(Duration span);                       // "1 day, 0:00:05"
std::string describe(const Process& process, Time now);  // the third column of `status`

class Client {
 public:
  Client(Board& board, program::Context& context) : board_(board), context_(context) {}

 protected:
  struct Selection {
    std::vector<Process*> processes;
    bool single = false;  // named by itself: errors are reported with the name as typed
    std::string error;    // "no such process"
    std::string name;
  };

  void say(const std::string& text) { context_.out(text + "\n"); }
  Time now() { return context_.scheduler().now(); }
  world::SleepAwaiter pause(Duration delay) { return world::sleep(context_.scheduler(), delay); }
  void fail(int code = 1) { code_ = code; }
  // A number ends the program with it.
  std::optional<int> parse();
  std::string socket() const;
  // Nothing: it answers; otherwise what is wrong, as the client says it.
  std::optional<std::string> unreachable();
  // The rights of the socket's file.
  bool may_connect() const;
  void no_server(const std::string& verb, const std::string& wrong);
  Selection select(const std::string& word);
  void report(const std::string& title, Supervisor::Fault fault, Supervisor::Fault ignored,
              const std::string& good);
  void help(const std::vector<std::string>& words);
  // "-1600": the last so many bytes.
  void print_tail(const std::string& path, const std::string& amount);

  Board& board_;
  program::Context& context_;
  std::vector<std::string> words_;
  std::string url_;
  Supervisor* server_ = nullptr;
  int code_ = 0;
};

}  // namespace squall::guest::supervisor
