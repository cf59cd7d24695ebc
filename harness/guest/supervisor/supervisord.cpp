#include <algorithm>

#include "emulator/world/await.hpp"
#include "harness/guest/journal/options.hpp"
#include "harness/guest/supervisor/programs.hpp"

namespace squall::guest::supervisor {
namespace {

constexpr const char* default_config = "/etc/supervisor/supervisord.conf";

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
  std::string config = default_config, user;
  bool foreground = false;
  std::optional<int> done;
};

Arguments parse(program::Context& context) {
  using journal::Argument;
  static const std::vector<journal::Option> table{{"configuration", 'c', Argument::required},
                                                  {"nodaemon", 'n', Argument::none},
                                                  {"silent", 's', Argument::none},
                                                  {"version", 'v', Argument::none},
                                                  {"user", 'u', Argument::required},
                                                  {"help", 'h', Argument::none}};
  Arguments result;
  const auto& argv = context.invocation().argv;
  const auto parsed = journal::parse_options("supervisord", table, {argv.begin() + 1, argv.end()});
  if (!parsed.error.empty()) {
    result.done = usage_error(context, parsed.error.substr(parsed.error.find(": ") + 2));
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
    if (name == "silent" || name == "help") {
      context.err("supervisord: option '--" + name + "' is not served by Squall\n");
      result.done = 1;
    }
  }
  return result;
}

// One life of the server, from its start to its end or restart.
class Server {
 public:
  Server(Board& board, program::Context& context, ServerConfig config, ConfigContext names)
      : board_(board),
        context_(context),
        bell_(context.scheduler()),
        server_(
            std::move(config), std::move(names), context.disk(), board.host(),
            [this](Supervisor::Level level, const std::string& text) { log(level, text); },
            context.invocation().pid) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { board_.wake.erase(&server_); }

  // True: restart.
  world::Task<bool> run() {
    const ServerConfig& config = server_.config();
    announce(config);
    context_.disk().write(config.socket, "", 0700);
    context_.disk().write(config.pidfile, std::to_string(context_.invocation().pid) + "\n", 0644);
    {
      Board::Seat seat(board_, config.socket, &server_);
      board_.wake[&server_] = [this] { bell_.ring(); };
      context_.on_signal([this](int number) { return take_signal(number); });
      while (true) {
        server_.iterate(context_.scheduler().now());
        if (server_.ending() && server_.all_stopped()) break;
        // The main loop's select() waits a second, and a moment.
        co_await bell_.wait(1005ms);
      }
      context_.on_signal({});
    }
    context_.disk().remove(config.socket);
    context_.disk().remove(config.pidfile);
    co_return server_.restart_wanted();
  }

 private:
  void log(Supervisor::Level level, const std::string& text) {
    static constexpr const char* names[]{"CRIT", "WARN", "INFO"};
    const Time now = context_.scheduler().now();
    std::string fraction = std::to_string((now.time_since_epoch() % 1s) / 1ms);
    fraction.insert(0, 3 - fraction.size(), '0');
    const std::string line = base::format_utc(now, "%Y-%m-%d %H:%M:%S,") + fraction + " " +
                             names[static_cast<std::size_t>(level)] + " " + text + "\n";
    context_.disk().append(server_.config().logfile, line, 0644);
    context_.out(line);
  }

  void announce(const ServerConfig& config) {
    using enum Supervisor::Level;
    if (config.user.empty())
      log(crit,
          "Supervisor is running as root.  Privileges were not dropped because no user is specified in the "
          "config "
          "file.  If you intend to run as root, you can set user=root in the config file to avoid this "
          "message.");
    for (const std::string& file : config.included)
      log(info, "Included extra file \"" + file + "\" during parsing");
    for (const std::string& pattern : config.unmatched)
      log(warn, "No file matches via include \"" + pattern + "\"");
    log(info, "RPC interface 'supervisor' initialized");
    log(crit, "Server 'unix_http_server' running without any HTTP authentication checking");
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
  Supervisor server_;
};

world::Task<int> run(Board& board, program::Context& context) {
  const Arguments arguments = parse(context);
  if (arguments.done) co_return *arguments.done;
  ConfigContext names{context.invocation().hostname, context.invocation().env};
  while (true) {
    std::optional<ServerConfig> config;
    std::string error;
    try {
      config = load_config(context.disk(), arguments.config, names);
    } catch (const ConfigError& failure) {
      error = failure.what();
    }
    if (!config) co_return usage_error(context, error);
    if (!arguments.user.empty() && arguments.user != "root")
      co_return usage_error(context, "Invalid user name " + arguments.user);
    if (!arguments.foreground) {
      context.err(
          "supervisord: a daemon of its own (without -n) is not served by Squall; start "
          "supervisor.service\n");
      co_return 1;
    }
    auto server = std::make_unique<Server>(board, context, std::move(*config), names);
    if (!co_await server->run()) co_return 0;
  }
}

}  // namespace

program::Program supervisord(Board& board) {
  return [&board](program::Context& context) { return run(board, context); };
}

}  // namespace squall::guest::supervisor
