// Jobs at work (systemd's job.c): their order, how they run, how they end, and what is said about them.
#include <algorithm>

#include "harness/guest/systemd/conditions.hpp"
#include "harness/guest/systemd/manager.hpp"

namespace squall::guest::systemd {
namespace {

bool contains(const UnitConfig& config, Dependency kind, const std::string& name) {
  auto list = config.dependencies.find(kind);
  return list != config.dependencies.end() &&
         std::find(list->second.begin(), list->second.end(), name) != list->second.end();
}

bool takes_down(JobType type) { return type == JobType::stop || type == JobType::restart; }

}  // namespace

// True if `later` is ordered after `earlier`. A target waits for what it pulls in unless that is ordered
// after it.
bool Manager::ordered_after(const Unit& later, const Unit& earlier) const {
  if (contains(later.config, Dependency::after, earlier.name) ||
      contains(earlier.config, Dependency::before, later.name))
    return true;
  const bool pulls = contains(later.config, Dependency::wants, earlier.name) ||
                     contains(later.config, Dependency::requires_, earlier.name) ||
                     contains(later.config, Dependency::binds_to, earlier.name);
  return later.is_target() && later.config.default_dependencies && pulls &&
         earlier.config.default_dependencies && !contains(earlier.config, Dependency::after, later.name);
}

bool Manager::runnable(const Job& job) const {
  if (job.ignore_order) return true;
  const Unit& unit = *units_.at(job.unit);
  for (const auto& [id, other_job] : jobs_) {
    if (id == job.id) continue;
    const Unit& other = *units_.at(other_job.unit);
    // Of two ordered units that both go up, the earlier goes first; whatever goes down goes before either.
    if (!takes_down(job.type) && ordered_after(unit, other)) return false;
    if (takes_down(other_job.type) && ordered_after(other, unit)) return false;
  }
  return true;
}

void Manager::run_jobs() {
  for (bool progress = true; progress;) {
    progress = false;
    std::vector<std::uint64_t> ids;
    for (const auto& [id, job] : jobs_) ids.push_back(id);
    for (std::uint64_t id : ids) {
      auto found = jobs_.find(id);
      if (found == jobs_.end() || found->second.running || found->second.blocked || !runnable(found->second))
        continue;
      progress = true;
      run_job(id);
    }
  }
}

void Manager::run_job(std::uint64_t id) {
  Job& job = jobs_.at(id);
  Unit& unit = *units_.at(job.unit);
  job.running = true;
  switch (job.type) {
    case JobType::start:
      return run_start(job, unit);
    case JobType::verify_active:
      if (unit.is_up()) return finish_job(id, JobResult::done);
      if (unit.active() != ActiveState::activating) return finish_job(id, JobResult::failed, true);
      job.running = false;
      job.blocked = true;
      return;
    case JobType::restart:
      if (unit.is_dead()) {
        job.type = JobType::start;
        return run_start(job, unit);
      }
      run_stop(unit);
      break;
    case JobType::stop:
      if (unit.is_dead()) return finish_job(id, JobResult::done, true);
      run_stop(unit);
      break;
    case JobType::reload:
      return run_reload(job, unit);
    default:
      return finish_job(id, JobResult::invalid);
  }
  if (auto found = jobs_.find(id); found != jobs_.end() && found->second.running)
    announce_start(found->second, unit);
}

void Manager::run_start(Job& job, Unit& unit) {
  const std::uint64_t id = job.id;
  if (unit.is_up()) return finish_job(id, JobResult::done, true);
  if (unit.config.load_state != LoadState::loaded) return finish_job(id, JobResult::invalid);
  if (unit.active() != ActiveState::activating && unit.is_dead()) {
    auto unmet = unmet_condition(disk_, unit.config, options_, false);
    unit.condition_time = now_;
    unit.condition_result = !unmet;
    unit.failed_condition = unmet.value_or("");
    if (unmet) return finish_job(id, JobResult::done);
    unit.assert_result = !unmet_condition(disk_, unit.config, options_, true);
    if (!unit.assert_result) {
      log(unit, journal::Priority::notice, unit.name + ": Starting requested but asserts failed.");
      return finish_job(id, JobResult::assertion);
    }
  }
  if (unit.is_target()) return set_state(unit, SubState::active);
  if (unit.is_timer()) {
    const Unit* target = find(unit.config.timer.unit);
    if (target == nullptr || target->config.load_state != LoadState::loaded) {
      log(unit, journal::Priority::err,
          unit.name + ": Refusing to start, unit " + unit.config.timer.unit + " to trigger not loaded.");
      return finish_job(id, JobResult::failed);
    }
    return timers_.start(unit);
  }
  const Services::Start answer = services_.start(unit);
  auto found = jobs_.find(id);
  if (found == jobs_.end()) return;
  if (answer == Services::Start::refused) return finish_job(id, JobResult::failed);
  if (answer == Services::Start::again) {
    found->second.running = false;
    found->second.blocked = true;
    return;
  }
  // A simple service is up at once, when its process is there: nobody says that it is starting.
  const ServiceConfig& service = unit.config.service;
  const bool at_once = unit.state == SubState::start &&
                       (service.type == ServiceType::simple || service.type == ServiceType::idle) &&
                       service.exec[static_cast<std::size_t>(ExecPhase::start_post)].empty();
  if (!at_once && found->second.running) announce_start(found->second, unit);
}

void Manager::run_stop(Unit& unit) {
  if (unit.is_target()) return set_state(unit, SubState::dead);
  if (unit.is_timer()) return timers_.stop(unit);
  const bool quiet = unit.active() == ActiveState::activating && unit.state != SubState::auto_restart;
  services_.stop(unit);
  // Stopping what is still starting is not announced (service_stop() returns 0).
  if (quiet)
    if (Job* job = job_of(unit)) job->blocked = true;
}

void Manager::run_reload(Job& job, Unit& unit) {
  if (unit.active() == ActiveState::reloading) {
    job.running = false;
    job.blocked = true;
    return;
  }
  if (unit.active() != ActiveState::active) {
    log(unit, journal::Priority::warning,
        unit.name + ": Unit cannot be reloaded because it is " + std::string(to_string(unit.active())) + ".");
    return finish_job(job.id, JobResult::invalid);
  }
  const std::uint64_t id = job.id;
  services_.reload(unit);
  if (auto found = jobs_.find(id); found != jobs_.end()) announce_start(found->second, unit);
}

// What a change of state means for the unit's job; `unexpected`: nobody had asked for it.
void Manager::job_state_changed(Unit& unit, bool& unexpected) {
  Job* job = job_of(unit);
  if (job == nullptr) {
    unexpected = true;
    return;
  }
  const ActiveState state = unit.active();
  const std::uint64_t id = job->id;
  switch (job->type) {
    case JobType::start:
    case JobType::verify_active:
      if (unit.is_up()) return finish_job(id, JobResult::done);
      if (job->running && state != ActiveState::activating) {
        unexpected = true;
        if (unit.is_dead())
          finish_job(id, state == ActiveState::failed ? JobResult::failed : JobResult::done);
      }
      return;
    case JobType::reload:
      if (!job->running) return;
      if (state == ActiveState::active)
        return finish_job(id,
                          unit.run.reload_result == Result::success ? JobResult::done : JobResult::failed);
      if (unit.is_dead()) {
        unexpected = true;
        finish_job(id, state == ActiveState::failed ? JobResult::failed : JobResult::done);
      }
      return;
    case JobType::stop:
    case JobType::restart:
      if (unit.is_dead()) return finish_job(id, JobResult::done);
      if (job->running && state != ActiveState::deactivating) {
        unexpected = true;
        finish_job(id, JobResult::failed);
      }
      return;
    default:
      return;
  }
}

void Manager::finish_job(std::uint64_t id, JobResult result, bool silent) {
  Job& job = jobs_.at(id);
  Unit& unit = *units_.at(job.unit);
  if (!silent) announce_end(job, unit, result);
  if (job.type == JobType::restart && result == JobResult::done) {
    job.type = JobType::start;
    job.running = job.blocked = false;
    return;
  }
  const Job ended = job;
  unit.job = 0;
  jobs_.erase(id);
  emit(JobFinished{id, ended.unit, ended.type, result});
  const bool brought_up = ended.type == JobType::start || ended.type == JobType::verify_active;
  const bool bad = result == JobResult::failed || result == JobResult::dependency ||
                   result == JobResult::assertion || result == JobResult::invalid;
  if (brought_up && bad) fail_dependents(unit);
  if (result == JobResult::dependency) trigger(unit, Dependency::on_failure);
}

void Manager::fail_dependents(const Unit& unit) {
  for (const std::string& name : required_by(unit.name, false)) {
    Unit* other = find(name);
    Job* job = other == nullptr ? nullptr : job_of(*other);
    if (job != nullptr && (job->type == JobType::start || job->type == JobType::verify_active) &&
        !other->is_up() && !job->running)
      finish_job(job->id, JobResult::dependency);
  }
}

void Manager::announce_start(const Job& job, const Unit& unit) {
  if (job.blocked || !unit.is_service()) return;
  const char* verb = job.type == JobType::start    ? "Starting "
                     : job.type == JobType::reload ? "Reloading "
                                                   : "Stopping ";
  log(unit, journal::Priority::info, verb + unit.config.title() + "...");
}

void Manager::announce_end(const Job& job, const Unit& unit, JobResult result) {
  using journal::Priority;
  const std::string title = unit.config.title();
  auto say = [&](Priority priority, const std::string& text) { log(unit, priority, text); };
  switch (job.type) {
    case JobType::start:
    case JobType::verify_active:
      if (result == JobResult::done && job.type == JobType::start) {
        if (!unit.failed_condition.empty() && unit.is_dead())
          return say(Priority::info, title + " was skipped because of an unmet condition check (" +
                                         unit.failed_condition + ").");
        const bool oneshot = unit.is_service() && unit.config.service.type == ServiceType::oneshot;
        return say(Priority::info, (unit.is_target() ? "Reached target "
                                    : oneshot        ? "Finished "
                                                     : "Started ") +
                                       title + ".");
      }
      if (result == JobResult::failed) return say(Priority::err, "Failed to start " + title + ".");
      if (result == JobResult::assertion)
        return say(Priority::warning, "Assertion failed for " + title + ".");
      if (result == JobResult::dependency) {
        say(Priority::warning, "Dependency failed for " + title + ".");
        say(Priority::notice, unit.name + ": Job " + unit.name + "/" + std::string(to_string(job.type)) +
                                  " failed with result 'dependency'.");
      }
      return;
    case JobType::stop:
    case JobType::restart:
      if (result == JobResult::done)
        say(Priority::info, (unit.is_target() ? "Stopped target " : "Stopped ") + title + ".");
      return;
    case JobType::reload:
      if (result == JobResult::done) say(Priority::info, "Reloaded " + title + ".");
      if (result == JobResult::failed) say(Priority::err, "Reload failed for " + title + ".");
      return;
    default:
      return;
  }
}

}  // namespace squall::guest::systemd
