// One node's part of the exhaustive search. A node is a pure function of its state and an event, so each
// pair of the two is tried on the real Node once and remembered; the search over three nodes and a network
// (world_search.hpp) then moves small numbers only.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/raft/flat_table.hpp"
#include "tests/raft/inspect.hpp"
#include "tests/raft/invariants.hpp"

namespace squall::vault::raft::test {

struct SearchLimits {
  Term term_max = 3;        // the bootstrap's is 1: two elected terms
  Index entries_max = 3;    // a leader takes proposals and changes while its log is shorter
  bool crashes = true;      // at any time, between any two records of a write too
  bool one_change = false;  // of membership, of any kind that the configuration allows
  std::size_t voters = 3;   // at first; the others are outside, or
  bool others_are_nonvoters = false;
  bool rename = true;  // states that differ in the nodes' names alone are one
  Bug bug = Bug::none;
  std::size_t states_max = 0;  // 0: no bound
};

constexpr std::uint64_t answered = 78;  // the number of the call in a pipeline whose answer or failure comes
const Time search_time = Time(2h);      // always: time is left out

// Node `number` of a cluster within these bounds: what its disk holds at first, and the node on a disk.
DiskState first_disk(const SearchLimits& limits, std::size_t number);
Node started(const SearchLimits& limits, std::size_t number, const DiskState& disk, std::uint64_t seed = 1);
// Whether its role's timer may go off without leading into a term beyond the bounds.
bool may_expire(const SearchLimits& limits, const Node& node);
// A write, record by record, in the order in which they reach the disk.
std::vector<Write> records_of(const Write& write);

using StateId = std::uint32_t;
using MessageId = std::uint32_t;  // what it says * 8 + CallKind

constexpr std::size_t permutations = 6;
using Hashes = std::array<std::uint64_t, permutations>;

// Of a node and its disk, under every renaming; which calls of a pipeline are under way does not count.
Hashes hashes_at_rest(const Node& node, const DiskState& disk);

constexpr std::size_t terms_max = 3;  // elected ones
constexpr std::size_t log_max = 6;
using Log = std::array<std::uint8_t, log_max>;  // term and type of the entry at each place; 0: none

struct LocalState {
  Node node;
  DiskState disk;
  Hashes hashes;
  Log log, on_disk;
};

struct Content {
  std::size_t from, to;
  bool reply;
  Term term;           // of a request
  Index request_last;  // of an answer: the last entry that was asked about
  Body body;
  Hashes hashes;
};

// One way in which a node may take an event.
struct LocalStep {
  StateId to = 0;
  std::vector<MessageId> sent;
  std::vector<Entry> applied;
  std::array<std::array<std::uint8_t, 8>, search_nodes> kinds{};  // what its calls become, by peer
  bool leads = false;                                             // it just won an election
  bool commits_as_leader = false;  // what it applies, by the disks of `electorate`, a bit each
  std::uint8_t electorate = 0;
  bool changes = false;             // takes the one change of membership
  bool nothing = false;             // changes nothing here, and says at most an answer
  std::optional<Invariant> broken;  // one of a single node, that does not hold
};
using LocalSteps = std::vector<LocalStep>;

class LocalModel {
 public:
  explicit LocalModel(const SearchLimits& limits);

  StateId initial(std::size_t node);
  const LocalState& state(StateId id) const { return states_[id]; }
  const Content& content(MessageId id) const { return contents_[id >> 3]; }
  std::size_t state_count() const { return states_.size(); }
  std::size_t content_count() const { return contents_.size(); }

  MessageId renamed(MessageId message, std::size_t permutation);
  const LocalSteps& deliver(StateId at, MessageId message);
  const LocalSteps& own(StateId at);  // timers, crashes, proposals, the disk

  static const std::array<Names, permutations>& names();

 private:
  struct Run {
    Node node;
    DiskState disk;
    LocalStep step;
    std::vector<Message> messages;
    Index request_last = 0;
  };
  void try_event(StateId at, Node before, const Event& event, LocalSteps& out);
  bool carry_out(StateId at, Node before, Event event, std::size_t dies_after, Run& run, std::size_t& parts);
  void finish(StateId at, Run run, bool restarted, LocalSteps& out);
  void crash(StateId at, LocalSteps& out);
  void own_of_leader(StateId at, LocalSteps& out);
  void change_membership(StateId at, LocalSteps& out);
  void try_with_failed_calls(StateId at, const Event& event, LocalSteps& out);
  void send_all(Run& run);
  StateId intern(const Node& node, const DiskState& disk);
  std::uint32_t intern(const Message& message, Index request_last);
  MessageId intern(const Message& message, const Node& sender, Index request_last);
  std::vector<MessageId> heartbeats(StateId at);

  SearchLimits limits_;
  std::deque<LocalState> states_;
  std::deque<Content> contents_;
  std::map<std::string, StateId> state_ids_;
  std::map<std::string, std::uint32_t> content_ids_;
  std::vector<std::array<std::uint32_t, permutations>> renamed_;  // by content; 0: not yet
  std::deque<LocalSteps> remembered_;
  FlatMap delivered_;
  std::vector<std::uint32_t> own_;  // by state; 0: not yet
};

}  // namespace squall::vault::raft::test
