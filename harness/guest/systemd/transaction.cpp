// From one request to a consistent set of jobs (systemd's transaction.c): what it requires, what it conflicts
// with, and what is already queued.
#include <algorithm>

#include "harness/guest/systemd/manager.hpp"

namespace squall::guest::systemd {
namespace {

bool is_stop(JobType type) { return type == JobType::stop; }

// Two jobs for one unit become one, or contradict each other (job_type_lookup_merge()).
std::optional<JobType> merge(JobType a, JobType b) {
  if (a == b) return a;
  if (is_stop(a) || is_stop(b)) return std::nullopt;
  if (a == JobType::verify_active) return b;
  if (b == JobType::verify_active) return a;
  if (a == JobType::restart || b == JobType::restart) return JobType::restart;
  return JobType::start;
}

Refusal refusal_of(LoadState state) {
  switch (state) {
    case LoadState::masked:
      return Refusal::masked;
    case LoadState::bad_setting:
      return Refusal::bad_setting;
    case LoadState::unsupported:
      return Refusal::unsupported;
    default:
      return Refusal::not_found;
  }
}

}  // namespace

bool Manager::redundant(const Unit& unit, JobType type) const {
  switch (type) {
    case JobType::start:
      return unit.is_up();
    case JobType::stop:
      return unit.is_dead();
    case JobType::verify_active:
      return unit.is_up();
    default:
      return false;
  }
}

// Units that must go down (or through a restart) with this one.
std::vector<std::string> Manager::required_by(const std::string& name, bool parts) const {
  std::vector<std::string> names;
  auto add = [&](Dependency kind) {
    for (const std::string& other : referrers(name, kind))
      if (std::find(names.begin(), names.end(), other) == names.end()) names.push_back(other);
  };
  add(Dependency::requires_);
  add(Dependency::requisite);
  add(Dependency::binds_to);
  if (parts) add(Dependency::part_of);
  return names;
}

bool Manager::plan(Transaction& transaction, const std::string& requested, JobType type, bool wanted_only,
                   bool dependencies) {
  Unit& unit = load_unit_now(requested);
  const std::string name = unit.name;
  const bool must_load = !is_stop(type);
  if (must_load && unit.config.load_state != LoadState::loaded) {
    transaction.refusal = {refusal_of(unit.config.load_state), unit.config.load_error};
    return false;
  }
  // The collapsing types settle on what the unit's state makes of them.
  if (type == JobType::try_restart) {
    if (unit.is_dead()) return true;
    type = JobType::restart;
  }
  if (type == JobType::try_reload) {
    if (unit.is_dead()) return true;
    type = JobType::reload;
  }
  if (type == JobType::reload_or_start) type = unit.is_dead() ? JobType::start : JobType::reload;
  auto existing = transaction.jobs.find(name);
  if (existing != transaction.jobs.end()) {
    auto merged = merge(existing->second.type, type);
    if (!merged) {
      if (wanted_only) return true;
      if (!existing->second.wanted_only) {
        transaction.refusal = {Refusal::destructive, "Transaction contains conflicting jobs '" +
                                                         std::string(to_string(existing->second.type)) +
                                                         "' and '" + std::string(to_string(type)) + "' for " +
                                                         name + "."};
        return false;
      }
      merged = type;
    }
    const bool same = *merged == existing->second.type;
    existing->second = {*merged, existing->second.wanted_only && wanted_only};
    if (same) return true;
  } else {
    transaction.jobs[name] = {type, wanted_only};
    transaction.order.push_back(name);
  }
  if (!dependencies) return true;
  auto list = [&](Dependency kind) {
    auto found = unit.config.dependencies.find(kind);
    return found == unit.config.dependencies.end() ? std::vector<std::string>{} : found->second;
  };
  if (type == JobType::start || type == JobType::restart) {
    for (Dependency kind : {Dependency::requires_, Dependency::binds_to})
      for (const std::string& other : list(kind))
        if (!plan(transaction, other, JobType::start, wanted_only, true)) return false;
    for (const std::string& other : list(Dependency::wants)) {
      Transaction attempt = transaction;
      if (plan(attempt, other, JobType::start, true, true)) transaction = std::move(attempt);
    }
    for (const std::string& other : list(Dependency::requisite))
      if (!plan(transaction, other, JobType::verify_active, wanted_only, true)) return false;
    std::vector<std::string> enemies = list(Dependency::conflicts);
    for (const std::string& other : referrers(name, Dependency::conflicts)) enemies.push_back(other);
    for (const std::string& other : enemies) {
      const Unit* enemy = find(other);
      if (enemy == nullptr || (enemy->is_dead() && enemy->job == 0)) continue;
      if (!plan(transaction, other, JobType::stop, wanted_only, true)) return false;
    }
  }
  if (is_stop(type) || type == JobType::restart)
    for (const std::string& other : required_by(name, true)) {
      Unit* dependent = find(other);
      if (dependent == nullptr || (dependent->is_dead() && dependent->job == 0)) continue;
      if (!plan(transaction, other, is_stop(type) ? JobType::stop : JobType::try_restart, wanted_only, true))
        return false;
    }
  return true;
}

std::optional<JobRefused> Manager::enqueue(const std::string& name, JobType type, JobMode mode,
                                           std::uint64_t& job_id) {
  if (is_template(name))
    return JobRefused{Refusal::missing_instance, "Unit name " + name + " is missing the instance name."};
  Unit& unit = load_unit_now(name);
  const bool never_loaded = unit.config.load_state == LoadState::not_found && unit.is_dead();
  if (is_stop(type) && never_loaded) return JobRefused{Refusal::not_loaded, "Unit " + name + " not loaded."};
  if (type == JobType::reload && unit.config.load_state == LoadState::loaded &&
      unit.config.service.exec[static_cast<std::size_t>(ExecPhase::reload)].empty())
    return JobRefused{Refusal::not_applicable,
                      "Job type reload is not applicable for unit " + unit.name + "."};
  if (mode == JobMode::isolate && !unit.config.allow_isolate)
    return JobRefused{Refusal::refused, "Operation refused, unit may not be isolated."};
  const bool by_user = mode != JobMode::irreversible;
  if (by_user && ((!is_stop(type) && unit.config.refuse_manual_start) ||
                  (is_stop(type) && unit.config.refuse_manual_stop)))
    return JobRefused{Refusal::refused,
                      "Operation refused, unit " + unit.name +
                          " may be requested by dependency only (it is configured to refuse manual "
                          "start/stop)."};
  Transaction transaction;
  if (!plan(transaction, unit.name, type, false, mode != JobMode::ignore_dependencies))
    return transaction.refusal;
  if (mode == JobMode::isolate)
    for (const Unit* other : units())
      if (!other->is_dead() && !transaction.jobs.contains(other->name)) {
        transaction.jobs[other->name] = {JobType::stop, true};
        transaction.order.push_back(other->name);
      }
  const std::string anchor = unit.name;
  for (const std::string& member : transaction.order) {
    const Job* job = job_of(*find(member));
    if (job == nullptr || !job->irreversible || mode == JobMode::irreversible) continue;
    if (merge(job->type, transaction.jobs.at(member).type)) continue;
    return JobRefused{Refusal::destructive, "Transaction for " + anchor + "/" + std::string(to_string(type)) +
                                                " is destructive (" + member + " has '" +
                                                std::string(to_string(job->type)) + "' job queued, but '" +
                                                std::string(to_string(transaction.jobs.at(member).type)) +
                                                "' is included in transaction)."};
  }
  for (const std::string& member : transaction.order) {
    const Planned& planned = transaction.jobs.at(member);
    const Unit& target = *find(member);
    if (member != anchor && target.job == 0 && redundant(target, planned.type)) continue;
    std::uint64_t id = 0;
    install(member, planned.type, mode, &id);
    if (member == anchor) job_id = id;
  }
  if (job_id == 0) {
    // Nothing to do (try-restart of a dead unit): a job that is done as soon as it is there.
    job_id = ++last_job_;
    emit(JobFinished{job_id, anchor, type, JobResult::done});
  }
  return std::nullopt;
}

bool Manager::install(const std::string& name, JobType type, JobMode mode, std::uint64_t* id) {
  Unit& unit = *find(name);
  if (Job* job = job_of(unit)) {
    auto merged = merge(job->type, type);
    if (merged) {
      if (job->type != *merged) {
        job->type = *merged;
        job->running = false;
        job->blocked = false;
      }
      *id = job->id;
      return true;
    }
    finish_job(job->id, JobResult::canceled);
  }
  Job job;
  job.id = ++last_job_;
  job.unit = name;
  job.type = type;
  job.irreversible = mode == JobMode::irreversible;
  job.ignore_order = mode == JobMode::ignore_dependencies;
  unit.job = job.id;
  *id = job.id;
  jobs_[job.id] = std::move(job);
  return true;
}

bool Manager::queue_job(const std::string& unit, JobType type) {
  std::uint64_t id = 0;
  return !enqueue(unit, type, JobMode::replace, id);
}

bool Manager::has_job(const Unit& unit, JobType type) const {
  auto found = jobs_.find(unit.job);
  return found != jobs_.end() && found->second.type == type;
}

Job* Manager::job_of(const Unit& unit) {
  auto found = jobs_.find(unit.job);
  return unit.job == 0 || found == jobs_.end() ? nullptr : &found->second;
}

}  // namespace squall::guest::systemd
