#include "harness/sim/scheduler.hpp"

#include "emulator/base/random.hpp"

namespace squall::sim {
namespace {

std::uint64_t fold(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdULL;
}

}  // namespace

world::TimerId SimScheduler::at(Time when, std::function<void()> callback) {
  world::TimerId id = next_id_++;
  Time due = std::max(when, now_);
  queue_.emplace(Key{due, id}, std::move(callback));
  times_.emplace(id, due);
  return id;
}

void SimScheduler::cancel(world::TimerId timer) {
  auto found = times_.find(timer);
  if (found == times_.end()) return;
  queue_.erase({found->second, timer});
  times_.erase(found);
}

bool SimScheduler::step(Time limit) {
  if (queue_.empty() || queue_.begin()->first.first > limit) return false;
  auto node = queue_.extract(queue_.begin());
  auto [when, id] = node.key();
  times_.erase(id);
  now_ = when;
  ++events_;
  hash_ = fold(hash_, static_cast<std::uint64_t>((when - start_).count()));
  node.mapped()();
  return true;
}

void SimScheduler::end() {
  while (!queue_.empty() && queue_.begin()->first.first <= now_) {
    auto node = queue_.extract(queue_.begin());
    times_.erase(node.key().second);
    node.mapped()();
  }
}

bool SimScheduler::run_until(const std::function<bool()>& done, Time limit) {
  while (!done()) {
    if (!step(limit)) {
      if (now_ < limit && limit != Time::max()) now_ = limit;  // nothing left to happen until then
      return done();
    }
  }
  return true;
}

void SimScheduler::trace(std::string_view kind, std::string_view text) {
  hash_ = fold(hash_, static_cast<std::uint64_t>((now_ - start_).count()));
  hash_ = fold(fold(hash_, base::hash64(kind)), base::hash64(text));
  if (observer_) observer_(now_, kind, text);
}

}  // namespace squall::sim
