// A leader's own part: its log, what a majority has of it, its lease (hashicorp/raft raft.go: runLeader,
// leaderLoop, dispatchLogs, checkLeaderLease, verifyLeader; commitment.go).
#include <algorithm>

#include "harness/vault/raft/node.hpp"

namespace squall::vault::raft {
namespace {

constexpr Duration min_check_interval = 10ms;
constexpr const char* not_leader = "node is not the leader";
constexpr const char* leadership_lost = "leadership lost while committing log";
constexpr const char* transfer_in_progress = "leadership transfer in progress";

}  // namespace

void Node::lead() {
  log(LogLevel::info, "entering leader state: leader=\"", self(), "\"");
  term_start_ = last_index() + 1;
  own_match_ = last_index();
  role_timer_ = now_ + options_.leader_lease_timeout;
  start_stop_replication();
  append_as_leader(Entry{0, 0, EntryType::noop, nullptr, nullptr}, 0);
}

void Node::leave_leadership() {
  last_contact_ = now_;
  contacted_ = true;
  if (transfer_.active) {  // somebody else leads, which is what was asked for
    log(LogLevel::debug, "lost leadership during transfer (expected)");
    end_transfer("");
  }
  step_down_ = removed_ = offered_away_ = false;
  peers_.clear();
  for (const Inflight& entry : inflight_) outcome(entry.ticket, entry.index, leadership_lost);
  inflight_.clear();
  for (const Verify& verify : verifies_) outcome(verify.ticket, 0, leadership_lost);
  verifies_.clear();
  for (const ChangeMembership& change : waiting_changes_) outcome(change.ticket, 0, not_leader);
  waiting_changes_.clear();
  if (leader_id_ == options_.id) set_leader("", "");
}

void Node::leader_tick() {
  for (Peer& peer : peers_) replication_tick(peer);
  if (transfer_.active && now_ >= transfer_.deadline) end_transfer("leadership transfer timeout");
  if (pending_ == Pending::none && now_ >= role_timer_) check_lease();
}

// Steps down unless a majority of voters answered something within the lease. As in the library, an answer
// counts from when it arrives, whatever it says.
void Node::check_lease() {
  const Duration lease = options_.leader_lease_timeout;
  std::size_t contacted = 0;
  Duration longest{};
  for (const Server& server : latest_->servers) {
    if (server.suffrage != Suffrage::voter) continue;
    if (is_self(server)) {
      ++contacted;
      continue;
    }
    const Peer* peer = find_peer(server.id);
    const Duration silent = peer ? now_ - peer->last_contact : Duration::max();
    if (silent <= lease) {
      ++contacted;
      longest = std::max(longest, silent);
    } else {
      log(silent <= 3 * lease ? LogLevel::warn : LogLevel::debug, "failed to contact: server-id=", server.id,
          " time=", logs(LogLevel::warn) ? base::go_duration(silent) : "");
    }
  }
  role_timer_ = now_ + std::max(min_check_interval, lease - longest);
  if (contacted >= quorum_size(*latest_)) return;
  log(LogLevel::warn, "failed to contact quorum of nodes, stepping down");
  set_role(Role::follower);
}

bool Node::holds_lease(Time now) const {
  if (role_ != Role::leader || loop_role_ != Role::leader) return false;
  if (commit_ < term_start_ && !bug(Bug::read_before_own_commit)) return false;
  if ((offered_away_ && !bug(Bug::lease_kept_after_transfer)) || step_down_) return false;
  if (bug(Bug::read_without_quorum)) return true;
  const Duration lease = options_.leader_lease_timeout * (bug(Bug::lease_too_long) ? 4 : 1);
  std::size_t promised = 0;
  for (const Server& server : latest_->servers) {
    if (server.suffrage != Suffrage::voter) continue;
    if (is_self(server)) {
      ++promised;
      continue;
    }
    for (const Peer& peer : peers_)
      if (peer.server.id == server.id && now - peer.promised_at < lease) ++promised;
  }
  return promised >= quorum_size(*latest_);
}

void Node::propose(Propose& event) {
  if (role_ != Role::leader || removed_) return outcome(event.ticket, 0, not_leader);
  if (transfer_.active) return outcome(event.ticket, 0, transfer_in_progress);
  begin_batch();
  add_to_batch(Entry{0, 0, event.type, std::move(event.data), nullptr}, event.ticket);
  while (!waiting_.empty() && writing_.entries.size() <= options_.max_append_entries) {
    auto* next = std::get_if<Propose>(&waiting_.front());
    if (!next) break;
    add_to_batch(Entry{0, 0, next->type, std::move(next->data), nullptr}, next->ticket);
    waiting_.pop_front();
  }
  write_batch();
}

void Node::append_as_leader(Entry entry, Ticket ticket) {
  begin_batch();
  add_to_batch(std::move(entry), ticket);
  write_batch();
}

void Node::begin_batch() {
  writing_.clear();
  tickets_.clear();
}

void Node::add_to_batch(Entry entry, Ticket ticket) {
  entry.index = last_index() + writing_.entries.size() + 1;
  entry.term = term_;
  writing_.entries.push_back(std::move(entry));
  tickets_.push_back(ticket);
}

// To the own disk first; to the followers when it is there.
void Node::write_batch() {
  begin_write(Pending::lead);
  if (bug(Bug::leader_counts_itself_before_sync)) finish_lead(Durable());
}

void Node::finish_lead(Durable) {
  if (writing_.entries.front().index <= log_.last_index()) return;  // only the planted bug was here before
  for (const Entry& entry : writing_.entries) log_.append(entry);
  for (std::size_t i = 0; i < tickets_.size(); ++i)
    inflight_.push_back({writing_.entries[i].index, tickets_[i]});
  if (bug(Bug::acknowledged_before_commit))
    for (std::size_t i = 0; i < tickets_.size(); ++i) outcome(tickets_[i], writing_.entries[i].index, "");
  tickets_.clear();
  const Entry& last = writing_.entries.back();
  if (last.type == EntryType::configuration) {
    set_latest(last.configuration, last.index);
    if (role_ == Role::leader) start_stop_replication();
  }
  if (role_ != Role::leader) return;  // lost while the disk wrote
  own_disk_matches(last.index);
  for (Peer& peer : peers_) pump(peer);
}

void Node::own_disk_matches(Index index) {
  own_match_ = std::max(own_match_, index);
  commit_by_majority();
}

// The highest index that a majority of the latest configuration's voters has on disk.
Index Node::majority_match() {
  std::vector<Index>& matches = matches_;
  matches.clear();
  const Configuration& configuration = voting_configuration();
  for (const Server& server : configuration.servers) {
    if (server.suffrage != Suffrage::voter && !bug(Bug::quorum_counts_nonvoter)) continue;
    Index match = 0;
    if (is_self(server)) match = own_match_;
    for (const Peer& peer : peers_)
      if (peer.server.id == server.id) match = peer.match_index;
    matches.push_back(match);
  }
  if (matches.empty()) return 0;
  std::size_t position = (matches.size() - 1) / 2;  // of the sorted matches: a majority is at or above it
  if (bug(Bug::quorum_is_half)) position = matches.size() / 2;
  if (bug(Bug::quorum_counts_nonvoter))
    position = matches.size() - std::min(matches.size(), quorum_size(configuration));
  std::sort(matches.begin(), matches.end());
  return matches[position];
}

void Node::commit_by_majority() {
  const Index index = majority_match();
  if (index <= commit_) return;
  if (index < term_start_ && !bug(Bug::commit_of_old_term_by_counting)) return;
  const Index before = commit_;
  if (bug(Bug::acknowledged_a_commit_late)) settle_inflight();
  commit_ = index;
  if (latest_index_ > before && latest_index_ <= commit_) {
    set_committed(latest_, latest_index_);
    if (!has_vote(*committed_, options_.id)) removed_ = true;
  }
  if (commit_ > applied_) apply_to(commit_);  // a restored snapshot is applied before it is committed
  if (!bug(Bug::acknowledged_a_commit_late)) settle_inflight();
  if (!removed_) return append_waiting_change();
  if (options_.shutdown_on_remove) {
    log(LogLevel::info, "removed ourself, shutting down");
    out_->shut_down = true;
  } else {
    log(LogLevel::info, "removed ourself, transitioning to follower");
  }
  set_role(Role::follower);
}

void Node::settle_inflight() {
  auto first = inflight_.begin();
  for (; first != inflight_.end() && first->index <= commit_; ++first)
    outcome(first->ticket, first->index, "");
  inflight_.erase(inflight_.begin(), first);
}

// A round of heartbeats; only answers to heartbeats sent from now on say that this node leads now. (The
// library also takes the answer to one that was under way, and a non-voter's; neither proves it.)
void Node::verify_leader(const VerifyLeader& event) {
  if (role_ != Role::leader) return outcome(event.ticket, 0, not_leader);
  if (quorum_size(*latest_) == 1) return outcome(event.ticket, commit_, "");
  verifies_.push_back({event.ticket, call_, {}});
  for (Peer& peer : peers_)
    if (!peer.heartbeat_call) send_heartbeat(peer);
}

void Node::verify_answered(const Peer& peer, std::uint64_t call, bool success) {
  if (verifies_.empty()) return;
  if (!success) {
    log(LogLevel::warn, "new leader elected, stepping down");
    for (const Verify& verify : verifies_) outcome(verify.ticket, 0, not_leader);
    verifies_.clear();
    step_down_ = true;
    return;
  }
  if (!has_vote(*latest_, peer.server.id) || commit_ < term_start_) return;
  std::erase_if(verifies_, [&](Verify& verify) {
    if (call <= verify.after_call && !bug(Bug::verify_counts_old_heartbeats)) return false;
    if (std::find(verify.voted.begin(), verify.voted.end(), peer.server.id) == verify.voted.end())
      verify.voted.push_back(peer.server.id);
    const std::size_t own = has_vote(*latest_, options_.id);
    if (verify.voted.size() + own < quorum_size(*latest_)) return false;
    outcome(verify.ticket, commit_, "");
    return true;
  });
}

}  // namespace squall::vault::raft
