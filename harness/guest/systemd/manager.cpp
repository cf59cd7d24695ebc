#include "harness/guest/systemd/manager.hpp"

#include <algorithm>
#include <set>

#include "harness/guest/journal/timespan.hpp"
#include "harness/guest/systemd/unit_loader.hpp"

namespace squall::guest::systemd {

std::string_view to_string(JobType type) {
  static constexpr std::string_view names[]{
      "start", "stop", "reload", "restart", "try-restart", "reload-or-start", "try-reload", "verify-active"};
  return names[static_cast<std::size_t>(type)];
}

std::string_view to_string(JobResult result) {
  static constexpr std::string_view names[]{"done", "canceled", "failed", "dependency", "invalid", "assert"};
  return names[static_cast<std::size_t>(result)];
}

Manager::Manager(world::Disk& disk, const Processes& processes, base::Random random, ManagerOptions options)
    : disk_(disk),
      processes_(processes),
      random_(random),
      options_(std::move(options)),
      services_(*this),
      timers_(*this) {}

Effects Manager::step(const Event& event, Time now) {
  now_ = std::max(now_, now);
  ++turn_;
  struct Visitor {
    Manager& m;
    void operator()(const Boot&) { m.boot(); }
    void operator()(const JobRequest& request) {
      std::uint64_t job = 0;
      if (auto refusal = m.enqueue(request.unit, request.type, request.mode, job))
        m.emit(std::move(*refusal));
      else
        m.emit(JobQueued{job, m.load_unit_now(request.unit).name});
    }
    void operator()(const Spawned& answer) {
      auto found = m.spawns_.extract(answer.spawn);
      if (found.empty()) return;
      if (Unit* unit = m.find(found.mapped())) m.services_.spawned(*unit, answer);
    }
    void operator()(const Exited& exited) {
      for (auto& [name, unit] : m.units_)
        if (unit->is_service() && m.services_.exited(*unit, exited.pid, exited.exit)) return;
    }
    void operator()(const ProcessGone& gone) {
      if (Unit* unit = m.find(gone.unit)) m.services_.group_changed(*unit);
    }
    void operator()(const Notified& message) {
      if (Unit* unit = m.find(message.unit)) m.services_.notified(*unit, message);
    }
    void operator()(const Tick&) { m.tick(); }
    void operator()(const KillRequest& request) { m.kill(request); }
    void operator()(const ResetFailed& request) { m.reset_failed(request.unit); }
    void operator()(const Reload&) { m.reload_files(); }
    void operator()(const ShutDown& request) { m.shut_down(request.mode); }
  };
  std::visit(Visitor{*this}, event);
  run_jobs();
  check_boot_finished();
  return std::exchange(effects_, {});
}

Effects Manager::take_pending(Time now) {
  now_ = std::max(now_, now);
  return std::exchange(effects_, {});
}

Time Manager::next_deadline() const {
  Time next = Time::max();
  for (const auto& [name, unit] : units_)
    next = std::min(next, unit->is_timer() ? Timers::deadline(*unit) : Services::deadline(*unit));
  return next;
}

void Manager::tick() {
  // One unit's timeout may load or drop others: names first.
  std::vector<std::pair<Time, std::string>> due;
  for (const auto& [name, unit] : units_) {
    const Time deadline = unit->is_timer() ? Timers::deadline(*unit) : Services::deadline(*unit);
    if (deadline <= now_) due.emplace_back(deadline, name);
  }
  std::sort(due.begin(), due.end());
  for (const auto& [deadline, name] : due) {
    Unit* unit = find(name);
    if (unit == nullptr) continue;
    if (unit->is_timer())
      timers_.tick(*unit);
    else
      services_.tick(*unit);
  }
}

void Manager::boot() {
  boot_time_ = now_;
  std::uint64_t job = 0;
  if (auto refusal = enqueue("default.target", JobType::start, JobMode::replace, job))
    log_plain(journal::Priority::emerg, "Failed to load default target: " + refusal->text);
}

void Manager::check_boot_finished() {
  if (boot_finished_ || !jobs_.empty() || boot_time_ == Time{}) return;
  boot_finished_ = true;
  const Duration took = now_ - boot_time_;
  log_plain(journal::Priority::info, "Startup finished in " + journal::format_timespan(took, 1ms) + ".");
  emit(BootFinished{});
}

void Manager::log_plain(journal::Priority priority, const std::string& text) {
  journal::Entry entry;
  entry.priority = priority;
  entry.message = text;
  emit(LogLine{std::move(entry)});
}

void Manager::log(const Unit& unit, journal::Priority priority, const std::string& text) {
  journal::Entry entry;
  entry.priority = priority;
  entry.message = text;
  entry.about = unit.name;
  entry.invocation_id = unit.invocation_id;
  emit(LogLine{std::move(entry)});
}

std::uint64_t Manager::next_spawn(const Unit& unit, bool) {
  spawns_[++last_spawn_] = unit.name;
  return last_spawn_;
}

// --- units ---

Unit* Manager::find(const std::string& name) {
  auto alias = aliases_.find(name);
  auto found = units_.find(alias == aliases_.end() ? name : alias->second);
  return found == units_.end() ? nullptr : found->second.get();
}

const Unit* Manager::loaded(const std::string& name) const {
  auto alias = aliases_.find(name);
  auto found = units_.find(alias == aliases_.end() ? name : alias->second);
  return found == units_.end() ? nullptr : found->second.get();
}

std::vector<const Unit*> Manager::units() const {
  std::vector<const Unit*> all;
  for (const auto& [name, unit] : units_) all.push_back(unit.get());
  return all;
}

void Manager::read_config(Unit& unit) {
  SpecifierContext specifiers;
  specifiers.hostname = options_.hostname;
  specifiers.machine_id = options_.machine_id;
  specifiers.boot_id = options_.boot_id;
  LoadedUnit loaded = load_unit(disk_, unit.name, specifiers);
  // What ran keeps its record over a daemon-reload, command by command.
  for (std::size_t phase = 0; phase < exec_phases; ++phase) {
    auto& now = loaded.config.service.exec[phase];
    const auto& before = unit.config.service.exec[phase];
    for (std::size_t i = 0; i < now.size() && i < before.size(); ++i) {
      if (now[i].path != before[i].path || now[i].argv != before[i].argv) continue;
      now[i].started = before[i].started;
      now[i].ended = before[i].ended;
      now[i].pid = before[i].pid;
      now[i].exit = before[i].exit;
    }
  }
  for (const Message& message : loaded.messages) log(unit, message.priority, message.text);
  unit.config = std::move(loaded.config);
  for (const std::string& name : unit.config.names)
    if (name != unit.config.id) aliases_[name] = unit.config.id;
  if (!unit.config.unserved.empty() && !unserved_told_[unit.name]) {
    unserved_told_[unit.name] = true;
    emit(NotServed{unit.name, unit.config.unserved});
  }
}

Unit& Manager::load_unit_now(const std::string& name) {
  Unit* known = find(name);
  // A unit that could not be loaded is looked for again at each question; so systemd repeats its complaints.
  if (known != nullptr && (known->config.load_state == LoadState::loaded || !known->is_dead() ||
                           known->job != 0 || known->read_in_turn == turn_))
    return *known;
  if (known == nullptr) {
    auto unit = std::make_unique<Unit>();
    unit->name = name;
    known = unit.get();
    units_[name] = std::move(unit);
  }
  read_config(*known);
  known->read_in_turn = turn_;
  if (known->config.id != name && known->name == name) {
    // An alias: the unit goes by its own name.
    const std::string id = known->config.id;
    if (units_.contains(id)) {
      units_.erase(name);
      return *units_[id];
    }
    auto node = units_.extract(name);
    node.key() = id;
    node.mapped()->name = id;
    units_.insert(std::move(node));
  }
  const std::string id = known->name;
  if (known->config.load_state == LoadState::loaded) {
    std::vector<std::string> references;
    for (const auto& [kind, names] : known->config.dependencies)
      references.insert(references.end(), names.begin(), names.end());
    if (known->is_timer()) references.push_back(known->config.timer.unit);
    for (const std::string& reference : references)
      if (find(reference) == nullptr && !is_template(reference)) load_unit_now(reference);
  }
  return *find(id);
}

Unit& Manager::load(const std::string& name, Time now) {
  now_ = std::max(now_, now);
  ++turn_;
  return load_unit_now(name);
}

void Manager::reload_files() {
  log_plain(journal::Priority::info, "Reloading.");
  std::vector<std::string> names;
  for (const auto& [name, unit] : units_) names.push_back(name);
  aliases_.clear();
  for (const std::string& name : names) {
    Unit* unit = find(name);
    if (unit == nullptr) continue;
    if (unit->config.load_state != LoadState::loaded && unit->is_dead() && unit->job == 0) {
      units_.erase(name);
      continue;
    }
    read_config(*unit);
    // The start limit lives in memory that a reload does not carry over.
    unit->start_limit = {};
  }
  for (const std::string& name : names)
    if (Unit* unit = find(name); unit != nullptr && unit->config.load_state == LoadState::loaded)
      for (const auto& [kind, references] : Unit(*unit).config.dependencies)
        for (const std::string& reference : references)
          if (find(reference) == nullptr && !is_template(reference)) load_unit_now(reference);
  collect_garbage();
}

bool Manager::needs_reload(const Unit& unit) { return changed_on_disk(disk_, unit.config); }

std::vector<std::string> Manager::referrers(const std::string& name, Dependency kind) const {
  std::vector<std::string> result;
  for (const auto& [id, unit] : units_) {
    auto list = unit->config.dependencies.find(kind);
    if (list != unit->config.dependencies.end() &&
        std::find(list->second.begin(), list->second.end(), name) != list->second.end())
      result.push_back(id);
  }
  return result;
}

void Manager::collect_garbage() {
  std::set<std::string> kept;
  std::vector<std::string> queue;
  auto keep = [&](const std::string& name) {
    const Unit* unit = find(name);
    if (unit != nullptr && kept.insert(unit->name).second) queue.push_back(unit->name);
  };
  for (const auto& [name, unit] : units_) {
    const bool alive = unit->active() != ActiveState::inactive || unit->job != 0;
    if (alive || (unit->is_service() && !processes_.of_unit(name).empty())) keep(name);
  }
  while (!queue.empty()) {
    const Unit& unit = *units_.at(queue.back());
    queue.pop_back();
    for (const auto& [kind, names] : unit.config.dependencies)
      for (const std::string& name : names) keep(name);
    if (unit.is_timer()) keep(unit.config.timer.unit);
  }
  // A timer of a kept service is what triggers it; it goes by itself when it is not active.
  std::erase_if(units_, [&](const auto& entry) { return !kept.contains(entry.first); });
  std::erase_if(aliases_, [&](const auto& entry) { return !kept.contains(entry.second); });
}

std::vector<Job> Manager::jobs() const {
  std::vector<Job> all;
  for (const auto& [id, job] : jobs_) all.push_back(job);
  return all;
}

SystemState Manager::system_state() const {
  if (shutdown_) return SystemState::stopping;
  if (!boot_finished_) return SystemState::starting;
  for (const auto& [name, unit] : units_)
    if (unit->active() == ActiveState::failed) return SystemState::degraded;
  return SystemState::running;
}

void Manager::kill(const KillRequest& request) {
  if (Unit* unit = find(request.unit); unit != nullptr && unit->is_service())
    services_.kill(*unit, request.who, request.signal);
}

void Manager::reset_failed(const std::string& name) {
  for (auto& [id, unit] : units_) {
    if (!name.empty() && unit.get() != find(name)) continue;
    if (unit->is_service())
      services_.reset_failed(*unit);
    else if (unit->state == SubState::failed)
      set_state(*unit, SubState::dead);
  }
}

void Manager::shut_down(ShutdownMode mode) {
  if (shutdown_) return;
  shutdown_ = mode;
  const bool reboot = mode == ShutdownMode::reboot;
  for (const char* text : {reboot ? "The system will reboot now!" : "The system will power off now!",
                           reboot ? "System is rebooting." : "System is powering down."}) {
    journal::Entry entry;
    entry.identifier = "systemd-logind";
    entry.pid = 300;
    entry.unit = "systemd-logind.service";
    entry.message = text;
    emit(LogLine{std::move(entry)});
  }
  std::uint64_t job = 0;
  const std::string goal = reboot                       ? "reboot.target"
                           : mode == ShutdownMode::halt ? "halt.target"
                                                        : "poweroff.target";
  enqueue(goal, JobType::start, JobMode::irreversible, job);
}

// --- states ---

void Manager::set_state(Unit& unit, SubState state) {
  const ActiveState before = unit.active();
  const SubState old_state = unit.state;
  unit.state = state;
  const ActiveState after = unit.active();
  auto down = [](ActiveState s) { return s == ActiveState::inactive || s == ActiveState::failed; };
  auto up = [](ActiveState s) { return s == ActiveState::active || s == ActiveState::reloading; };
  if (old_state != state) unit.state_change = now_;
  // What was said in this same instant of the run that ended does not belong to the wait for the next one.
  if (down(before) && !down(after)) unit.inactive_exit = now_ + (state == SubState::auto_restart ? 1ns : 0ns);
  if (!down(before) && down(after)) unit.inactive_enter = now_;
  if (!up(before) && up(after)) unit.active_enter = now_;
  if (up(before) && !up(after)) unit.active_exit = now_;
  if (Job* job = job_of(unit)) job->blocked = false;
  bool unexpected = false;
  job_state_changed(unit, unexpected);
  if (unit.state != state) return;  // the job's end led on
  if (down(after) && !down(before)) stop_bound_units(unit);
  if (after == ActiveState::failed && before != ActiveState::failed && !unit.run.will_auto_restart)
    trigger(unit, Dependency::on_failure);
  if (after == ActiveState::inactive && up(before) && !unit.run.will_auto_restart)
    trigger(unit, Dependency::on_success);
  for (auto& [name, other] : units_)
    if (other->is_timer() && other->config.timer.unit == unit.name) timers_.triggered_changed(*other, unit);
  if (after == ActiveState::active && shutdown_ && unit.is_target() &&
      (unit.name == "reboot.target" || unit.name == "poweroff.target" || unit.name == "halt.target")) {
    log_plain(journal::Priority::info, "Shutting down.");
    emit(ShutDownReady{*shutdown_});
  }
}

void Manager::trigger(const Unit& unit, Dependency kind) {
  auto list = unit.config.dependencies.find(kind);
  if (list == unit.config.dependencies.end() || list->second.empty() || shutdown_) return;
  log(unit, journal::Priority::info,
      unit.name + ": Triggering " + (kind == Dependency::on_failure ? "OnFailure=" : "OnSuccess=") +
          " dependencies.");
  for (const std::string& name : std::vector<std::string>(list->second)) {
    Unit& other = load_unit_now(name);
    other.trigger_environment_unit = unit.name;
    queue_job(name, JobType::start);
  }
}

// BindsTo=: a unit goes down with the one it is bound to, however that ended.
void Manager::stop_bound_units(const Unit& unit) {
  for (const std::string& name : referrers(unit.name, Dependency::binds_to))
    if (Unit* other = find(name); other != nullptr && !other->is_dead() && other->job == 0)
      queue_job(name, JobType::stop);
}

}  // namespace squall::guest::systemd
