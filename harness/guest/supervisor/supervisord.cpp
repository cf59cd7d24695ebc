#include <algorithm>
#include <set>

#include "emulator/world/await.hpp"
#include "harness/guest/journal/options.hpp"
#include "harness/guest/supervisor/programs.hpp"
#include "harness/guest/supervisor/usage.hpp"
#include "harness/guest/supervisor/values.hpp"
#include "harness/guest/systemd/users.hpp"

namespace squall::guest::supervisor {
namespace {

int usage_error(program::Context& context, const std::string& text) {
  context.err("Error: " + text + "\nFor help, use /usr/bin/supervisord -h\n");
  return 2;
}

// A bell that the loop waits for; whoever rings it first, a child's end or the second that has passed.
class Bell {
 public:
  explicit Bell(world::Scheduler& scheduler) : scheduler_(scheduler) { rung_.emplace(scheduler); }
  void ring() { rung_->set(true); }
  world::Task<> wait(Duration at_most) {
    const world::Completion<bool> rung = *rung_;
    const world::TimerId timer = scheduler_.after(at_most, [rung] { rung.set(true); });
    co_await rung;
    scheduler_.cancel(timer);
    rung_.emplace(scheduler_);
  }

 private:
  world::Scheduler& scheduler_;
  std::optional<world::Completion<bool>> rung_;
};

struct Arguments {
  std::string config, user;
  std::vector<std::pair<std::string, std::string>> settings;  // -l, -j...: before the file's
  bool foreground = false, silent = false;
  std::optional<int> done;
};

Arguments parse(program::Context& context) {
  using journal::Argument;
  static const std::vector<journal::Option> table{{"configuration", 'c', Argument::required},
                                                  {"nodaemon", 'n', Argument::none},
                                                  {"silent", 's', Argument::none},
                                                  {"version", 'v', Argument::none},
                                                  {"user", 'u', Argument::required},
                                                  {"umask", 'm', Argument::required},
                                                  {"directory", 'd', Argument::required},
                                                  {"logfile", 'l', Argument::required},
                                                  {"loglevel", 'e', Argument::required},
                                                  {"pidfile", 'j', Argument::required},
                                                  {"identifier", 'i', Argument::required},
                                                  {"childlogdir", 'q', Argument::required},
                                                  {"nocleanup", 'k', Argument::none},
                                                  {"minfds", 'a', Argument::required},
                                                  {"minprocs", 0, Argument::required},
                                                  {"logfile_maxbytes", 'y', Argument::required},
                                                  {"logfile_backups", 'z', Argument::required},
                                                  {"strip_ansi", 't', Argument::none},
                                                  {"profile_options", 0, Argument::required},
                                                  {"help", 'h', Argument::none}};
  static const std::set<std::string> refused{"help", "logfile_maxbytes", "logfile_backups", "strip_ansi",
                                             "profile_options"};
  Arguments result;
  const auto& argv = context.invocation().argv;
  const auto parsed = journal::parse_options("supervisord", table, {argv.begin() + 1, argv.end()});
  if (!parsed.error.empty()) {
    result.done = usage_error(context, python_words(parsed.error));
    return result;
  }
  for (const auto& [name, value] : parsed.options) {
    if (name == "configuration") result.config = context.resolve(value);
    if (name == "nodaemon") result.foreground = true;
    if (name == "user") result.user = value;
    if (name == "version") {
      context.out("4.2.5\n");
      result.done = 0;
    }
    if (name == "silent") result.silent = true;
    if (refused.contains(name)) {
      context.err("supervisord: option '--" + name + "' is not served by Squall\n");
      result.done = 1;
    }
    result.settings.emplace_back(name, value);
  }
  return result;
}

// One life of the server, from its start to its end or restart.
class Server {
 public:
  // `loud`: what it logs goes to standard output too.
  Server(Board& board, program::Context& context, ServerConfig config, ConfigContext names, bool loud)
      : board_(board),
        context_(context),
        bell_(context.scheduler()),
        loud_(loud),
        server_(
            std::move(config), std::move(names), context.disk(), board.host(),
            [this](Supervisor::Level level, const std::string& text) { log(level, text); },
            [this](std::string_view text, bool is_error) {
              is_error ? context_.err(text) : context_.out(text);
            },
            context.invocation().pid) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { board_.wake.erase(&server_); }

  // True: restart.
  world::Task<bool> run() {
    const ServerConfig& config = server_.config();
    remove_old_logs(context_.disk(), config);
    announce(config);
    if (!config.socket.empty()) context_.disk().write(config.socket, "", config.socket_mode);
    context_.disk().write(config.pidfile, std::to_string(context_.invocation().pid) + "\n", 0644);
    {
      std::optional<Board::Seat> seat, inet_seat;
      if (!config.socket.empty()) seat.emplace(board_, config.socket, &server_);
      if (!config.url.empty()) inet_seat.emplace(board_, config.url, &server_);
      board_.wake[&server_] = [this] { bell_.ring(); };
      context_.on_signal([this](int number) { return take_signal(number); });
      while (true) {
        const bool reaped = server_.iterate(context_.scheduler().now());
        if (server_.ending() && server_.all_stopped()) break;
        // The main loop's select() waits a second, and a moment.
        co_await bell_.wait(reaped ? Duration{5ms} : Duration{1005ms});
      }
      context_.on_signal({});
    }
    if (!config.socket.empty()) context_.disk().remove(config.socket);
    context_.disk().remove(config.pidfile);
    co_return server_.restart_wanted();
  }

 private:
  void log(Supervisor::Level level, const std::string& text) {
    static constexpr const char* names[]{"CRIT", "WARN", "INFO"};
    if (level > threshold()) return;
    const Time now = context_.scheduler().now();
    std::string fraction = std::to_string((now.time_since_epoch() % 1s) / 1ms);
    fraction.insert(0, 3 - fraction.size(), '0');
    const std::string line = base::format_utc(now, "%Y-%m-%d %H:%M:%S,") + fraction + " " +
                             names[static_cast<std::size_t>(level)] + " " + text + "\n";
    context_.disk().append(server_.config().logfile, line, 0644);
    if (loud_) context_.out(line);
  }

  Supervisor::Level threshold() const {
    const std::string& name = server_.config().loglevel;
    if (name == "warn") return Supervisor::Level::warn;
    return name.starts_with("crit") || name.starts_with("erro") ? Supervisor::Level::crit
                                                                : Supervisor::Level::info;
  }

  void announce(const ServerConfig& config) {
    using enum Supervisor::Level;
    if (!config.user.empty()) {
      const auto user = systemd::find_user(context_.disk(), config.user);
      log(info, "Set uid to user " + std::to_string(user ? user->uid : 0) + " succeeded");
    } else if (context_.invocation().uid == 0) {
      log(crit,
          "Supervisor is running as root.  Privileges were not dropped because no user is specified in the "
          "config "
          "file.  If you intend to run as root, you can set user=root in the config file to avoid this "
          "message.");
    }
    for (const std::string& file : config.included)
      log(info, "Included extra file \"" + file + "\" during parsing");
    for (const std::string& pattern : config.unmatched)
      log(warn, "No file matches via include \"" + pattern + "\"");
    log(info, "RPC interface 'supervisor' initialized");
    for (const auto& [name, there] : {std::pair{"inet_http_server", !config.url.empty()},
                                      std::pair{"unix_http_server", !config.socket.empty()}})
      if (there)
        log(crit, "Server '" + std::string(name) + "' running without any HTTP authentication checking");
    log(info, "supervisord started with pid " + std::to_string(server_.pid()));
  }

  bool take_signal(int number) {
    if (number == 1) {
      log(Supervisor::Level::warn, "received SIGHUP indicating restart request");
      server_.shut_down(true);
    } else if (number == 2 || number == 3 || number == 15) {
      const char* name = number == 2 ? "SIGINT" : number == 3 ? "SIGQUIT" : "SIGTERM";
      log(Supervisor::Level::warn, std::string("received ") + name + " indicating exit request");
      server_.shut_down(false);
    } else {
      return false;
    }
    bell_.ring();
    return true;
  }

  Board& board_;
  program::Context& context_;
  Bell bell_;
  bool loud_;
  Supervisor server_;
};

// What the command line says goes before the file. Throws ConfigError.
void override_settings(ServerConfig& config, const Arguments& arguments) {
  if (!arguments.user.empty()) config.user = arguments.user;
  for (const auto& [name, value] : arguments.settings) {
    if (name == "umask") config.umask = octal(value);
    if (name == "directory") config.directory = value;
    if (name == "logfile") config.logfile = value;
    if (name == "loglevel") config.loglevel = value;
    if (name == "pidfile") config.pidfile = value;
    if (name == "identifier") config.identifier = value;
    if (name == "childlogdir") config.childlogdir = value;
    if (name == "nocleanup") config.nocleanup = true;
    if (name == "minfds") config.minfds = integer(value);
    if (name == "minprocs") config.minprocs = integer(value);
  }
}

// Relative paths are below the folder that supervisord changes to, or was started in.
void make_absolute(ServerConfig& config, const std::string& cwd) {
  for (std::string* path : {&config.logfile, &config.pidfile, &config.childlogdir, &config.socket})
    if (!path->empty() && path->front() != '/') *path = (cwd == "/" ? "" : cwd) + "/" + *path;
}

// Where the configuration is; empty: nowhere, and it was said.
std::string find_configuration(program::Context& context, const Arguments& arguments) {
  if (!arguments.config.empty()) return arguments.config;
  if (context.invocation().uid == 0)
    context.err(
        "/usr/lib/python3/dist-packages/supervisor/options.py:474: UserWarning: Supervisord is running as "
        "root and "
        "it is searching for its configuration file in default locations (including its current working "
        "directory); you probably want to specify a \"-c\" argument specifying an absolute path to a "
        "configuration "
        "file for improved security.\n  self.warnings.warn(\n");
  std::string searched;
  for (const std::string& path :
       config_search_path(context.invocation().argv.front(), context.invocation().cwd)) {
    if (context.disk().exists(path)) return path;
    searched += (searched.empty() ? "" : ", ") + path;
  }
  usage_error(context, "No config file found at default paths (" + searched +
                           "); use the -c option to specify a config file at a different path");
  return {};
}

// Whom supervisord becomes (user=, -u). Answers a problem that keeps it from starting; empty: none.
std::string take_user(program::Context& context, const std::string& name, ConfigContext& names) {
  if (name.empty()) return {};
  const auto user = systemd::find_user(context.disk(), name);
  if (!user) return "Invalid user name " + name;
  if (names.uid != 0 && names.uid != user->uid) return "Can't drop privilege as nonroot user";
  names.uid = user->uid;
  names.gid = user->gid;
  return {};
}

std::string taken_place(Board& board, const ServerConfig& config) {
  for (const std::string& place : {config.socket, config.url})
    if (!place.empty() && board.at(place) != nullptr)
      return "Another program is already listening on a port that one of our HTTP servers is configured to "
             "use.  "
             "Shut this program down first before starting supervisord.";
  return {};
}

world::Task<int> run(Board& board, program::Context& context) {
  const Arguments arguments = parse(context);
  if (arguments.done) co_return *arguments.done;
  const program::Invocation& invocation = context.invocation();
  const bool daemon = board.host().is_daemon(invocation.pid);
  const std::string path = find_configuration(context, arguments);
  if (path.empty()) co_return 2;
  ConfigContext names{invocation.hostname, invocation.env, invocation.cwd, invocation.uid, invocation.gid};
  while (true) {
    std::optional<ServerConfig> config;
    std::string error;
    try {
      config = load_config(context.disk(), path, names);
      override_settings(*config, arguments);
      error = take_user(context, config->user, names);
      if (error.empty()) error = taken_place(board, *config);
    } catch (const ConfigError& failure) {
      error = failure.what();
    }
    if (!error.empty()) co_return usage_error(context, error);
    if (!config->directory.empty()) names.cwd = config->directory;
    make_absolute(*config, names.cwd);
    const bool foreground = arguments.foreground || config->nodaemon;
    if (!foreground && !daemon) co_return board.host().start_daemon(invocation) > 0 ? 0 : 1;
    const bool loud = foreground && !arguments.silent && !config->silent;
    auto server = std::make_unique<Server>(board, context, std::move(*config), names, loud);
    const bool again = co_await server->run();
    if (!again) co_return 0;
  }
}

}  // namespace

program::Program supervisord(Board& board) {
  return [&board](program::Context& context) { return run(board, context); };
}

}  // namespace squall::guest::supervisor
