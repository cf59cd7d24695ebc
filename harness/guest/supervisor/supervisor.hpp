// supervisord's inside (supervisor 4.2.5: process.py, supervisord.py, rpcinterface.py): process groups as a
// state machine without a clock, driven by iterations of its main loop. Reached by supervisorctl through a
// Board.
#pragma once
#include <functional>
#include <list>

#include "emulator/base/random.hpp"
#include "emulator/base/time.hpp"
#include "harness/guest/supervisor/child_log.hpp"
#include "harness/guest/supervisor/config.hpp"
#include "harness/guest/systemd/exit_status.hpp"
#include "harness/program/program.hpp"

namespace squall::guest::supervisor {

enum class State { stopped, starting, running, backoff, stopping, exited, fatal };
std::string_view to_string(State state);  // "RUNNING"

struct SpawnRequest {
  ProgramConfig program;
  std::string path;  // absolute
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;  // whole
  std::string user;                                // with its groups; empty: supervisord's
  int uid = 0, gid = 0, umask = 022;
  std::string directory;
  int server_pid = 0;                    // whose resource limits it inherits
  int min_files = 0, min_processes = 0;  // the soft limits are at least these (minfds=, minprocs=)
};

// What supervisord asks of the guest.
class SupervisorHost {
 public:
  virtual ~SupervisorHost() = default;
  // Starts a child of supervisord; it leads a process group of its own. Output and end come through Board.
  virtual int spawn(const SpawnRequest& request) = 0;
  virtual void kill(int pid, int signal, bool whole_group) = 0;
  virtual bool is_executable(const std::string& path) = 0;
  // supervisord without -n: the same command line as a process of its own, which is_daemon() knows. 0: it
  // could not be started.
  virtual int start_daemon(const program::Invocation& invocation) = 0;
  virtual bool is_daemon(int pid) const = 0;
};

struct Process {
  ProgramConfig config;
  State state = State::stopped;
  int pid = 0, backoff = 0, exit_code = 0;
  bool exit_expected = true, killing = false;
  Time last_start{}, last_stop{}, delay{}, last_report{};
  std::string spawn_error;
  ChildLog stdout_log, stderr_log;
  std::string title() const {
    return config.group == config.name ? config.name : config.group + ":" + config.name;
  }
  bool busy() const { return state == State::running || state == State::starting || state == State::backoff; }
  bool resting() const { return state == State::stopped || state == State::exited || state == State::fatal; }
};

struct Group {
  GroupConfig config;
  std::list<Process> processes;
};

class Supervisor {
 public:
  enum class Level { crit, warn, info };
  using Log = std::function<void(Level, const std::string&)>;
  // Output of programs that log to /dev/stdout or /dev/stderr.
  using Console = std::function<void(std::string_view, bool is_error)>;

  Supervisor(ServerConfig config, ConfigContext context, world::Disk& disk, SupervisorHost& host, Log log,
             Console console, int pid);

  // One turn of the main loop: states move on, ended children are reaped. At least once a second, and again
  // at once when it answers true: a child was reaped, and the closing of its pipes ends the wait of the next
  // turn.
  bool iterate(Time now);
  void child_exited(int pid, const systemd::Exit& exit) { ended_.emplace_back(pid, exit); }
  void child_output(int pid, bool is_error, std::string_view text);
  bool owns(int pid) const;

  // --- rpcinterface ---
  enum class Fault {
    none,
    bad_name,
    no_file,
    not_executable,
    already_started,
    not_running,
    spawn_error,
    bad_signal
  };
  Fault begin_start(Process& process, Time now);
  // Nothing: still going on.
  std::optional<Fault> poll_start(Process& process, Time now);
  Fault begin_stop(Process& process, Time now);
  bool poll_stop(Process& process, Time now);  // true: stopped
  Fault signal(Process& process, int number);

  struct Changes {
    std::vector<std::string> added, changed, removed;
  };
  Changes reread();                            // throws ConfigError
  bool add_group(const std::string& name);     // of the configuration read last; false: not there
  bool remove_group(const std::string& name);  // false: something still runs
  void shut_down(bool restart) { ending_ = true, restart_ = restart; }

  std::list<Group>& groups() { return groups_; }
  std::vector<Process*> processes();  // by priority, group, name
  Process* find(const std::string& group, const std::string& name);
  const ServerConfig& config() const { return config_; }
  const ServerConfig& latest() const { return latest_; }
  bool ending() const { return ending_; }
  bool restart_wanted() const { return restart_; }
  bool all_stopped();
  int pid() const { return pid_; }
  void stop_all(Time now);

 private:
  void spawn(Process& process, Time now);
  void transition(Process& process, Time now);
  void finish(Process& process, const systemd::Exit& exit, Time now);
  void kill(Process& process, int signal, Time now);
  Group make_group(const GroupConfig& config);
  // The program file; empty with the error's text and kind.
  std::string locate(const ProgramConfig& program, std::vector<std::string>& argv, Fault& fault,
                     std::string& error) const;
  void set_state(Process& process, State state, Time now);

  ServerConfig config_, latest_;
  ConfigContext context_;
  world::Disk& disk_;
  SupervisorHost& host_;
  Log log_;
  Console console_;
  int pid_;
  bool ending_ = false, restart_ = false;
  Time last_waiting_report_{};
  std::list<Group> groups_;
  std::vector<std::pair<int, systemd::Exit>> ended_;
};

// Where the servers of a guest can be found: by their socket's path. The guest owns one and reports children
// to it.
class Board {
 public:
  explicit Board(SupervisorHost& host) : host_(host) {}
  SupervisorHost& host() { return host_; }
  // A child of some supervisord wrote or ended; others' are ignored.
  void output(int pid, bool is_error, std::string_view text);
  void exited(int pid, const systemd::Exit& exit);

  // A socket's path, or the URL of an inet server.
  Supervisor* at(const std::string& socket);
  // While it lives, the server answers at the socket.
  class Seat {
   public:
    Seat(Board& board, const std::string& socket, Supervisor* server)
        : board_(board), socket_(canonical(socket)) {
      board_.servers_[socket_] = server;
    }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    ~Seat() { board_.servers_.erase(socket_); }

   private:
    Board& board_;
    std::string socket_;
  };
  // Called when there is news for the server; set by supervisord.
  std::map<Supervisor*, std::function<void()>> wake;

 private:
  // The same file by the path of its folder's link: /var/run is /run.
  static std::string canonical(const std::string& socket);

  SupervisorHost& host_;
  std::map<std::string, Supervisor*> servers_;
};

}  // namespace squall::guest::supervisor
