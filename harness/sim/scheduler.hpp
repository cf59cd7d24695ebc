// Virtual time: one queue of events ordered by (time, sequence). Time jumps from event to event, and stands
// still while one runs. Every event dispatched, and every fact that a part of the world traces, is folded
// into one hash: two runs of one seed give the same hash, or the run is not deterministic.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <unordered_map>

#include "emulator/world/scheduler.hpp"

namespace squall::sim {

class SimScheduler final : public world::Scheduler {
 public:
  explicit SimScheduler(Time start) : now_(start), start_(start) {}

  Time now() const override { return now_; }
  world::TimerId at(Time when, std::function<void()> callback) override;
  void cancel(world::TimerId timer) override;

  // Runs the next event; false when there is none at or before `limit`.
  bool step(Time limit = Time::max());
  // Runs events until `done` answers true (asked after each) or the limit is reached; answers done's last
  // answer.
  bool run_until(const std::function<bool()>& done, Time limit);

  // As the world ends: runs what is due at this instant, so that the frames of what was killed go
  // (world::Job). The hash stays.
  void end();

  // Folds a fact into the event hash and shows it to the observer: "net", "guest", "aws", "log"...
  void trace(std::string_view kind, std::string_view text);
  using Observer = std::function<void(Time, std::string_view kind, std::string_view text)>;
  void observe(Observer observer) { observer_ = std::move(observer); }

  std::uint64_t event_hash() const { return hash_; }
  std::uint64_t events() const { return events_; }
  Duration elapsed() const { return now_ - start_; }

 private:
  using Key = std::pair<Time, std::uint64_t>;
  Time now_;
  Time start_;
  std::uint64_t next_id_ = 1;
  std::map<Key, std::function<void()>> queue_;
  std::unordered_map<world::TimerId, Time> times_;  // looked up by id only, never walked
  Observer observer_;
  std::uint64_t hash_ = 0x5155414c4c;
  std::uint64_t events_ = 0;
};

}  // namespace squall::sim
