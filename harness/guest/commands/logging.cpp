// logger(1), crontab(1), and `cloud-init status`.
#include <algorithm>
#include <sstream>

#include "harness/guest/commands/commands.hpp"
#include "harness/guest/cron.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

using Words = std::vector<std::string>;

// "user.notice", "err", "local0.info" as 0 to 7.
int priority_of(const std::string& text) {
  static const char* const names[] = {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};
  std::string level = text.substr(text.find('.') == std::string::npos ? 0 : text.find('.') + 1);
  if (level == "warn") level = "warning";
  if (level == "error") level = "err";
  for (int i = 0; i < 8; ++i)
    if (level == names[i]) return i;
  return 5;
}

struct LoggerOptions {
  std::string tag, text, file, odd;
  int priority = 5;
  bool to_error = false, has_text = false;
};

LoggerOptions read_logger(const program::Invocation& invocation) {
  LoggerOptions options;
  options.tag = invocation.user;
  const Words& argv = invocation.argv;
  for (std::size_t i = 1; i < argv.size() && options.odd.empty(); ++i) {
    const std::string& word = argv[i];
    auto value = [&] {
      return word.size() > 2 && word[1] != '-' ? word.substr(2)
             : i + 1 < argv.size()             ? argv[++i]
                                               : std::string{};
    };
    if (options.has_text || word.size() < 2 || word[0] != '-') {
      options.text += (options.has_text ? " " : "") + word;
      options.has_text = true;
    } else if (word.starts_with("-t") || word == "--tag") {
      options.tag = value();
    } else if (word.starts_with("-p") || word == "--priority") {
      options.priority = priority_of(value());
    } else if (word.starts_with("-f") || word == "--file") {
      options.file = value();
    } else if (word == "-s" || word == "--stderr") {
      options.to_error = true;
    } else if (word != "-i" && !word.starts_with("--id") && word != "-e" && word != "--") {
      options.odd = word;
    }
  }
  return options;
}

// Says every whole line of `text` and takes it away.
void log_lines(Guest& guest, program::Context& context, const LoggerOptions& options, std::string& text) {
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
    std::string line = text.substr(0, end);
    text.erase(0, end + 1);
    if (line.empty()) continue;
    guest.syslog(options.tag, options.priority, line);
    if (options.to_error)
      context.err("<" + std::to_string(8 + options.priority) + ">" +
                  base::format_utc(context.scheduler().now(), "%b %e %H:%M:%S ") + options.tag + ": " + line +
                  "\n");
  }
}

// From a pipe each line is told when it comes: a script whose output goes through logger is followed in the
// console and the journal while it runs.
world::Task<int> logger(Guest& guest, program::Context& context) {
  LoggerOptions options = read_logger(context.invocation());
  if (!options.odd.empty()) {
    context.err("logger: unrecognized option '" + options.odd +
                "'\nTry 'logger --help' for more information.\n");
    co_return 1;
  }
  std::string text;
  if (!options.file.empty())
    text = context.disk().read(context.resolve(options.file)).value_or("");
  else if (options.has_text)
    text = options.text;
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

world::Task<int> crontab(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  std::string user = context.invocation().user, file;
  char action = 0;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "-u" && i + 1 < argv.size())
      user = argv[++i];
    else if (argv[i] == "-l" || argv[i] == "-r")
      action = argv[i][1];
    else if (argv[i] == "-i")
      continue;
    else if (argv[i] == "-e") {
      context.err("crontab: -e needs an editor, which Squall's guests have not\n");
      co_return 1;
    } else
      file = argv[i];
  }
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
