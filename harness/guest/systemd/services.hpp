// The life of a service: systemd 252's service.c as a state machine over Unit. No process is touched here:
// what should happen goes out as effects, what happened comes in through the calls below.
#pragma once
#include "harness/guest/systemd/unit_host.hpp"

namespace squall::guest::systemd {

class Services {
 public:
  explicit Services(UnitHost& host) : host_(host) {}

  enum class Start { started, again, refused };  // again: not now, when the state changes
  // The start limit; refuses and enters the failed state when it is used up.
  bool admit(Unit& unit);
  Start start(Unit& unit);
  void stop(Unit& unit);
  void reload(Unit& unit);
  void reset_failed(Unit& unit);

  void spawned(Unit& unit, const Spawned& answer);
  // True if the pid was the unit's main or control process.
  bool exited(Unit& unit, int pid, const Exit& exit);
  void group_changed(Unit& unit);
  void notified(Unit& unit, const Notified& message);
  void kill(Unit& unit, const std::string& who, int signal);
  void tick(Unit& unit);
  // Time::max(): none.
  static Time deadline(const Unit& unit);

 private:
  // services_start.cpp
  void enter_condition(Unit& unit);
  void enter_start_pre(Unit& unit);
  void enter_start(Unit& unit);
  void enter_start_post(Unit& unit);
  void enter_running(Unit& unit, Result result);
  void run_main(Unit& unit);
  bool load_pid_file(Unit& unit, bool may_warn);
  void adopt_main(Unit& unit, int pid);
  void guess_main(Unit& unit);
  void warn_leftovers(Unit& unit);
  // services_stop.cpp
  void enter_stop(Unit& unit, Result result);
  void enter_signal(Unit& unit, SubState state, Result result);
  void enter_stop_post(Unit& unit, Result result);
  void enter_dead(Unit& unit, Result result, bool allow_restart);
  void enter_restart(Unit& unit);
  bool shall_restart(const Unit& unit) const;
  bool kill_group(Unit& unit, int signal, bool everyone, bool logged);
  // services_events.cpp
  void main_ended(Unit& unit, Exit exit);
  void control_ended(Unit& unit, Exit exit);
  void main_over(Unit& unit, Result result);
  void control_over(Unit& unit, Result result);
  void state_timeout(Unit& unit);
  void confirm_exec(Unit& unit);
  // services_spawn.cpp
  bool spawn(Unit& unit, ExecCommand& command, ExecPhase phase, bool control);
  std::optional<Environment> build_environment(Unit& unit, ExecPhase phase, bool control, int uid, int gid,
                                               const std::string& home, const std::string& shell);
  void make_directories(Unit& unit, int uid, int gid, Environment& environment);
  std::vector<Mount> prepare_mounts(Unit& unit);
  void remove_private_folders(Unit& unit);
  bool start_control(Unit& unit, ExecPhase phase);
  bool run_control(Unit& unit);

  void log(Unit& unit, journal::Priority priority, const std::string& text);
  void arm(Unit& unit, Duration timeout);
  static std::vector<ExecCommand>& commands(Unit& unit, ExecPhase phase) {
    return unit.config.service.exec[static_cast<std::size_t>(phase)];
  }
  // 1 alive, 0 known and gone, -1 unknown (main_pid_good()).
  static int main_good(const Unit& unit);
  static bool control_good(const Unit& unit) {
    return unit.run.control_pid > 0 || unit.run.control_spawn != 0;
  }
  bool group_empty(const Unit& unit) const;

  UnitHost& host_;
};

}  // namespace squall::guest::systemd
