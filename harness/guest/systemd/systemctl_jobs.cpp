// The verbs of systemctl that make jobs and wait for them, and those that act at once.
#include <algorithm>

#include "harness/guest/systemd/systemctl_options.hpp"

namespace squall::guest::systemd {
namespace {

int exit_code(Refusal reason) {
  switch (reason) {
    case Refusal::not_found:
    case Refusal::not_loaded:
      return 5;
    case Refusal::not_applicable:
      return 3;
    case Refusal::refused:
    case Refusal::destructive:
      return 4;
    default:
      return 1;
  }
}

bool points_to_logs(Refusal reason) {
  return reason == Refusal::bad_setting || reason == Refusal::refused || reason == Refusal::destructive ||
         reason == Refusal::missing_instance;
}

std::string see_logs(const std::string& unit) {
  return "See system logs and 'systemctl status " + unit + "' for details.";
}

// What `systemctl` says about a service's job that failed, by its Result.
std::string failure_reason(Result result) {
  switch (result) {
    case Result::exit_code:
      return "the control process exited with error code";
    case Result::signal:
      return "a fatal signal was delivered to the control process";
    case Result::core_dump:
      return "a fatal signal was delivered causing the control process to dump core";
    case Result::timeout:
      return "a timeout was exceeded";
    case Result::protocol:
      return "the service did not take the steps required by its unit configuration";
    case Result::resources:
      return "of unavailable resources or another system error";
    case Result::start_limit_hit:
      return "start of the service was attempted too often";
    case Result::watchdog:
      return "the service failed to send watchdog ping";
    default:
      return {};
  }
}

void report_failure(Systemctl& call, const std::string& name) {
  if (!name.ends_with(".service")) return call.err("Job failed. See \"journalctl -xe\" for details.");
  const Unit* unit = call.driver.manager().loaded(name);
  const Result result = unit == nullptr ? Result::success : unit->run.result;
  const std::string reason = failure_reason(result);
  call.err("Job for " + name + " failed" + (reason.empty() ? "" : " because " + reason) + ".");
  call.err("See \"systemctl status " + name + "\" and \"journalctl -xeu " + name + "\" for details.");
  if (result == Result::start_limit_hit)
    call.err("To force a start use \"systemctl reset-failed " + name + "\"\nfollowed by \"systemctl start " +
             name + "\" again.");
}

int report(Systemctl& call, const std::string& unit, JobResult result) {
  if (result == JobResult::done) return 0;
  if (call.options.quiet) return 1;
  switch (result) {
    case JobResult::canceled:
      call.err("Job for " + unit + " canceled.");
      break;
    case JobResult::dependency:
      call.err("A dependency job for " + unit + " failed. See 'journalctl -xe' for details.");
      break;
    case JobResult::invalid:
      call.err(unit + " is not active, cannot reload.");
      break;
    case JobResult::assertion:
      call.err("Assertion failed on job for " + unit + ".");
      break;
    default:
      report_failure(call, unit);
  }
  return 1;
}

world::Task<> note_end(Driver::Answer answer, std::vector<std::pair<std::string, JobResult>>& ended) {
  const JobResult result = co_await answer.result;
  ended.emplace_back(answer.unit, result);
}

// Waits for all jobs and reports the failures in the order in which the jobs ended.
world::Task<int> wait_for(Systemctl& call, const std::vector<Driver::Answer>& answers) {
  std::vector<std::pair<std::string, JobResult>> ended;
  std::vector<world::Job> watchers;
  int code = 0;
  for (const Driver::Answer& answer : answers)
    watchers.push_back(world::Job::start(call.context.scheduler(), note_end(answer, ended)));
  std::size_t reported = 0;
  while (reported < answers.size()) {
    for (; reported < ended.size(); ++reported)
      code = std::max(code, report(call, ended[reported].first, ended[reported].second));
    if (reported < answers.size()) {
      // The next one to end wakes this coroutine; which it is does not matter.
      for (const Driver::Answer& answer : answers) {
        const bool seen =
            std::any_of(ended.begin(), ended.end(), [&](const auto& e) { return e.first == answer.unit; });
        if (seen) continue;
        co_await answer.result;
        break;
      }
      co_await world::sleep(call.context.scheduler(), 0ns);
    }
  }
  co_return code;
}

// --wait: until the started units are down again.
world::Task<int> wait_until_down(Systemctl& call, const std::vector<Driver::Answer>& answers) {
  int code = 0;
  for (const Driver::Answer& answer : answers)
    while (true) {
      const Unit* unit = call.driver.manager().loaded(answer.unit);
      if (unit == nullptr || unit->is_dead()) {
        if (unit != nullptr && unit->active() == ActiveState::failed) code = 1;
        break;
      }
      co_await world::sleep(call.context.scheduler(), 50ms);
    }
  co_return code;
}

world::Task<int> run_jobs_for(Systemctl& call, const std::vector<std::string>& names, JobType type,
                              const std::string& method, JobMode mode) {
  int code = 0;
  std::vector<Driver::Answer> answers;
  std::vector<std::string> warned;
  for (const std::string& name : names) {
    if (!call.privileged()) {
      call.err("Failed to " + method + " " + name + ": Access denied\n" + see_logs(name));
      code = code == 0 ? 4 : code;
      continue;
    }
    Driver::Answer answer = call.driver.request({name, type, mode});
    if (answer.refused) {
      if (!call.options.quiet) {
        call.err("Failed to " + method + " " + name + ": " + answer.refused->text);
        if (points_to_logs(answer.refused->reason)) call.err(see_logs(name));
      }
      code = code == 0 ? exit_code(answer.refused->reason) : code;
      continue;
    }
    if (call.options.show_transaction && !call.options.quiet)
      call.err("Enqueued anchor job " + std::to_string(answer.job) + " " + answer.unit + "/" +
               std::string(to_string(type)) + ".");
    const Unit* unit = call.driver.manager().loaded(answer.unit);
    if (unit != nullptr && call.driver.manager().needs_reload(*unit) && !call.options.quiet)
      call.err(changed_on_disk_warning(answer.unit));
    answers.push_back(std::move(answer));
  }
  if (call.options.no_block) co_return code;
  if (co_await wait_for(call, answers) != 0) co_return 1;
  if (call.options.wait && co_await wait_until_down(call, answers) != 0) co_return 1;
  co_return code;
}

}  // namespace

std::string changed_on_disk_warning(const std::string& unit) {
  return "Warning: The unit file, source configuration file or drop-ins of " + unit +
         " changed on disk. Run 'systemctl daemon-reload' to reload units.";
}

world::Task<int> run_job_verb(Systemctl& call, JobType type, std::string method) {
  co_await world::sleep(call.context.scheduler(), job_time);
  const auto names = call.unit_names();
  const bool any_glob =
      std::any_of(names.begin(), names.end(), [](const std::string& n) { return is_glob(n); });
  if (any_glob && type == JobType::start)
    call.err(
        "Warning: systemctl start called with a glob pattern.\n"
        "Hint: unit globs expand to loaded units, so start will usually have no effect.\n"
        "      Passing --all will also load units which are pulled in by other units.\n"
        "      See systemctl(1) for more details.");
  const std::string& mode = call.options.job_mode;
  const bool ignore = mode == "ignore-dependencies";
  if (!ignore && mode != "replace") {
    call.err("systemctl: --job-mode=" + mode + " is not served by Squall");
    co_return 1;
  }
  co_return co_await run_jobs_for(call, call.expand(names), type, method,
                                  ignore ? JobMode::ignore_dependencies : JobMode::replace);
}

world::Task<int> run_isolate(Systemctl& call) {
  co_await world::sleep(call.context.scheduler(), job_time);
  if (call.arguments.size() > 1) {
    call.err("Too many arguments.");
    co_return 1;
  }
  co_return co_await run_jobs_for(call, call.unit_names(".target"), JobType::start, "start",
                                  JobMode::isolate);
}

world::Task<int> run_kill(Systemctl& call) {
  co_await world::sleep(call.context.scheduler(), query_time);
  auto signal = parse_signal(call.options.signal);
  if (!signal) {
    call.err("Failed to parse signal string \"" + call.options.signal + "\".");
    co_return 1;
  }
  int code = 0;
  for (const std::string& name : call.expand(call.unit_names())) {
    const Unit* unit = call.driver.manager().loaded(name);
    if (unit == nullptr || unit->config.load_state != LoadState::loaded) {
      call.err("Failed to kill unit " + name + ": Unit " + name + " not loaded.");
      code = 1;
    } else if (!call.privileged()) {
      call.err("Failed to kill unit " + name + ": Access denied");
      code = 4;
    } else {
      call.driver.kill({unit->name, call.options.kill_who, *signal});
    }
  }
  co_return code;
}

world::Task<int> run_reset_failed(Systemctl& call) {
  co_await world::sleep(call.context.scheduler(), query_time);
  if (!call.privileged()) {
    call.err("Failed to reset failed state: Access denied");
    co_return 1;
  }
  if (call.arguments.empty()) {
    call.driver.reset_failed("");
    co_return 0;
  }
  int code = 0;
  for (const std::string& name : call.expand(call.unit_names())) {
    const Unit* unit = call.driver.manager().loaded(name);
    if (unit == nullptr || unit->config.load_state == LoadState::not_found) {
      call.err("Failed to reset failed state of unit " + name + ": Unit " + name + " not loaded.");
      code = 1;
      continue;
    }
    call.driver.reset_failed(name);
  }
  co_return code;
}

world::Task<int> run_daemon_reload(Systemctl& call) {
  if (!call.privileged()) {
    call.err("Failed to reload daemon: Access denied");
    co_return 1;
  }
  co_await world::sleep(call.context.scheduler(), reload_time);
  call.driver.daemon_reload();
  co_return 0;
}

world::Task<int> run_power(Systemctl& call, ShutdownMode mode) {
  co_await world::sleep(call.context.scheduler(), query_time);
  if (!call.privileged()) {
    call.err("Failed to " + call.verb + " system via logind: Access denied");
    co_return 1;
  }
  if (call.options.force) {
    call.err("systemctl: " + call.verb + " --force is not served by Squall");
    co_return 1;
  }
  call.driver.shut_down(mode);
  co_return 0;
}

world::Task<int> run_set_property(Systemctl& call) {
  // Resource control has no effect in a guest; the drop-in that systemd writes for it is made all the same.
  co_await world::sleep(call.context.scheduler(), reload_time);
  const std::string unit = mangle_unit_name(call.arguments.front());
  if (!call.privileged()) {
    call.err("Failed to set unit properties on " + unit + ": Access denied");
    co_return 1;
  }
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const std::size_t equals = call.arguments[i].find('=');
    if (equals == std::string::npos) {
      call.err("Not an assignment: " + call.arguments[i]);
      co_return 1;
    }
    const std::string folder =
        (call.options.runtime ? "/run/systemd/system.control/" : "/etc/systemd/system.control/") + unit +
        ".d";
    call.driver.disk().make_directories(folder, 0755);
    call.driver.disk().write(
        folder + "/50-" + call.arguments[i].substr(0, equals) + ".conf",
        "# This is a drop-in unit file extension, created via \"systemctl set-property\"\n"
        "# or an equivalent operation. Do not edit.\n[Service]\n" +
            call.arguments[i] + "\n",
        0644);
  }
  call.driver.host().not_served(unit, {"set-property"});
  co_return 0;
}

}  // namespace squall::guest::systemd
