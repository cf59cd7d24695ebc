// A node's log in memory: consecutive entries above a base. It holds what the disk has acknowledged, never
// more, so whatever a node says about its log is durable.
#pragma once
#include <vector>

#include "harness/vault/raft/types.hpp"

namespace squall::vault::raft {

class MemoryLog {
 public:
  // Entries must be consecutive; an empty log begins at any index.
  void assign(std::vector<Entry> entries);
  void append(const Entry& entry);
  void truncate_from(Index index);  // that entry and all after it
  void compact_to(Index index);     // that entry and all before it
  void clear();

  bool empty() const { return begin_ == entries_.size(); }
  std::size_t size() const { return entries_.size() - begin_; }
  Index first_index() const { return empty() ? 0 : entries_[begin_].index; }
  Index last_index() const { return empty() ? 0 : entries_.back().index; }
  Term last_term() const { return empty() ? 0 : entries_.back().term; }
  const Entry* find(Index index) const;  // null: not in the log

 private:
  std::vector<Entry> entries_;
  std::size_t begin_ =
      0;  // the first that is not compacted away; moved up seldom, so that compaction is cheap
};

}  // namespace squall::vault::raft
