#include "harness/guest/systemd/timers.hpp"

#include <algorithm>

namespace squall::guest::systemd {
namespace {

// The stamp is a file whose text is the last trigger in seconds since 1970; systemd uses its time of change,
// which a world::Disk does not have.
std::optional<Time> read_stamp(world::Disk& disk, const std::string& path) {
  auto content = disk.read(path);
  if (!content) return std::nullopt;
  const std::string digits = trim(*content);
  if (digits.empty() || digits.size() > 10 || digits.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  return Time{std::chrono::seconds{std::stoll(digits)}};
}

}  // namespace

std::string Timers::stamp_path(const Unit& timer) { return "/var/lib/systemd/timers/stamp-" + timer.name; }

Time Timers::deadline(const Unit& timer) {
  if (timer.state != SubState::waiting) return Time::max();
  return std::min(timer.timer.next_monotonic, timer.timer.next_calendar);
}

// AccuracySec= lets a timer fire late, at an offset that is fixed per machine; RandomizedDelaySec= draws
// anew.
Time Timers::late(Unit& timer, Time due) const {
  const TimerConfig& config = timer.config.timer;
  Duration delay{0};
  if (config.randomized_delay > Duration{0})
    delay += Duration{host_.random().between(0, config.randomized_delay.count())};
  if (config.accuracy > Duration{0}) {
    const auto offset = base::hash64(host_.options().machine_id + timer.name);
    delay +=
        Duration{static_cast<std::int64_t>(offset % static_cast<std::uint64_t>(config.accuracy.count()))};
  }
  return due + delay;
}

void Timers::start(Unit& timer) {
  timer.timer.activated = host_.now();
  if (timer.config.timer.persistent) {
    if (auto stamp = read_stamp(host_.disk(), stamp_path(timer)))
      timer.timer.last_trigger = *stamp;
    else
      host_.emit(SaveStamp{timer.name});
  }
  timer.run.result = Result::success;
  schedule(timer);
}

void Timers::stop(Unit& timer) {
  timer.timer.next_monotonic = timer.timer.next_calendar = Time::max();
  host_.log(timer, journal::Priority::info, timer.name + ": Deactivated successfully.");
  host_.set_state(timer, SubState::dead);
}

void Timers::schedule(Unit& timer) {
  TimerRun& run = timer.timer;
  const Unit* target = host_.find(timer.config.timer.unit);
  Time monotonic = Time::max(), calendar = Time::max();
  const Time now = host_.now();
  for (const TimerValue& value : timer.config.timer.values) {
    if (value.base == TimerBase::calendar) {
      // A persistent timer counts from its last trigger: what was missed is due at once.
      const Time after = timer.config.timer.persistent && run.last_trigger != Time{} ? run.last_trigger : now;
      if (auto next = value.calendar->next(after)) calendar = std::min(calendar, std::max(*next, now));
      continue;
    }
    Time base{};
    switch (value.base) {
      case TimerBase::active:
        base = run.activated;
        break;
      case TimerBase::boot:
      case TimerBase::startup:
        base = host_.boot_time();
        break;
      case TimerBase::unit_active:
        base = std::max(target != nullptr ? target->inactive_exit : Time{}, run.last_trigger);
        break;
      case TimerBase::unit_inactive:
        base = target != nullptr ? target->inactive_enter : Time{};
        break;
      case TimerBase::calendar:
        break;
    }
    if (base == Time{}) continue;  // not yet: the unit never ran
    const Time due = base + value.span;
    // One that is past does not come again, unless it counts from the unit; OnBootSec= of long ago fires at
    // once.
    const bool repeats = value.base == TimerBase::unit_active || value.base == TimerBase::unit_inactive;
    if (due <= now && !repeats && run.last_trigger >= run.activated && run.last_trigger != Time{}) continue;
    monotonic = std::min(monotonic, std::max(due, now));
  }
  run.due_monotonic = monotonic;
  run.next_monotonic = monotonic == Time::max() || monotonic == now ? monotonic : late(timer, monotonic);
  run.next_calendar = calendar == Time::max() || calendar == now ? calendar : late(timer, calendar);
  const bool any = run.next_monotonic != Time::max() || run.next_calendar != Time::max();
  const bool waits_for_unit = std::any_of(
      timer.config.timer.values.begin(), timer.config.timer.values.end(), [](const TimerValue& v) {
        return v.base == TimerBase::unit_active || v.base == TimerBase::unit_inactive;
      });
  if (!any && !waits_for_unit && !timer.config.timer.remain_after_elapse) return stop(timer);
  host_.set_state(timer, any ? SubState::waiting : waits_for_unit ? SubState::running : SubState::elapsed);
}

void Timers::fire(Unit& timer) {
  TimerRun& run = timer.timer;
  run.next_monotonic = run.next_calendar = Time::max();
  run.last_trigger = host_.now();
  if (timer.config.timer.persistent) host_.emit(SaveStamp{timer.name});
  host_.set_state(timer, SubState::running);
  if (!host_.queue_job(timer.config.timer.unit, JobType::start)) {
    host_.log(timer, journal::Priority::warning, timer.name + ": Failed to queue unit startup job.");
    timer.run.result = Result::resources;
    host_.set_state(timer, SubState::failed);
  }
}

void Timers::tick(Unit& timer) {
  if (deadline(timer) <= host_.now()) fire(timer);
}

void Timers::triggered_changed(Unit& timer, const Unit& target) {
  if (timer.state != SubState::running && timer.state != SubState::waiting &&
      timer.state != SubState::elapsed)
    return;
  // While the unit runs it is not started again; when it is done, the next time is reckoned.
  if (target.is_dead()) schedule(timer);
}

}  // namespace squall::guest::systemd
