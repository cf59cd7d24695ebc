#include "harness/guest/journal/journal.hpp"

#include <algorithm>

namespace squall::guest::journal {

void Journal::begin_boot(std::string boot_id, Time now, bool persistent) {
  if (!persistent) {
    boots_.clear();
    entries_.clear();
  }
  persistent_ = persistent;
  boots_.push_back({std::move(boot_id), now});
}

void Journal::append(Entry entry) {
  if (boots_.empty()) return;  // nobody listens before the first boot
  entry.boot = static_cast<int>(boots_.size()) - 1;
  entries_.push_back(std::move(entry));
  if (observer_) observer_(entries_.back());
}

void Journal::lose_power(Time now) {
  if (boots_.empty()) return;
  const Duration sync_interval = 5min;
  Time synced = boots_.back().begin + ((now - boots_.back().begin) / sync_interval) * sync_interval;
  const int current = static_cast<int>(boots_.size()) - 1;
  for (const Entry& entry : entries_)
    if (entry.boot == current && entry.priority <= Priority::crit) synced = std::max(synced, entry.time);
  std::erase_if(entries_,
                [&](const Entry& e) { return e.boot == current && (!persistent_ || e.time > synced); });
}

bool concerns(const Entry& entry, std::string_view unit) {
  return entry.unit == unit || (entry.about == unit && entry.unit == "init.scope");
}

}  // namespace squall::guest::journal
