// Raft as one pure step: an event and the time go in, effects come out; no I/O, no clock, no thread, no
// chance but the generator that it was given. It behaves as hashicorp/raft 1.3.10 inside Vault 1.14 does, in
// its words.
//
// The library's main loop stands still while its disk writes; so does a node. One write is under way at most;
// events that need the main loop wait in a queue until StorageDone, heartbeats and a leader's talk with its
// followers go on. What a node holds in memory as its term, vote and log is what the disk has acknowledged.
#pragma once
#include <deque>
#include <vector>

#include "emulator/base/random.hpp"
#include "harness/vault/raft/memory_log.hpp"
#include "harness/vault/raft/options.hpp"
#include "harness/vault/raft/peer.hpp"

namespace squall::vault::raft {

class Node;
namespace test {
struct Inspect;  // the exhaustive search's view of a node (tests/raft/exhaustive_test.cpp)
}

// Proof that the disk has acknowledged what a promise rests on. Only Node::storage_done can make one, and
// every function that sends a promise (a vote, an acknowledgement, a campaign, an entry) asks for it.
class Durable {
  Durable() = default;
  friend class Node;
};

class Node {
  friend struct test::Inspect;

 public:
  Node(Options options, base::Random random);

  // Start first, once. The caller clears `effects`; what a step asks for is added to it. `now` never goes
  // back.
  void step(Event event, Time now, Effects& effects);
  Effects step(Event event, Time now);

  Role role() const { return role_; }
  Term term() const { return term_; }
  const Vote& vote() const { return vote_; }
  const MemoryLog& log() const { return log_; }
  const SnapshotPtr& snapshot() const { return snapshot_; }
  Index last_index() const;  // of log or snapshot
  Term last_term() const;
  Index commit_index() const { return commit_; }
  Index applied_index() const { return applied_; }
  const std::string& leader_id() const { return leader_id_; }  // empty: unknown
  const std::string& leader_address() const { return leader_address_; }
  const Configuration& latest_configuration() const { return *latest_; }
  Index latest_configuration_index() const { return latest_index_; }
  const Configuration& committed_configuration() const { return *committed_; }
  Index committed_configuration_index() const { return committed_index_; }
  Time last_contact() const { return last_contact_; }  // of a follower with its leader
  const std::vector<Peer>& peers() const { return peers_; }
  const Options& options() const { return options_; }
  bool stopped() const { return stopped_; }
  bool write_under_way() const { return pending_ != Pending::none; }
  bool transfer_under_way() const { return transfer_.active; }

  // Whether a read may be served here now without asking anybody: a majority answered a call that was sent
  // within the lease, an entry of this term is committed, and leadership was not offered away. Holds only
  // where a restart takes longer than the lease, since the library forgets its leader on restart.
  bool holds_lease(Time now) const;

 private:
  enum class Pending : std::uint8_t { none, term, vote, campaign, append, lead, install, take, restore };
  struct Inflight {
    Index index;
    Ticket ticket;
  };
  struct Verify {
    Ticket ticket;
    std::uint64_t after_call;  // only answers to later calls count
    std::vector<std::string> voted;
  };
  struct Transfer {
    bool active = false;
    Ticket ticket = 0;
    std::string target;
    Time deadline{};
    std::uint64_t call = 0;  // of TimeoutNow; 0: still catching up
  };
  struct Incoming {  // a snapshot on its way in
    Term term = 0;
    Index index = 0;
    Term last_term = 0;
    std::string data;
  };

  // node.cpp: the loop.
  void dispatch(Event& event);
  bool must_wait(const Event& event) const;
  void settle();
  void enter_role();
  void leave_role();
  void set_role(Role role);
  void set_leader(const std::string& address, const std::string& id);
  void start(Start& event);
  void receive(Message& message);
  void tick();
  void schedule();
  void stop(std::string panic);

  // storage.cpp: the one write under way and what follows it.
  Write& begin_write(Pending pending);
  void storage_done(StorageDone& event);
  void storage_failed(const std::string& error);
  void persist_term_then(Term term, Message& resume);
  void adopt_term(Term term);

  // follower.cpp
  void follower_tick();
  void on_append(Message& message);
  bool previous_matches(const AppendRequest& request, AppendReply& reply);
  bool find_new_entries(const AppendRequest& request, std::size_t& first_new, Index& truncate_from);
  void finish_append(Durable);
  void accept_append(const Message& message, const AppendRequest& request, AppendReply answer);
  void learn_commit(Index leader_commit, Index limit);
  void on_vote(Message& message);
  void on_pre_vote(const Message& message);
  bool log_up_to_date(const VoteRequest& request, const std::string& candidate);
  void finish_vote(Durable);
  void on_timeout_now(const Message& message);

  // candidate.cpp
  void campaign();
  void finish_campaign(Durable);
  void ask_for_votes(bool pre_vote);
  void pre_campaign();
  void candidate_tick();
  void on_vote_reply(const Message& message, const VoteReply& reply);
  void vote_call_failed(std::size_t server, const std::string& error);

  // leader.cpp
  void lead();
  void leave_leadership();
  void leader_tick();
  void check_lease();
  void propose(Propose& event);
  void append_as_leader(Entry entry, Ticket ticket);
  void begin_batch();
  void add_to_batch(Entry entry, Ticket ticket);
  void write_batch();
  void finish_lead(Durable);
  void own_disk_matches(Index index);
  void commit_by_majority();
  Index majority_match();
  void settle_inflight();
  void verify_leader(const VerifyLeader& event);
  void verify_answered(const Peer& peer, std::uint64_t call, bool success);

  // membership.cpp
  void change_membership(ChangeMembership& event);
  void append_waiting_change();
  bool membership_stable() const;
  void note_configuration(const Entry& entry);
  void set_latest(ConfigurationPtr configuration, Index index);
  void set_committed(ConfigurationPtr configuration, Index index);
  void start_stop_replication();
  const Configuration& voting_configuration() const;
  void transfer_leadership(TransferLeadership& event);
  void drive_transfer();
  void end_transfer(const std::string& error);
  std::string pick_transfer_target() const;

  // replication.cpp
  void replication_tick(Peer& peer);
  void pump(Peer& peer);
  void send_append(Peer& peer);
  void send_pipelined(Peer& peer);
  std::uint64_t send_entries(Peer& peer, Index next, Index& last);
  Index fill_append(Index next, AppendRequest& request) const;
  void send_heartbeat(Peer& peer);
  void on_append_reply(const Message& message, const AppendReply& reply);
  void call_answered(Peer& peer, const AppendReply& reply);
  void pipeline_answered(Peer& peer, std::size_t position, const AppendReply& reply);
  void heartbeat_answered(Peer& peer, const AppendReply& reply);
  void appended(Peer& peer, Index last);
  void after_call(Peer& peer);
  void stale_term(Peer& peer);
  void call_failed(const CallFailed& event);
  void heartbeat_failed(Peer& peer, const std::string& error);
  void pipeline_broken(Peer& peer);
  void leave_pipeline(Peer& peer);
  Peer* find_peer(const std::string& id);

  // snapshot.cpp
  void take_snapshot(TakeSnapshot& event);
  void finish_take(Durable);
  void restore_snapshot(RestoreSnapshot& event);
  void finish_restore(Durable);
  Index compactable_to(Index snapshot_index) const;
  void log_compaction(Index snapshot_index);
  void log_restored();
  void send_snapshot(Peer& peer);
  void on_install(Message& message);
  void finish_install(Durable);
  void on_install_reply(const Message& message, const InstallReply& reply);
  void rescan_configurations();

  // log and bookkeeping
  void apply_to(Index index);
  Message& compose(const std::string& to, const std::string& address, std::uint64_t call);
  void recycle(Message&& message);
  void reply(const Message& to, Body body);
  std::uint64_t send(const Server& to, Body body);
  void outcome(Ticket ticket, Index index, std::string error);
  bool logs(LogLevel level) const { return level >= options_.log_level; }
  template <class... Parts>
  void log(LogLevel level, const Parts&... parts);
  std::string self() const;  // "Node at n0:8201 [Follower]"
  bool bug(Bug bug) const { return bugs_can_be_planted && options_.bug == bug; }
  Duration random_between(Duration timeout);  // one to two of it
  bool is_self(const Server& server) const { return server.id == options_.id; }

  Options options_;
  base::Random random_;
  Effects* out_ = nullptr;  // of the step under way
  Time now_{};
  bool stopped_ = false;

  // What the disk has acknowledged.
  Term term_ = 0;
  Vote vote_;
  MemoryLog log_;
  SnapshotPtr snapshot_;

  Role role_ = Role::follower;
  Role loop_role_ = Role::follower;  // whose loop runs; follows role_ when an event has been handled
  bool run_again_ = false;           // leave and enter the same loop
  Index commit_ = 0;
  Index applied_ = 0;
  ConfigurationPtr latest_;
  Index latest_index_ = 0;
  ConfigurationPtr committed_;
  Index committed_index_ = 0;

  Pending pending_ = Pending::none;
  Write writing_;
  std::uint64_t write_id_ = 0;
  Message waits_for_write_;      // the message whose handling goes on afterwards
  std::vector<Ticket> tickets_;  // of the entries that a leader is writing
  AppendReply append_reply_;
  std::deque<Event> waiting_;

  // Follower.
  std::string leader_id_, leader_address_;
  Time last_contact_{};
  bool contacted_ = false;
  Time role_timer_{};  // follower: look for a leader; candidate: try again; leader: check the lease
  bool warned_ = false;
  Incoming incoming_;

  // Candidate.
  bool candidate_from_transfer_ = false;
  bool pre_voting_ = false;
  std::vector<bool> granted_;  // by position in the configuration
  std::size_t granted_count_ = 0, refused_count_ = 0, votes_needed_ = 0;
  std::uint64_t vote_calls_from_ = 0;
  ConfigurationPtr electorate_;

  // Leader.
  Index term_start_ = 0;  // the first index of this term: nothing below is committed by counting
  std::vector<Peer> peers_;
  Index own_match_ = 0;
  std::vector<Inflight> inflight_;
  std::vector<Index> matches_;  // for majority_match alone
  std::deque<ChangeMembership> waiting_changes_;
  std::vector<Verify> verifies_;
  Transfer transfer_;
  bool offered_away_ = false;  // TimeoutNow went out in this term: no more lease
  bool step_down_ = false;
  bool removed_ = false;

  Time snapshot_timer_{};
  std::uint64_t call_ = 0;
};

template <class... Parts>
void Node::log(LogLevel level, const Parts&... parts) {
  if (!logs(level)) return;
  std::string text;
  auto add = [&text](const auto& part) {
    if constexpr (std::is_integral_v<std::decay_t<decltype(part)>>)
      text += std::to_string(part);
    else
      text += part;
  };
  (add(parts), ...);
  out_->log.push_back({level, std::move(text)});
}

}  // namespace squall::vault::raft
