// What must hold after every event, whatever happened before (Ongaro's dissertation, figure 3.2, and the
// promises that rest on disks, leases and configurations). The oracle sees what nodes write, send and apply,
// and keeps a history of its own; it throws Violation with the name of the first invariant that broke.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/vault/raft/log_store.hpp"
#include "harness/vault/raft/node.hpp"
#include "tests/raft/invariants.hpp"
#include "tests/raft/tally.hpp"

namespace squall::vault::raft::test {

class Oracle {
 public:
  Oracle(std::size_t servers, Tally& tally) : servers_(servers), tally_(&tally) {}

  // The disk as the oracle knows it: what was synced, by server.
  struct View {
    DiskState disk;
    Index cutting_from = 0;                              // of the write under way
    bool told_to_campaign = false;                       // TimeoutNow came
    std::map<Term, std::vector<std::string>> pre_votes;  // granted to this server, by term
    Index applied = 0;
    Index commit = 0;
    std::uint64_t digest = 0;                                             // of the state machine
    std::vector<std::pair<std::uint64_t, std::pair<Index, Term>>> asked;  // append calls: last entry of each
  };
  const View& view(std::size_t server) const { return servers_[server]; }

  void died(std::size_t server);
  void recovered(std::size_t server, const DiskState& disk);
  void received(std::size_t server, const Message& message);
  void wrote(std::size_t server, const Node& node, const Write& write);  // asked for, not yet on the disk
  void synced(std::size_t server, const Write& write);
  void sent(std::size_t server, const Node& node, const Message& message);
  void restored(std::size_t server, const Snapshot& snapshot);
  // A leader was told to take on a state from outside, while it and all others agree: that state is then the
  // one that everybody must come to have, behind whatever was committed before.
  void will_restore(std::uint64_t digest) { from_outside_ = digest; }
  void applied(std::size_t server, const Node& node, const Entry& entry);
  void became_leader(std::size_t server, const Node& node, const std::vector<const Node*>& nodes, Time now);
  void after_step(std::size_t server, const Node& node, const std::vector<const Node*>& nodes, Time now);
  // A read is served from this node's state machine; all writes up to `must_see` were acknowledged before.
  void read_served(std::size_t server, Index must_see) const;
  void acknowledged(Index index);

  // Whether the newest committed configuration, or one that may yet be committed, gives this server a vote.
  bool may_vote(std::size_t server) const;
  Index last_acknowledged() const { return last_acknowledged_; }
  Index last_committed() const { return committed_.size(); }
  std::uint64_t digest() const { return digests_.empty() ? 0 : digests_.back(); }

  static std::size_t index_of(const std::string& id) { return static_cast<std::size_t>(id[1] - '0'); }

 private:
  struct Known {
    Term previous_term;
    Entry entry;
  };
  void check_written_entries(const DiskState& before, const Write& write);
  void check_commit(std::size_t server, const Node& node);
  bool holds(const View& view, Index index, Term term) const;
  Term term_before(const DiskState& disk, Index index) const;
  void check_consecutive(const Configuration& before, const Configuration& after) const;

  std::vector<View> servers_;
  Tally* tally_;
  std::map<Term, std::size_t> leaders_;
  std::map<Term, std::map<std::size_t, std::string>> votes_;  // by term and voter: for whom
  std::map<std::pair<Index, Term>, Known> known_;             // every entry that was ever written
  std::vector<Entry> committed_;                              // index i at i - 1
  std::vector<Term> committed_in_;                            // the term of the leader that committed it
  std::vector<std::uint64_t> digests_;
  std::vector<ConfigurationPtr> configurations_;  // the committed one as of each index
  Index last_acknowledged_ = 0;
  std::optional<std::uint64_t> from_outside_;  // the digest of a state that was not reached by entries
};

bool same_content(const Entry& a, const Entry& b);
std::uint64_t digest_of(std::uint64_t before, const Entry& entry);
std::string snapshot_bytes(std::uint64_t digest);  // padded, so that it takes more than one piece

}  // namespace squall::vault::raft::test
