#include <algorithm>
#include <cstdio>

#include "emulator/world/await.hpp"
#include "harness/guest/journal/options.hpp"
#include "harness/guest/supervisor/client.hpp"
#include "harness/guest/supervisor/programs.hpp"
#include "harness/guest/supervisor/usage.hpp"
#include "harness/guest/systemd/text.hpp"

namespace squall::guest::supervisor {
namespace {

using Fault = Supervisor::Fault;

// One call of supervisorctl.
class Controller : private Client {
 public:
  using Client::Client;

  world::Task<int> run() {
    if (auto code = parse()) co_return *code;
    co_await pause(300ms);  // Python's start, and the call
    if (words_.empty()) {
      const std::vector<std::string> status_line{"status"};
      co_await act(status_line);
      co_return co_await converse();
    }
    co_await act(words_);
    co_return code_;
  }

 private:
  world::Task<int> converse() {
    const std::string input = co_await context_.read_input();
    for (const std::string& line : systemd::split(input, '\n')) {
      context_.out("supervisor> ");
      auto words = shlex_split(line);
      if (!words || words->empty()) continue;
      if (words->front() == "quit" || words->front() == "exit") break;
      co_await act(*words);
    }
    context_.out("\n");
    co_return 0;
  }

  world::Task<> act(std::vector<std::string> words) {
    const std::string verb = words.front();
    words.erase(words.begin());
    if (verb == "help" || verb == "?") {
      help(words);
      co_return;
    }
    if (verb == "quit" || verb == "exit") co_return;
    if (verb == "open") {
      say("ERROR: url must be http:// or unix://");
      fail();
      co_return;
    }
    static const std::vector<std::string> known{
        "status", "start", "stop",    "restart",  "signal", "reread", "update",   "add",   "remove",
        "avail",  "pid",   "version", "shutdown", "reload", "tail",   "maintail", "clear", "fg"};
    if (std::find(known.begin(), known.end(), verb) == known.end()) {
      say("*** Unknown syntax: " + verb);
      fail();
      co_return;
    }
    if (auto wrong = unreachable()) {
      no_server(verb, *wrong);
      co_return;
    }
    if (!may_connect()) {
      say("error: <class 'PermissionError'>, [Errno 13] Permission denied: file: "
          "/usr/lib/python3/dist-packages/supervisor/xmlrpc.py line: 557");
      fail();
      co_return;
    }
    if (verb == "start" || verb == "restart" || verb == "stop" || verb == "signal") {
      if (words.size() < (verb == "signal" ? 2u : 1u)) {
        say("Error: " + verb +
            (verb == "signal" ? " requires a signal name and a process name" : " requires a process name"));
        say(std::string(usage_of(verb)));
        fail(verb == "start" ? 2 : 1);
        co_return;
      }
      if (verb == "signal") signal(words);
      if (verb == "stop" || verb == "restart") co_await stop(words, verb == "stop");
      if (verb == "start" || verb == "restart") co_await start(words);
    }
    if (verb == "status") status(words);
    if (verb == "reread") reread();
    if (verb == "update") co_await update(words);
    if (verb == "add" || verb == "remove") change_groups(verb == "add", words);
    if (verb == "avail") avail();
    if (verb == "pid") pid(words);
    if (verb == "version") say("4.2.5");
    if (verb == "tail") tail(words);
    if (verb == "maintail") main_tail(words);
    if (verb == "clear") clear(words);
    if (verb == "fg") foreground(words);
    if (verb == "shutdown" || verb == "reload") {
      server_->shut_down(verb == "reload");
      if (auto waker = board_.wake.find(server_); waker != board_.wake.end()) waker->second();
      say(verb == "reload" ? "Restarted supervisord" : "Shut down");
    }
  }

  static bool has_all(const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), "all") != words.end();
  }

  void status(const std::vector<std::string>& words) {
    std::vector<Process*> shown;
    if (words.empty() || has_all(words)) {
      shown = server_->processes();
      std::sort(shown.begin(), shown.end(), [](Process* a, Process* b) {
        return std::pair(a->config.group, a->config.name) < std::pair(b->config.group, b->config.name);
      });
    }
    bool missing = false;
    for (const std::string& word : has_all(words) ? std::vector<std::string>{} : words) {
      const Selection selection = select(word);
      if (!selection.error.empty()) {
        say(selection.name + ": ERROR (" + selection.error + ")");
        missing = true;
      }
      for (Process* process : selection.processes)
        if (std::find(shown.begin(), shown.end(), process) == shown.end()) shown.push_back(process);
    }
    std::size_t width = 30;
    for (Process* process : shown) width = std::max(width, process->title().size());
    for (Process* process : shown) {
      std::string line = process->title(), state(to_string(process->state));
      line += std::string(width + 3 - line.size(), ' ');
      say(line + state + std::string(10 - state.size(), ' ') + describe(*process, now()));
      if (process->resting()) code_ = 3;
    }
    if (missing) code_ = 4;
  }

  // True, and told, for a name that nothing has.
  bool refused(const Selection& selection) {
    if (selection.error.empty()) return false;
    say(selection.name + ": ERROR (" + selection.error + ")");
    fail();
    return true;
  }

  world::Task<> start(const std::vector<std::string>& words) {
    for (const std::string& word : has_all(words) ? std::vector<std::string>{"all"} : words) {
      const Selection selection = select(word);
      if (refused(selection)) continue;
      std::vector<Process*> waiting;
      for (Process* process : selection.processes) {
        // Of a group, what runs already is passed over.
        if (!selection.single && process->busy()) continue;
        const Fault fault = server_->begin_start(*process, now());
        if (fault != Fault::none)
          report(process->title(), fault, Fault::already_started, "started");
        else
          waiting.push_back(process);
      }
      const Done started = [this](Process& process) {
        auto fault = server_->poll_start(process, now());
        if (fault) report(process.title(), *fault, Fault::already_started, "started");
        return fault.has_value();
      };
      co_await wait_all(waiting, started);
      if (server_ == nullptr) co_return;
    }
  }

  world::Task<> stop(const std::vector<std::string>& words, bool count_errors) {
    const int before = code_;
    for (const std::string& word : has_all(words) ? std::vector<std::string>{"all"} : words) {
      Selection selection = select(word);
      if (refused(selection)) continue;
      if (!selection.single) std::reverse(selection.processes.begin(), selection.processes.end());
      std::vector<Process*> waiting;
      for (Process* process : selection.processes) {
        if (!selection.single && !process->busy()) continue;
        const Fault fault = server_->begin_stop(*process, now());
        if (fault != Fault::none)
          report(process->title(), fault, Fault::not_running, "stopped");
        else
          waiting.push_back(process);
      }
      const Done stopped = [this](Process& process) {
        const bool over = server_->poll_stop(process, now());
        if (over) report(process.title(), Fault::none, Fault::none, "stopped");
        return over;
      };
      co_await wait_all(waiting, stopped);
      if (server_ == nullptr) co_return;
    }
    // `restart` ends with the code of its start.
    if (!count_errors) code_ = before;
  }

  // Asks each in turn, twenty times a second, until all are done. Meanwhile the server may go away or start
  // anew, and its programs with it.
  using Done = std::function<bool(Process&)>;
  world::Task<> wait_all(const std::vector<Process*>& processes, Done done) {
    std::vector<std::pair<std::string, std::string>> waiting;
    for (Process* process : processes) waiting.emplace_back(process->config.group, process->config.name);
    while (true) {
      std::erase_if(waiting, [&](const auto& name) {
        Process* process = server_->find(name.first, name.second);
        return process == nullptr || done(*process);
      });
      if (waiting.empty()) co_return;
      co_await pause(50ms);
      if (auto wrong = unreachable()) {
        say(*wrong);
        fail(7);
        server_ = nullptr;
        co_return;
      }
    }
  }

  void signal(std::vector<std::string> words) {
    const std::string name = words.front();
    words.erase(words.begin());
    auto number = systemd::parse_signal(name);
    for (const std::string& word : has_all(words) ? std::vector<std::string>{"all"} : words) {
      const Selection selection = select(word);
      if (refused(selection)) continue;
      for (Process* process : selection.processes) {
        if (!selection.single && process->pid == 0) continue;
        report(process->title(), number ? server_->signal(*process, *number) : Fault::bad_signal, Fault::none,
               "signalled");
      }
    }
  }

  std::optional<Supervisor::Changes> read_changes(const std::string& before, const std::string& after) {
    try {
      return server_->reread();
    } catch (const ConfigError& error) {
      say(before + "CANT_REREAD: " + error.what() + after);
      fail();
      return std::nullopt;
    }
  }

  void reread() {
    auto changes = read_changes("ERROR: ", "");
    if (!changes) return;
    std::map<std::string, std::string> lines;
    for (const std::string& name : changes->added) lines[name] = "available";
    for (const std::string& name : changes->changed) lines[name] = "changed";
    for (const std::string& name : changes->removed) lines[name] = "disappeared";
    for (const auto& [name, text] : lines) say(name + ": " + text);
    if (lines.empty()) say("No config updates to processes");
  }

  world::Task<> update(std::vector<std::string> names) {
    if (has_all(names)) names.clear();
    auto changes = read_changes("error: <class 'xmlrpc.client.Fault'>, <Fault 92: \"",
                                "\">: file: /usr/lib/python3.11/xmlrpc/client.py line: 668");
    if (!changes) co_return;
    for (const std::string& name : names) {
      auto among = [&](const auto& groups) {
        return std::any_of(groups.begin(), groups.end(), [&](const auto& g) { return name_of(g) == name; });
      };
      if (among(server_->groups()) || among(server_->latest().groups)) continue;
      say("ERROR: no such group: " + name);
      fail();
    }
    auto wanted = [&](const std::string& name) {
      return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const auto* list : {&changes->removed, &changes->changed})
      for (const std::string& name : *list) {
        if (!wanted(name)) continue;
        co_await stop_group(name);
        if (server_ == nullptr) co_return;
        server_->remove_group(name);
        const bool changed = list == &changes->changed;
        if (changed) server_->add_group(name);
        say(name + (changed ? ": updated process group" : ": removed process group"));
      }
    for (const std::string& name : changes->added)
      if (wanted(name) && server_->add_group(name)) say(name + ": added process group");
    if (auto waker = board_.wake.find(server_); waker != board_.wake.end()) waker->second();
  }
  static const std::string& name_of(const Group& group) { return group.config.name; }
  static const std::string& name_of(const GroupConfig& group) { return group.name; }

  world::Task<> stop_group(const std::string& name) {
    std::vector<Process*> waiting;
    for (Process* process : server_->processes())
      if (process->config.group == name && server_->begin_stop(*process, now()) == Fault::none)
        waiting.push_back(process);
    const Done stopped = [this](Process& process) { return server_->poll_stop(process, now()); };
    co_await wait_all(waiting, stopped);
    if (server_ != nullptr) say(name + ": stopped");
  }

  void change_groups(bool add, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const bool active = std::any_of(server_->groups().begin(), server_->groups().end(),
                                      [&](const Group& group) { return group.config.name == name; });
      if (add && active) {
        say("ERROR: process group already active");
      } else if (add ? !server_->add_group(name) : !active) {
        say("ERROR: no such process/group: " + name);
        fail();
      } else if (!add && !server_->remove_group(name)) {
        say("ERROR: process/group still running: " + name);
        fail();
      } else {
        say(name + (add ? ": added process group" : ": removed process group"));
      }
    }
  }

  void avail() {
    std::vector<std::string> lines;
    for (const GroupConfig& group : server_->latest().groups)
      for (const ProgramConfig& program : group.programs) {
        std::string title = program.group == program.name ? program.name : program.group + ":" + program.name;
        title.resize(std::max<std::size_t>(title.size() + 1, 33), ' ');
        const bool used = std::any_of(server_->groups().begin(), server_->groups().end(),
                                      [&](const Group& g) { return g.config.name == group.name; });
        lines.push_back(title + (used ? "in use    " : "avail     ") +
                        (program.autostart ? "auto      " : "manual    ") + std::to_string(group.priority) +
                        ":" + std::to_string(program.priority));
      }
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) say(line);
  }

  void pid(const std::vector<std::string>& words) {
    if (words.empty()) return say(std::to_string(server_->pid()));
    if (has_all(words)) {
      auto all = server_->processes();
      std::sort(all.begin(), all.end(), [](Process* a, Process* b) { return a->title() < b->title(); });
      for (Process* process : all) say(std::to_string(process->pid));
      return;
    }
    for (const std::string& word : words) {
      const Selection selection = select(word);
      if (selection.processes.empty()) {
        say("No such process " + word);
        fail();
      }
      for (Process* process : selection.processes) {
        say(std::to_string(process->pid));
        if (process->pid == 0) fail(7);
      }
    }
  }

  void tail(std::vector<std::string> words) {
    std::string amount = "-1600", channel = "stdout";
    if (!words.empty() && words.front().starts_with('-')) {
      amount = words.front();
      words.erase(words.begin());
    }
    if (words.empty()) {
      say("Error: too few arguments");
      say(std::string(usage_of("tail")));
      return fail();
    }
    if (words.size() > 1) channel = words[1];
    if (channel != "stdout" && channel != "stderr") {
      say("Error: bad channel '" + channel + "'");
      return fail();
    }
    if (amount == "-f") {
      say("Error: tail -f is not served by Squall");
      return fail();
    }
    const Selection selection = select(words.front());
    if (selection.processes.size() != 1) {
      say(words.front() + ": ERROR (no such process name)");
      return fail();
    }
    const Process& process = *selection.processes.front();
    print_tail(channel == "stdout" ? process.stdout_log.path() : process.stderr_log.path(), amount);
  }

  void main_tail(const std::vector<std::string>& words) {
    const std::string amount = words.empty() ? "-1600" : words.front();
    if (amount == "-f") {
      say("Error: maintail -f is not served by Squall");
      return fail();
    }
    print_tail(server_->config().logfile, amount);
  }

  void clear(const std::vector<std::string>& words) {
    if (words.empty()) {
      say("Error: clear requires a process name");
      return fail();
    }
    for (const std::string& word : has_all(words) ? std::vector<std::string>{"all"} : words) {
      Selection selection = select(word);
      refused(selection);
      for (Process* process : selection.processes) {
        for (ChildLog* log : {&process->stdout_log, &process->stderr_log}) log->clear(context_.disk());
        say(process->title() + ": cleared");
      }
    }
  }

  void foreground(const std::vector<std::string>& words) {
    fail();
    if (words.empty()) {
      say("ERROR: no process name supplied");
      return say(std::string(usage_of("fg")));
    }
    say("ERROR: fg is not served by Squall");
  }
};

world::Task<int> run(Board& board, program::Context& context) {
  Controller controller(board, context);
  co_return co_await controller.run();
}

}  // namespace

program::Program supervisorctl(Board& board) {
  return [&board](program::Context& context) { return run(board, context); };
}

}  // namespace squall::guest::supervisor
