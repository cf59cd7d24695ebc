// Exhaustive search: every state that three nodes can be in together, within the bounds of SearchLimits, up
// to renaming of the nodes, each once. What may happen at any moment: any timer goes off, any message
// arrives, the disk finishes a leader's write, a leader takes a proposal or a change of membership, a call is
// given up as lost, any node dies (between any two records of a write, too) and comes back with what its disk
// has.
//
// The network is the set of all that was sent: a message may arrive at any time, in any order, any number of
// times, or never, so that delay, loss, repetition and reordering need no budget. A state is what the nodes
// hold, on disk and in memory, and what was: who voted for whom, who led, what was committed. Two ways to one
// state may have sent different messages; the state is then searched with all of them under way, and again
// when a new way to it brings more. That can only add behaviours: what holds here holds in every real run.
//
// Time is left out: timers go off in any order, which is more than time allows. So are leases and reads (they
// are about time), snapshots, leadership transfer, pre-votes and a disk that refuses.
#pragma once
#include <deque>
#include <string>
#include <vector>

#include "tests/raft/world_history.hpp"

namespace squall::vault::raft::test {

struct Found {
  std::uint64_t states = 0;                    // up to renaming
  std::uint64_t without_renaming = 0;          // how many they stand for
  std::uint64_t steps = 0;                     // tried, from one state to another
  std::size_t local_states = 0, contents = 0;  // of one node; of a message
  std::string violation;
  bool complete = false;  // nothing is left to try
};

class WorldSearch {
 public:
  explicit WorldSearch(const SearchLimits& limits);
  // `progress` is told now and then how far it is, and how many states are to be tried yet.
  Found run(void (*progress)(const Found&, std::size_t open) = nullptr);
  // After a complete run: whether the nodes were ever in these states together.
  bool has_seen(const std::vector<Node>& nodes, const std::vector<DiskState>& disks);

 private:
  struct World {
    std::array<StateId, search_nodes> nodes{};
    History history;
    std::uint8_t permutation = 0;     // that gives it its least hash
    bool open = false;                // to be tried, or tried again
    std::vector<MessageId> messages;  // in order
  };

  void expand(const World& world);
  void follow(const World& world, std::size_t node, const LocalStep& step, std::uint8_t request_kind);
  void carry_messages(const World& world, std::size_t node, const LocalStep& step, std::uint8_t request_kind);
  bool does_nothing_any_more(MessageId message);
  void note(std::size_t node, const LocalStep& step, StateId before);
  void check_commit(std::size_t node, const LocalStep& step);
  void check_logs(std::size_t node);
  void violated(std::optional<Invariant> broken);
  void reach();
  void open(World& world, std::uint32_t place);
  World* next_open();
  std::size_t rank(const World& world) const;
  std::uint64_t least_hash(World& world, std::uint64_t& orbit);
  static std::uint64_t least_hash_together(const std::array<Hashes, search_nodes>& nodes);
  bool join(World& known);

  SearchLimits limits_;
  LocalModel model_;
  Found found_;
  std::deque<World> worlds_;
  FlatMap known_;  // from hash to place in worlds_
  // States to be tried, those first from which others follow: the more often a state's messages are complete
  // before it is tried, the less often it is tried again. By rank(); places in worlds_.
  std::vector<std::deque<std::uint32_t>> open_;
  std::size_t open_count_ = 0;
  World next_;  // the one being made
  std::vector<MessageId> scratch_;
  History hashed_{.changed = true};  // whose hashes history_hashes_ has; none at first
  Hashes history_hashes_{};
  FlatSet together_;  // hashes of the nodes' states without what was, for has_seen
};

}  // namespace squall::vault::raft::test
