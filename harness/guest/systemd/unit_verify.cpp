// What a unit's settings must be together (service_verify() of service.c, timer_verify() of timer.c), and the
// defaults that follow from others.
#include "harness/guest/systemd/directives.hpp"

namespace squall::guest::systemd {

std::optional<std::string> verify_unit(UnitConfig& config) {
  const std::string suffix = unit_suffix(config.id);
  if (suffix == "timer") {
    if (config.timer.values.empty()) return "Timer unit lacks value setting. Refusing.";
    return std::nullopt;
  }
  if (suffix != "service") return std::nullopt;
  ServiceConfig& service = config.service;
  const auto& start = service.exec[static_cast<std::size_t>(ExecPhase::start)];
  const auto& stop = service.exec[static_cast<std::size_t>(ExecPhase::stop)];
  if (!service.type_given) service.type = start.empty() ? ServiceType::oneshot : ServiceType::simple;
  const bool oneshot = service.type == ServiceType::oneshot;
  if (oneshot && !service.timeout_start_given) service.timeout_start = Duration::max();
  if (!service.timeout_abort_given) service.timeout_abort = service.timeout_stop;
  if (!service.notify_access)
    service.notify_access = service.type == ServiceType::notify || service.watchdog > Duration{0}
                                ? NotifyAccess::main
                                : NotifyAccess::none;
  if (start.empty() && stop.empty())
    return "Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.";
  if (!oneshot && start.empty())
    return "Service has no ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.";
  if (!service.remain_after_exit && start.empty())
    return "Service has no ExecStart= and no SuccessAction= settings and does not have RemainAfterExit=yes "
           "set. "
           "Refusing.";
  if (!oneshot && start.size() > 1)
    return "Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. "
           "Refusing.";
  if (oneshot && (service.restart == RestartMode::always || service.restart == RestartMode::on_success))
    return "Service has Restart= set to either always or on-success, which isn't allowed for Type=oneshot "
           "services. "
           "Refusing.";
  if (oneshot && !(service.restart_force.codes.empty() && service.restart_force.signals.empty()))
    return "Service has RestartForceExitStatus= set, which isn't allowed for Type=oneshot services. "
           "Refusing.";
  return std::nullopt;
}

}  // namespace squall::guest::systemd
