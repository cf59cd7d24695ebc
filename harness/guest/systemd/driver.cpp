#include "harness/guest/systemd/driver.hpp"

#include <algorithm>

namespace squall::guest::systemd {

Driver::Driver(world::Scheduler& scheduler, world::Disk& disk, ManagerHost& host, journal::Journal& journal,
               base::Random random, ManagerOptions options)
    : scheduler_(scheduler),
      disk_(disk),
      host_(host),
      journal_(journal),
      options_(options),
      manager_(disk, host, std::move(random), std::move(options)) {}

Driver::~Driver() {
  if (timer_ != 0) scheduler_.cancel(timer_);
  if (sweep_timer_ != 0) scheduler_.cancel(sweep_timer_);
}

void Driver::feed(const Event& event) {
  if (down_) return;
  for (std::uint64_t job : std::exchange(finished_, {})) waiting_.erase(job);
  apply(manager_.step(event, scheduler_.now()));
  // Answers may bring effects with further answers.
  while (!events_.empty()) {
    const Event next = events_.front();
    events_.erase(events_.begin());
    apply(manager_.step(next, scheduler_.now()));
  }
  manager_.collect_garbage();
  arm();
}

void Driver::arm() {
  if (timer_ != 0) scheduler_.cancel(std::exchange(timer_, 0));
  const Time next = manager_.next_deadline();
  if (next == Time::max() || down_) return;
  timer_ = scheduler_.at(next, [this] {
    timer_ = 0;
    feed(Tick{});
  });
}

void Driver::apply(Effects effects) {
  for (Effect& effect : effects) apply_one(effect);
}

void Driver::apply_one(Effect& effect) {
  if (auto* line_effect = std::get_if<LogLine>(&effect)) {
    line_effect->entry.time = scheduler_.now();
    journal_.append(std::move(line_effect->entry));
  } else if (auto* spawn = std::get_if<Spawn>(&effect)) {
    start_process(*spawn);
  } else if (auto* kill_effect = std::get_if<Kill>(&effect)) {
    host_.kill(kill_effect->pid, kill_effect->signal);
  } else if (auto* directory = std::get_if<MakeDirectory>(&effect)) {
    host_.make_directory(*directory);
  } else if (auto* queued = std::get_if<JobQueued>(&effect)) {
    queued_ = {queued->job, queued->unit};
  } else if (auto* refused = std::get_if<JobRefused>(&effect)) {
    refused_ = std::move(*refused);
  } else if (auto* finished = std::get_if<JobFinished>(&effect)) {
    completion(finished->job).set(finished->result);
    finished_.push_back(finished->job);
  } else if (auto* unserved = std::get_if<NotServed>(&effect)) {
    host_.not_served(unserved->unit, unserved->settings);
  } else if (auto* stamp = std::get_if<SaveStamp>(&effect)) {
    disk_.make_directories("/var/lib/systemd/timers", 0755);
    disk_.write("/var/lib/systemd/timers/stamp-" + stamp->timer,
                std::to_string(base::unix_seconds(scheduler_.now())) + "\n", 0644);
  } else if (auto* ready = std::get_if<ShutDownReady>(&effect)) {
    shutdown_mode_ = ready->mode;
    if (sweep_timer_ == 0) sweep_timer_ = scheduler_.soon([this] { sweep(); });
  }
}

void Driver::start_process(const Spawn& spawn) {
  SpawnOutcome outcome;
  if (spawn.uid < 0)
    outcome = {host_.take_pid(), "USER", "No such process"};
  else if (spawn.gid < 0)
    outcome = {host_.take_pid(), "GROUP", "No such process"};
  else
    outcome = host_.spawn(spawn);
  if (outcome.failed_step.empty())
    streams_[spawn.id] = {spawn.unit,  spawn.identifier, spawn.invocation_id, {},
                          outcome.pid, spawn.uid,        spawn.level_prefix};
  events_.push_back(Spawned{spawn.id, outcome.pid, outcome.failed_step, outcome.error, outcome.failed_path});
}

// systemd-shutdown: SIGTERM to all that is left (children of KillMode=process units), SIGKILL 90 s later.
void Driver::sweep() {
  sweep_timer_ = 0;
  const auto left = host_.all();
  if (left.empty()) {
    down_ = true;
    arm();
    return host_.power(shutdown_mode_);
  }
  const Time now = scheduler_.now();
  if (sweep_kill_at_ == Time::max()) {
    sweep_kill_at_ = now + 90s;
    for (const ProcessInfo& process : left) host_.kill(process.pid, 15);
  } else if (now >= sweep_kill_at_) {
    for (const ProcessInfo& process : left) host_.kill(process.pid, 9);
  }
  sweep_timer_ = scheduler_.after(100ms, [this] { sweep(); });
}

world::Completion<JobResult>& Driver::completion(std::uint64_t job) {
  auto found = waiting_.find(job);
  if (found == waiting_.end()) found = waiting_.emplace(job, world::Completion<JobResult>(scheduler_)).first;
  return found->second;
}

void Driver::boot() { feed(Boot{}); }
void Driver::process_gone(const std::string& unit) { feed(ProcessGone{unit}); }
void Driver::notify(int pid, const std::string& unit, const std::string& text) {
  feed(Notified{pid, unit, text});
}
void Driver::daemon_reload() { feed(Reload{}); }
void Driver::kill(const KillRequest& request) { feed(request); }
void Driver::reset_failed(const std::string& unit) { feed(ResetFailed{unit}); }
void Driver::shut_down(ShutdownMode mode) { feed(ShutDown{mode}); }

void Driver::exited(int pid, const Exit& exit) { feed(Exited{pid, exit}); }

Driver::Answer Driver::request(const JobRequest& request) {
  queued_.reset();
  refused_.reset();
  feed(request);
  if (refused_ || !queued_) {
    const JobRefused fallback{Refusal::refused, "The service manager is shutting down."};
    return {refused_ ? refused_ : fallback, 0, request.unit, world::Completion<JobResult>(scheduler_)};
  }
  return {std::nullopt, queued_->first, queued_->second, completion(queued_->first)};
}

Unit& Driver::load(const std::string& name) {
  Unit& unit = manager_.load(name, scheduler_.now());
  apply(manager_.take_pending(scheduler_.now()));
  return unit;
}

void Driver::syslog(journal::Entry entry) {
  entry.time = scheduler_.now();
  journal_.append(std::move(entry));
}

void Driver::output(std::uint64_t spawn, std::string_view text) {
  auto found = streams_.find(spawn);
  if (found == streams_.end()) return;
  Stream& stream = found->second;
  // LineMax= of journald.conf(5).
  constexpr std::size_t line_max = 48 * 1024;
  stream.partial += text;
  for (std::size_t end;
       (end = stream.partial.find('\n')) != std::string::npos || stream.partial.size() > line_max;) {
    const bool whole = end != std::string::npos && end <= line_max;
    const std::size_t length = whole ? end : line_max;
    line(stream, stream.partial.substr(0, length));
    stream.partial.erase(0, length + (whole ? 1 : 0));
  }
}

void Driver::output_closed(std::uint64_t spawn) {
  auto found = streams_.find(spawn);
  if (found == streams_.end()) return;
  line(found->second, found->second.partial);
  streams_.erase(found);
}

// One line of a service's output. Empty ones are not logged; "<3>" at the start is a priority.
void Driver::line(const Stream& stream, std::string text) {
  journal::Entry entry;
  if (stream.level_prefix && text.size() >= 3 && text[0] == '<' && text[2] == '>' && text[1] >= '0' &&
      text[1] <= '7') {
    entry.priority = static_cast<journal::Priority>(text[1] - '0');
    text.erase(0, 3);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.pop_back();
  if (text.empty()) return;
  entry.time = scheduler_.now();
  entry.pid = stream.pid;
  entry.uid = stream.uid;
  entry.identifier = stream.identifier;
  entry.unit = stream.unit;
  entry.invocation_id = stream.invocation_id;
  entry.transport = "stdout";
  entry.message = std::move(text);
  journal_.append(std::move(entry));
}

}  // namespace squall::guest::systemd
