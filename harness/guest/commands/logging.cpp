// logger(1) of util-linux 2.38 and crontab(1).
#include <algorithm>
#include <sstream>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/cron.hpp"
#include "harness/guest/guest.hpp"
#include "harness/guest/host_accounts.hpp"

namespace squall::guest {
namespace {

constexpr OptionSet logger_set{
    "t,tag= p,priority= f,file= s,stderr i id? no-act e,skip-empty rfc3164 socket-errors?",
    "octet-count prio-prefix S,size= n,server= P,port= T,tcp d,udp rfc5424? sd-id= sd-param= msgid= "
    "u,socket= "
    "journald? h,help V,version"};

template <std::size_t count>
int place_of(const std::string& name, const char* const (&names)[count]) {
  for (std::size_t i = 0; i < count; ++i)
    if (name == names[i]) return static_cast<int>(i);
  return -1;
}

struct Priority {
  int facility = 1, level = 5;  // user.notice
};

// "user.notice", "err", "local0.info". Answers what is wrong with it; empty: nothing.
std::string read_priority(const std::string& text, Priority& priority) {
  static const char* const levels[] = {"emerg", "alert", "crit",  "err",   "warning", "notice",
                                       "info",  "debug", "panic", "error", "warn"};
  static constexpr int values[] = {0, 1, 2, 3, 4, 5, 6, 7, 0, 3, 4};
  static const char* const facilities[] = {
      "kern",   "user",     "mail",   "daemon", "auth",   "syslog", "lpr",     "news",   "uucp",
      "cron",   "authpriv", "ftp",    "-",      "-",      "-",      "-",       "local0", "local1",
      "local2", "local3",   "local4", "local5", "local6", "local7", "security"};
  const std::size_t dot = text.find('.');
  if (dot != std::string::npos) {
    priority.facility = place_of(text.substr(0, dot), facilities);
    if (priority.facility < 0) return "logger: unknown facility name: " + text.substr(0, dot) + "\n";
    if (priority.facility == 24) priority.facility = 4;
  }
  const std::string level = text.substr(dot == std::string::npos ? 0 : dot + 1);
  const int found = place_of(level, levels);
  if (found < 0) return "logger: unknown priority name: " + level + "\n";
  priority.level = values[found];
  return "";
}

struct LoggerOptions {
  std::string tag, id, text, file, complaint;
  Priority priority;
  bool to_error = false, writes = true, has_text = false;
};

LoggerOptions read_logger(const program::Invocation& invocation) {
  const CommandLine line = read_command_line(invocation.argv, logger_set);
  LoggerOptions options;
  options.tag = line.value("tag", invocation.user);
  options.complaint = line.complaint;
  if (options.complaint.empty() && line.has("priority"))
    options.complaint = read_priority(line.value("priority"), options.priority);
  const std::string id = line.value("id");
  if (line.has("i") || line.has("id"))
    options.id = "[" + (id.empty() ? std::to_string(invocation.pid) : id) + "]";
  options.file = line.value("file");
  options.to_error = line.has("stderr");
  options.writes = !line.has("no-act");
  options.has_text = !line.operands.empty();
  options.text = joined(line.operands);
  return options;
}

// Says every whole line of `text` and takes it away.
void log_lines(Guest& guest, program::Context& context, const LoggerOptions& options, std::string& text) {
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
    std::string line = text.substr(0, end);
    text.erase(0, end + 1);
    if (line.empty()) continue;
    const Priority& priority = options.priority;
    if (options.writes) guest.syslog(options.tag, priority.level, line, options.id);
    if (options.to_error)
      context.err("<" + std::to_string(8 * priority.facility + priority.level) + ">" +
                  base::format_utc(context.scheduler().now(), "%b %e %H:%M:%S ") + options.tag + options.id +
                  ": " + line + "\n");
  }
}

// From a pipe each line is told when it comes: a script whose output goes through logger is followed in the
// console and the journal while it runs.
world::Task<int> logger(Guest& guest, program::Context& context) {
  LoggerOptions options = read_logger(context.invocation());
  std::string text = options.text;
  if (options.complaint.empty() && !options.has_text && !options.file.empty()) {
    const auto content = context.disk().read(context.resolve(options.file));
    if (content) text = *content;
    if (!content) options.complaint = "logger: file " + options.file + ": No such file or directory\n";
  }
  if (!options.complaint.empty()) {
    context.err(options.complaint);
    co_return 1;
  }
  for (std::size_t taken = 0; options.file.empty() && !options.has_text;) {
    std::string some = co_await Guest::read_some(context, taken);
    if (some.empty()) break;
    taken += some.size();
    text += some;
    log_lines(guest, context, options, text);
  }
  if (!text.empty() && text.back() != '\n') text += '\n';
  log_lines(guest, context, options, text);
  co_return 0;
}

constexpr char crontab_usage[] =
    "crontab: usage error: unrecognized option\nusage:\tcrontab [-u user] file\n"
    "\tcrontab [ -u user ] [ -i ] { -e | -l | -r }\n";

// What keeps crontab from doing it; empty: nothing.
std::string crontab_mistake(program::Context& context, const CommandLine& line) {
  const std::string user = line.value("u", context.invocation().user);
  if (!line.complaint.empty()) return line.complaint;
  if (line.has("e")) return "crontab: -e needs an editor, which Squall's guests have not\n";
  if (line.has("i") && line.has("r")) return "crontab: -i is not served by Squall's guests\n";
  if (line.has("u") && user != context.invocation().user && context.invocation().uid != 0)
    return "must be privileged to use -u\n";
  if (!find_account(context.disk(), user)) return "crontab:  user `" + user + "' unknown\n";
  return "";
}

world::Task<int> crontab(Guest& guest, program::Context& context) {
  const CommandLine line =
      read_command_line(context.invocation().argv, {"u= l r e i", "n c s V x= T"}, crontab_usage);
  const std::string mistake = crontab_mistake(context, line);
  if (!mistake.empty()) {
    context.err(mistake);
    co_return 1;
  }
  const std::string user = line.value("u", context.invocation().user);
  const std::string file = line.operands.empty() ? "" : line.operands[0];
  const char action = line.has("l") ? 'l' : line.has("r") ? 'r' : 0;
  bool apt = has_apt(guest.system());
  std::string folder = apt ? "/var/spool/cron/crontabs" : "/var/spool/cron", path = folder + "/" + user;
  if (action == 'l') {
    auto text = context.disk().read(path);
    if (text)
      context.out(*text);
    else
      context.err("no crontab for " + user + "\n");
    co_return text ? 0 : 1;
  }
  if (action == 'r') {
    bool was_there = context.disk().remove(path);
    if (!was_there) context.err("no crontab for " + user + "\n");
    co_return was_there ? 0 : 1;
  }
  std::string text;
  if (file.empty() || file == "-") {
    text = co_await context.read_input();
  } else {
    auto content = context.disk().read(context.resolve(file));
    if (!content) {
      context.err(file + ": No such file or directory\n");
      co_return 1;
    }
    text = *content;
  }
  Words mistakes;
  parse_crontab(text, user, mistakes);
  if (!mistakes.empty()) {
    context.err("\"-\":1: bad minute\nerrors in crontab file, can't install.\n");
    co_return 1;
  }
  context.disk().make_directories(folder, 0755);
  context.disk().write(path, text, 0600);
  co_return 0;
}

}  // namespace

std::map<std::string, program::Program> logging_commands(Guest& guest) {
  return {{"logger", bind(guest, logger)}, {"crontab", bind(guest, crontab)}};
}

}  // namespace squall::guest
