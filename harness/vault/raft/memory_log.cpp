#include "harness/vault/raft/memory_log.hpp"

#include <cassert>

namespace squall::vault::raft {

void MemoryLog::assign(std::vector<Entry> entries) {
  entries_ = std::move(entries);
  begin_ = 0;
}

void MemoryLog::append(const Entry& entry) {
  assert(empty() || entry.index == last_index() + 1);
  entries_.push_back(entry);
}

void MemoryLog::truncate_from(Index index) {
  while (!empty() && last_index() >= index) entries_.pop_back();
  if (empty()) clear();
}

void MemoryLog::compact_to(Index index) {
  while (!empty() && first_index() <= index) entries_[begin_++] = Entry{};
  if (empty()) return clear();
  if (begin_ * 2 < entries_.size()) return;
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(begin_));
  begin_ = 0;
}

void MemoryLog::clear() {
  entries_.clear();
  begin_ = 0;
}

const Entry* MemoryLog::find(Index index) const {
  if (empty() || index < first_index() || index > last_index()) return nullptr;
  return &entries_[begin_ + (index - first_index())];
}

}  // namespace squall::vault::raft
