#include "harness/guest/systemd/unit.hpp"

namespace squall::guest::systemd {

std::string_view to_string(ActiveState state) {
  switch (state) {
    case ActiveState::inactive:
      return "inactive";
    case ActiveState::active:
      return "active";
    case ActiveState::reloading:
      return "reloading";
    case ActiveState::failed:
      return "failed";
    case ActiveState::activating:
      return "activating";
    case ActiveState::deactivating:
      return "deactivating";
  }
  return "";
}

std::string_view to_string(SubState state) {
  static constexpr std::string_view names[]{
      "dead",      "condition",      "start-pre",     "start",         "start-post",   "running",
      "exited",    "reload",         "stop",          "stop-watchdog", "stop-sigterm", "stop-sigkill",
      "stop-post", "final-watchdog", "final-sigterm", "final-sigkill", "failed",       "auto-restart",
      "active",    "waiting",        "elapsed"};
  return names[static_cast<std::size_t>(state)];
}

std::string_view to_string(Result result) {
  static constexpr std::string_view names[]{"success",         "resources",     "protocol",  "timeout",
                                            "exit-code",       "signal",        "core-dump", "watchdog",
                                            "start-limit-hit", "exec-condition"};
  return names[static_cast<std::size_t>(result)];
}

std::string_view to_string(ServiceType type) {
  static constexpr std::string_view names[]{"simple", "exec", "forking", "oneshot", "notify", "idle"};
  return names[static_cast<std::size_t>(type)];
}

std::string_view to_string(RestartMode mode) {
  static constexpr std::string_view names[]{"no",          "on-success", "on-failure", "on-abnormal",
                                            "on-watchdog", "on-abort",   "always"};
  return names[static_cast<std::size_t>(mode)];
}

std::string_view to_string(KillMode mode) {
  static constexpr std::string_view names[]{"control-group", "process", "mixed", "none"};
  return names[static_cast<std::size_t>(mode)];
}

std::string_view to_string(NotifyAccess access) {
  static constexpr std::string_view names[]{"none", "main", "exec", "all"};
  return names[static_cast<std::size_t>(access)];
}

std::string_view to_string(LoadState state) {
  static constexpr std::string_view names[]{"loaded", "not-found", "bad-setting", "masked", "error"};
  return names[static_cast<std::size_t>(state)];
}

std::string_view property_name(ExecPhase phase) {
  static constexpr std::string_view names[]{"ExecCondition", "ExecStartPre", "ExecStart",   "ExecStartPost",
                                            "ExecReload",    "ExecStop",     "ExecStopPost"};
  return names[static_cast<std::size_t>(phase)];
}

ActiveState active_state(SubState state, ServiceType type) {
  switch (state) {
    case SubState::dead:
      return ActiveState::inactive;
    case SubState::failed:
      return ActiveState::failed;
    case SubState::condition:
    case SubState::start_pre:
    case SubState::start:
    case SubState::start_post:
      // Type=idle counts as up from its start on: nothing waits for it (service.c,
      // state_translation_table_idle).
      return type == ServiceType::idle ? ActiveState::active : ActiveState::activating;
    case SubState::auto_restart:
      return ActiveState::activating;
    case SubState::running:
    case SubState::exited:
    case SubState::active:
    case SubState::waiting:
    case SubState::elapsed:
      return ActiveState::active;
    case SubState::reload:
      return ActiveState::reloading;
    default:
      return ActiveState::deactivating;
  }
}

bool StartLimit::allow(Time now, Duration interval, int burst) {
  if (interval <= Duration{0} || burst <= 0) return true;
  if (count == 0 || now - begin > interval) {
    begin = now;
    count = 1;
    return true;
  }
  if (count < burst) {
    ++count;
    return true;
  }
  return false;
}

}  // namespace squall::guest::systemd
