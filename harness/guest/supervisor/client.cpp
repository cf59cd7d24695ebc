#include "harness/guest/supervisor/client.hpp"

#include <algorithm>
#include <cstdio>

#include "harness/guest/journal/options.hpp"
#include "harness/guest/supervisor/usage.hpp"
#include "harness/guest/systemd/text.hpp"
#include "harness/guest/systemd/users.hpp"

namespace squall::guest::supervisor {

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

std::optional<int> Client::parse() {
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
  if (!parsed.error.empty()) return wrong(python_words(parsed.error));
  std::string config;
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
  for (const std::string& path : config_search_path(argv.front(), context_.invocation().cwd))
    if (config.empty() && context_.disk().exists(path)) config = path;
  auto text = config.empty() ? std::nullopt : context_.disk().read(config);
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

std::string Client::socket() const {
  return url_.starts_with("unix://") ? "/" + url_.substr(url_.find_first_not_of('/', 7)) : std::string();
}

std::optional<std::string> Client::unreachable() {
  server_ = board_.at(url_.starts_with("unix://") ? socket() : normal_url(url_));
  if (server_ != nullptr) return std::nullopt;
  if (!url_.starts_with("unix://")) return url_ + " refused connection";
  return url_ + (context_.disk().exists(socket()) ? " refused connection" : " no such file");
}

bool Client::may_connect() const {
  const auto& who = context_.invocation();
  const ServerConfig& config = server_->config();
  if (who.uid == 0 || !url_.starts_with("unix://")) return true;
  const std::size_t colon = config.socket_owner.find(':');
  const std::string owner = config.socket_owner.substr(0, colon);
  const std::string group =
      colon == std::string::npos ? std::string() : config.socket_owner.substr(colon + 1);
  if (!owner.empty() && owner == who.user) return (config.socket_mode & 0200) != 0;
  const auto members = [&] {
    for (const std::string& line : systemd::split(context_.disk().read("/etc/group").value_or(""), '\n'))
      if (line.starts_with(group + ":")) return systemd::split(systemd::split(line, ':').back(), ',');
    return std::vector<std::string>{};
  };
  if (!group.empty()) {
    const auto names = members();
    if (systemd::find_group(context_.disk(), group) == who.gid ||
        std::find(names.begin(), names.end(), who.user) != names.end())
      return (config.socket_mode & 0020) != 0;
  }
  return (config.socket_mode & 0002) != 0;
}

Client::Selection Client::select(const std::string& word) {
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

void Client::report(const std::string& title, Fault fault, Fault ignored, const std::string& good) {
  say(title + ": " + (fault == Fault::none ? good : "ERROR (" + fault_text(fault) + ")"));
  if (fault == Fault::none || fault == ignored) return;
  code_ = fault == Fault::spawn_error || fault == Fault::not_running ? 7 : 1;
}

void Client::no_server(const std::string& verb, const std::string& wrong) {
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

void Client::print_tail(const std::string& path, const std::string& amount) {
  const std::string digits = amount.size() > 1 && amount[0] == '-' ? amount.substr(1) : std::string("x");
  if (digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos) {
    say("Error: bad argument " + amount);
    return fail();
  }
  const std::string text = path.empty() ? std::string() : context_.disk().read(path).value_or("");
  const std::size_t bytes = static_cast<std::size_t>(std::stoul(digits));
  say(text.substr(text.size() > bytes ? text.size() - bytes : 0));
}

void Client::help(const std::vector<std::string>& words) {
  if (words.empty()) return context_.out(command_list());
  if (const auto text = usage_of(words.front()); !text.empty()) return say(std::string(text));
  say("*** No help on " + words.front());
  fail();
}

}  // namespace squall::guest::supervisor
