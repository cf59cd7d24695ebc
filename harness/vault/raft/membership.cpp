// Who is in the cluster, and who shall lead it: single-server changes, one at a time, used as soon as they
// are in the log; leadership handed over (hashicorp/raft raft.go: appendConfigurationEntry,
// startStopReplication, leadershipTransfer, pickServer).
#include <algorithm>

#include "harness/vault/raft/node.hpp"

namespace squall::vault::raft {

void Node::set_latest(ConfigurationPtr configuration, Index index) {
  latest_ = std::move(configuration);
  latest_index_ = index;
}

void Node::set_committed(ConfigurationPtr configuration, Index index) {
  committed_ = std::move(configuration);
  committed_index_ = index;
}

const Configuration& Node::voting_configuration() const {
  return bug(Bug::configuration_used_once_committed) ? *committed_ : *latest_;
}

// A follower takes a configuration from its log at once; the one before it must have been committed, since a
// leader waits for that.
void Node::note_configuration(const Entry& entry) {
  if (entry.type != EntryType::configuration) return;
  set_committed(latest_, latest_index_);
  set_latest(entry.configuration, entry.index);
}

// From the snapshot and every entry behind it.
void Node::rescan_configurations() {
  if (snapshot_) {
    set_latest(snapshot_->configuration, snapshot_->configuration_index);
    set_committed(snapshot_->configuration, snapshot_->configuration_index);
  }
  const Index after = snapshot_ ? snapshot_->index : 0;
  for (Index i = std::max(after + 1, log_.first_index()); i <= log_.last_index() && !log_.empty(); ++i)
    note_configuration(*log_.find(i));
}

bool Node::membership_stable() const {
  if (latest_index_ != committed_index_ && !bug(Bug::two_changes_at_once)) return false;
  return commit_ >= term_start_ || bug(Bug::change_before_own_commit);
}

// A change waits for the one before it, and for the first commit of this term.
void Node::change_membership(ChangeMembership& event) {
  if (role_ != Role::leader) return outcome(event.ticket, 0, "node is not the leader");
  waiting_changes_.push_back(std::move(event));
  append_waiting_change();
}

void Node::append_waiting_change() {
  while (!waiting_changes_.empty() && role_ == Role::leader && !removed_ && pending_ == Pending::none &&
         membership_stable()) {
    const ChangeMembership event = std::move(waiting_changes_.front());
    waiting_changes_.pop_front();
    if (transfer_.active) {
      outcome(event.ticket, 0, "leadership transfer in progress");
      continue;
    }
    NextConfiguration next = next_configuration(*latest_, latest_index_, event.change);
    if (!next.configuration) {
      outcome(event.ticket, 0, next.error);
      continue;
    }
    if (logs(LogLevel::info))
      log(LogLevel::info, "updating configuration: command=", command_name(event.change.command),
          " server-id=", event.change.id, " server-addr=", event.change.address, " servers=\"",
          describe(*next.configuration), "\"");
    append_as_leader(Entry{0, 0, EntryType::configuration, nullptr, next.configuration}, event.ticket);
  }
}

void Node::start_stop_replication() {
  const Index last = last_index();
  for (const Server& server : latest_->servers) {
    if (is_self(server)) continue;
    if (Peer* known = find_peer(server.id)) {
      if (known->server.address != server.address) log(LogLevel::info, "updating peer: peer=", server.id);
      known->server = server;
      continue;
    }
    log(LogLevel::info, "added peer, starting replication: peer=", server.id);
    Peer peer;
    peer.server = server;
    peer.next_index = last + 1;
    peer.last_contact = now_;
    peer.commit_at = now_;
    peer.heartbeat_at = now_ + random_between(options_.heartbeat_timeout / 10);
    peers_.push_back(std::move(peer));
  }
  for (std::size_t i = 0; i < peers_.size();) {
    if (find_server(*latest_, peers_[i].server.id)) {
      ++i;
      continue;
    }
    log(LogLevel::info, "removed peer, stopping replication: peer=", peers_[i].server.id,
        " last-index=", last);
    if (!peers_[i].call) send_append(peers_[i]);  // the one attempt to tell it that it was removed
    peers_.erase(peers_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void Node::transfer_leadership(TransferLeadership& event) {
  if (role_ != Role::leader) return outcome(event.ticket, 0, "node is not the leader");
  if (event.target == options_.id) {
    log(LogLevel::info, "cannot transfer leadership to itself");
    return outcome(event.ticket, 0, "cannot transfer leadership to itself");
  }
  if (transfer_.active) return outcome(event.ticket, 0, "leadership transfer in progress");
  log(LogLevel::debug, "starting leadership transfer: id=", event.target);
  const std::string target = event.target.empty() ? pick_transfer_target() : event.target;
  if (target.empty()) return outcome(event.ticket, 0, "cannot find peer");
  if (!find_peer(target)) return outcome(event.ticket, 0, "cannot find replication state for " + target);
  transfer_ = {true, event.ticket, target, now_ + options_.election_timeout, 0};
  drive_transfer();
}

// The voter whose log reaches furthest, the first of several.
std::string Node::pick_transfer_target() const {
  std::string best;
  Index furthest = 0;
  for (const Server& server : latest_->servers) {
    if (is_self(server) || server.suffrage != Suffrage::voter) continue;
    for (const Peer& peer : peers_) {
      if (peer.server.id != server.id || peer.next_index <= furthest) continue;
      furthest = peer.next_index;
      best = server.id;
    }
  }
  return best;
}

// First the target's log must be complete, then it is told to campaign.
void Node::drive_transfer() {
  if (!transfer_.active || transfer_.call) return;
  Peer* peer = find_peer(transfer_.target);
  if (!peer) return end_transfer("replication failed");
  if (peer->next_index <= last_index() && !bug(Bug::transfer_skips_catching_up)) return pump(*peer);
  transfer_.call = send(peer->server, TimeoutNowRequest{term_});
  offered_away_ = true;
}

void Node::end_transfer(const std::string& error) {
  if (!error.empty()) log(LogLevel::debug, error);
  outcome(transfer_.ticket, 0, error);
  transfer_ = {};
}

}  // namespace squall::vault::raft
