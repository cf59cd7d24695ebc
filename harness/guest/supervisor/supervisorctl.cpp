#include <algorithm>
#include <cstdio>

#include "emulator/world/await.hpp"
#include "harness/guest/journal/options.hpp"
#include "harness/guest/supervisor/programs.hpp"
#include "harness/guest/supervisor/usage.hpp"
#include "harness/guest/systemd/text.hpp"

namespace squall::guest::supervisor {
namespace {

using Fault = Supervisor::Fault;

std::string fault_text(Fault fault) {
  switch (fault) {
    case Fault::bad_name:
      return "no such process";
    case Fault::no_file:
      return "no such file";
    case Fault::not_executable:
      return "file is not executable";
    case Fault::already_started:
      return "already started";
    case Fault::not_running:
      return "not running";
    case Fault::spawn_error:
      return "spawn error";
    case Fault::bad_signal:
      return "bad signal name";
    case Fault::none:
      break;
  }
  return {};
}

std::string uptime(Duration span) {
  const long long seconds = span / 1s, days = seconds / 86400;
  char text[64];
  std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", seconds % 86400 / 3600, seconds % 3600 / 60,
                seconds % 60);
  if (days == 0) return text;
  return std::to_string(days) + (days == 1 ? " day, " : " days, ") + text;
}

std::string describe(const Process& process, Time now) {
  switch (process.state) {
    case State::running:
      return "pid " + std::to_string(process.pid) + ", uptime " + uptime(now - process.last_start);
    case State::fatal:
    case State::backoff:
      return process.spawn_error.empty() ? "unknown error (try \"tail " + process.title() + "\")"
                                         : process.spawn_error;
    case State::stopped:
    case State::exited:
      return process.last_start == Time{} ? "Not started"
                                          : base::format_utc(process.last_stop, "%b %d %I:%M %p");
    default:
      return {};
  }
}

// One call of supervisorctl.
class Controller {
 public:
  Controller(Board& board, program::Context& context) : board_(board), context_(context) {}

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
  void say(const std::string& text) { context_.out(text + "\n"); }
  Time now() { return context_.scheduler().now(); }
  world::SleepAwaiter pause(Duration delay) { return world::sleep(context_.scheduler(), delay); }
  void fail(int code = 1) { code_ = code; }

  std::optional<int> parse() {
    using journal::Argument;
    static const std::vector<journal::Option> table{{"configuration", 'c', Argument::required},
                                                    {"serverurl", 's', Argument::required},
                                                    {"help", 'h', Argument::none},
                                                    {"interactive", 'i', Argument::none},
                                                    {"username", 'u', Argument::required},
                                                    {"password", 'p', Argument::required},
                                                    {"history-file", 'r', Argument::required}};
    const auto& argv = context_.invocation().argv;
    // Options end at the action: "tail -100 x" has none of supervisorctl's own.
    std::vector<std::string> options;
    std::size_t at = 1;
    for (; at < argv.size() && argv[at].starts_with('-'); ++at) {
      options.push_back(argv[at]);
      const bool takes =
          argv[at].size() == 2 && std::string_view("csupr").find(argv[at][1]) != std::string_view::npos;
      if ((takes || (argv[at].starts_with("--") && argv[at].find('=') == std::string::npos &&
                     argv[at] != "--help" && argv[at] != "--interactive")) &&
          at + 1 < argv.size())
        options.push_back(argv[++at]);
    }
    words_.assign(argv.begin() + static_cast<std::ptrdiff_t>(at), argv.end());
    const auto parsed = journal::parse_options("supervisorctl", table, options);
    auto wrong = [&](const std::string& text) {
      context_.err("Error: " + text + "\nFor help, use /usr/bin/supervisorctl -h\n");
      return 2;
    };
    if (!parsed.error.empty()) return wrong(parsed.error.substr(parsed.error.find(": ") + 2));
    std::string config = "/etc/supervisor/supervisord.conf";
    bool given = false;
    for (const auto& [name, value] : parsed.options) {
      if (name == "configuration") config = context_.resolve(value), given = true;
      if (name == "serverurl") url_ = value;
      if (name == "help") {
        context_.out(command_line_help());
        return 0;
      }
      if (name == "interactive" || name == "username" || name == "password" || name == "history-file") {
        context_.err("supervisorctl: option '--" + name + "' is not served by Squall\n");
        return 1;
      }
    }
    auto text = context_.disk().read(config);
    if (!text && given) return wrong("could not find config file " + config);
    if (url_.empty()) {
      url_ = "http://localhost:9001";
      try {
        for (const auto& [section, values] : parse_ini(text.value_or("[x]\n"), config))
          if (auto found = values.find("serverurl"); section == "supervisorctl" && found != values.end())
            url_ = found->second;
      } catch (const ConfigError& error) {
        return wrong(error.what());
      }
    }
    return std::nullopt;
  }

  std::string socket() const {
    return url_.starts_with("unix://") ? "/" + url_.substr(url_.find_first_not_of('/', 7)) : std::string();
  }

  // Nothing: it answers; otherwise what is wrong, as the client says it.
  std::optional<std::string> unreachable() {
    server_ = url_.starts_with("unix://") ? board_.at(socket()) : nullptr;
    if (server_ == nullptr && url_.starts_with("unix://")) {
      // The same file by the path of its folder's link: /var/run is /run.
      std::string other = socket();
      if (other.starts_with("/var/run/"))
        other = other.substr(4);
      else if (other.starts_with("/run/"))
        other = "/var" + other;
      server_ = board_.at(other);
    }
    if (server_ != nullptr) return std::nullopt;
    if (!url_.starts_with("unix://")) return url_ + " refused connection";
    return url_ + (context_.disk().exists(socket()) ? " refused connection" : " no such file");
  }

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
    if (context_.invocation().uid != 0) {
      say("error: <class 'PermissionError'>, [Errno 13] Permission denied: file: "
          "/usr/lib/python3/dist-packages/supervisor/xmlrpc.py line: 557");
      fail();
      co_return;
    }
    if (auto wrong = unreachable()) {
      no_server(verb, *wrong);
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
      if (verb == "start" || verb == "restart") co_await start(words, verb == "restart");
    }
    if (verb == "status") status(words);
    if (verb == "reread") reread();
    if (verb == "update") co_await update(words);
    if (verb == "add" || verb == "remove") change_groups(verb == "add", words);
    if (verb == "avail") avail();
    if (verb == "pid") pid(words);
    if (verb == "version") say("4.2.5");
    if (verb == "tail") tail(words);
    if (verb == "maintail") print_tail(server_->config().logfile, words.empty() ? "-1600" : words.front());
    if (verb == "clear") clear(words);
    if (verb == "fg") foreground(words);
    if (verb == "shutdown" || verb == "reload") {
      server_->shut_down(verb == "reload");
      if (auto waker = board_.wake.find(server_); waker != board_.wake.end()) waker->second();
      say(verb == "reload" ? "Restarted supervisord" : "Shut down");
    }
  }

  void no_server(const std::string& verb, const std::string& wrong) {
    const bool missing = wrong.ends_with("no such file");
    if (verb == "status") {
      say(wrong);
      return fail(4);
    }
    if (verb == "shutdown") {
      say("ERROR: " + wrong + " (already shut down?)");
      return fail(1);
    }
    if (verb == "reread" || verb == "update" || verb == "reload") {
      say(std::string("error: <class '") +
          (missing ? "FileNotFoundError'>, [Errno 2] No such file or directory"
                   : "ConnectionRefusedError'>, [Errno 111] Connection refused") +
          ": file: /usr/lib/python3/dist-packages/supervisor/xmlrpc.py line: 557");
      return fail(1);
    }
    say(wrong);
    fail(7);
  }

  void help(const std::vector<std::string>& words) {
    if (words.empty()) return context_.out(command_list());
    if (const auto text = usage_of(words.front()); !text.empty()) return say(std::string(text));
    say("*** No help on " + words.front());
    fail();
  }

  // --- names ---
  struct Selection {
    std::vector<Process*> processes;
    bool single = false;  // named by itself: errors are reported with the name as typed
    std::string error;    // "no such process"
    std::string name;
  };
  Selection select(const std::string& word) {
    Selection selection;
    selection.name = word;
    if (word == "all") {
      selection.processes = server_->processes();
      return selection;
    }
    const std::size_t colon = word.find(':');
    const std::string group = word.substr(0, colon);
    const std::string name = colon == std::string::npos ? word : word.substr(colon + 1);
    if (colon != std::string::npos && (name.empty() || name == "*")) {
      for (Process* process : server_->processes())
        if (process->config.group == group) selection.processes.push_back(process);
      selection.name = group;
      if (selection.processes.empty()) selection.error = "no such group";
      return selection;
    }
    selection.single = true;
    if (Process* process = server_->find(group, name))
      selection.processes.push_back(process);
    else
      selection.error = "no such process";
    return selection;
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

  void report(const std::string& title, Fault fault, Fault ignored, const std::string& good) {
    say(title + ": " + (fault == Fault::none ? good : "ERROR (" + fault_text(fault) + ")"));
    if (fault == Fault::none || fault == ignored) return;
    code_ = fault == Fault::spawn_error || fault == Fault::not_running ? 7 : 1;
  }

  world::Task<> start(const std::vector<std::string>& words, bool) {
    for (const std::string& word : has_all(words) ? std::vector<std::string>{"all"} : words) {
      const Selection selection = select(word);
      if (!selection.error.empty()) {
        say(selection.name + ": ERROR (" + selection.error + ")");
        fail();
        continue;
      }
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
      co_await wait_all(waiting, [this](Process& process) {
        auto fault = server_->poll_start(process, now());
        if (fault) report(process.title(), *fault, Fault::already_started, "started");
        return fault.has_value();
      });
      if (server_ == nullptr) co_return;
    }
  }

  world::Task<> stop(const std::vector<std::string>& words, bool count_errors) {
    const int before = code_;
    for (const std::string& word : has_all(words) ? std::vector<std::string>{"all"} : words) {
      Selection selection = select(word);
      if (!selection.error.empty()) {
        say(selection.name + ": ERROR (" + selection.error + ")");
        fail();
        continue;
      }
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
      co_await wait_all(waiting, [this](Process& process) {
        const bool stopped = server_->poll_stop(process, now());
        if (stopped) report(process.title(), Fault::none, Fault::none, "stopped");
        return stopped;
      });
      if (server_ == nullptr) co_return;
    }
    // `restart` ends with the code of its start.
    if (!count_errors) code_ = before;
  }

  // Asks each in turn, twenty times a second, until all are done. The server may go away meanwhile.
  world::Task<> wait_all(std::vector<Process*> waiting, std::function<bool(Process&)> done) {
    while (true) {
      std::erase_if(waiting, [&](Process* process) { return done(*process); });
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
      if (!selection.error.empty()) {
        say(selection.name + ": ERROR (" + selection.error + ")");
        fail();
        continue;
      }
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
    co_await wait_all(waiting, [this](Process& process) { return server_->poll_stop(process, now()); });
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

  // "-1600": the last so many bytes.
  void print_tail(const std::string& path, const std::string& amount) {
    const std::string digits = amount.size() > 1 && amount[0] == '-' ? amount.substr(1) : std::string("x");
    if (digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos) {
      say("Error: bad argument " + amount);
      return fail();
    }
    const std::string text = path.empty() ? std::string() : context_.disk().read(path).value_or("");
    const std::size_t bytes = static_cast<std::size_t>(std::stoul(digits));
    say(text.substr(text.size() > bytes ? text.size() - bytes : 0));
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
    print_tail(channel == "stdout"              ? process.stdout_path
               : process.config.redirect_stderr ? std::string()
                                                : process.stderr_path,
               amount);
  }

  void clear(const std::vector<std::string>& words) {
    for (const std::string& word : has_all(words) ? std::vector<std::string>{"all"} : words) {
      Selection selection = select(word);
      if (!selection.error.empty()) {
        say(selection.name + ": ERROR (" + selection.error + ")");
        fail();
      }
      for (Process* process : selection.processes) {
        for (const std::string& path : {process->stdout_path, process->stderr_path})
          if (!path.empty() && context_.disk().exists(path)) context_.disk().write(path, "", 0600);
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

  Board& board_;
  program::Context& context_;
  std::vector<std::string> words_;
  std::string url_;
  Supervisor* server_ = nullptr;
  int code_ = 0;
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
