// Snapshots: taken, sent in pieces, installed; the log behind them cut (hashicorp/raft snapshot.go,
// raft.go installSnapshot, restoreUserSnapshot, replication.go sendLatestSnapshot). The library streams one
// in one call; here each piece is a call of its own that says where it belongs, so that loss and repetition
// do no harm.
#include <algorithm>

#include "harness/vault/raft/node.hpp"

namespace squall::vault::raft {

void Node::take_snapshot(TakeSnapshot& event) {
  auto refuse = [&](const std::string& why) { outcome(event.ticket, 0, why); };
  if (event.index > applied_) return refuse("failed to start snapshot: entry not applied");
  if (snapshot_ && event.index <= snapshot_->index) return refuse("nothing new to snapshot");
  const Entry* last = log_.find(event.index);
  if (!last) return refuse("nothing new to snapshot");
  if (event.index < committed_index_)
    return refuse("cannot take snapshot now, wait until the configuration entry at " +
                  std::to_string(committed_index_) + " has been applied (have applied " +
                  std::to_string(event.index) + ")");
  log(LogLevel::info, "starting snapshot up to: index=", event.index);
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->index = event.index;
  snapshot->term = last->term;
  snapshot->configuration = committed_;
  snapshot->configuration_index = committed_index_;
  if (bug(Bug::snapshot_forgets_configuration)) snapshot->configuration = std::make_shared<Configuration>();
  snapshot->data = std::move(event.data);
  writing_.clear();
  writing_.snapshot = std::move(snapshot);
  writing_.compact_to = compactable_to(event.index);
  tickets_.assign(1, event.ticket);
  begin_write(Pending::take);
}

// What may go behind a snapshot: all of it but the trailing entries, which followers that lag may need.
Index Node::compactable_to(Index snapshot_index) const {
  const Index last = log_.last_index();
  if (last <= options_.trailing_logs) return 0;
  const Index to = std::min(snapshot_index, last - options_.trailing_logs);
  return to >= log_.first_index() ? to : 0;
}

void Node::log_compaction(Index snapshot_index) {
  if (log_.last_index() <= options_.trailing_logs) return;
  if (const Index to = compactable_to(snapshot_index))
    log(LogLevel::info, "compacting logs: from=", log_.first_index(), " to=", to);
  else
    log(LogLevel::info, "no logs to truncate");
}

// The state machine has taken `snapshot_`. Vault's snapshots lie in its database and have no size of their
// own.
void Node::log_restored() {
  const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count();
  log(LogLevel::info, "snapshot restore progress: id=", snapshot_->term, "-", snapshot_->index, "-", now_ms,
      " last-index=", snapshot_->index, " last-term=", snapshot_->term,
      " size-in-bytes=0 read-bytes=0 percent-complete=\"NaN%\"");
}

void Node::finish_take(Durable) {
  snapshot_ = writing_.snapshot;
  log_compaction(snapshot_->index);
  if (writing_.compact_to) log_.compact_to(writing_.compact_to);
  log(LogLevel::info, "snapshot complete up to: index=", snapshot_->index);
  for (Ticket ticket : tickets_) outcome(ticket, snapshot_->index, "");
  tickets_.clear();
}

// The snapshot gets the current term, the latest configuration and an index behind everything that is in the
// log here or was where it was taken. That index stays a hole in every log, so replication to the others
// stumbles over it and sends the snapshot. (The library keeps the entries before the hole, and may send some
// of them first.)
void Node::restore_snapshot(RestoreSnapshot& event) {
  if (role_ != Role::leader || removed_) return outcome(event.ticket, 0, "node is not the leader");
  if (transfer_.active) return outcome(event.ticket, 0, "leadership transfer in progress");
  if (committed_index_ != latest_index_)
    return outcome(event.ticket, 0,
                   "cannot restore snapshot now, wait until the configuration entry at " +
                       std::to_string(latest_index_) + " has been applied (have applied " +
                       std::to_string(committed_index_) + ")");
  for (const Inflight& entry : inflight_)
    outcome(entry.ticket, entry.index, "snapshot restored while committing log");
  inflight_.clear();
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->index = std::max(last_index(), event.index) + 1;
  snapshot->term = term_;
  snapshot->configuration = latest_;
  snapshot->configuration_index = latest_index_;
  snapshot->data = std::move(event.data);
  writing_.clear();
  writing_.snapshot = std::move(snapshot);
  writing_.drop_log = true;
  tickets_.assign(1, event.ticket);
  begin_write(Pending::restore);
}

void Node::finish_restore(Durable) {
  snapshot_ = writing_.snapshot;
  log_.clear();
  applied_ = snapshot_->index;
  out_->restore = snapshot_;
  log(LogLevel::info, "copied to local snapshot: bytes=", snapshot_->data.size());
  log_restored();
  log(LogLevel::info,
      "restored user snapshot: index=", latest_index_);  // the configuration's, as the library
  const Ticket ticket = tickets_.front();
  if (bug(Bug::restore_without_entry_behind)) return;
  append_as_leader(Entry{0, 0, EntryType::noop, nullptr, nullptr}, ticket);
}

void Node::send_snapshot(Peer& peer) {
  if (!peer.sending) {
    if (!snapshot_) {
      log(LogLevel::error, "failed to send snapshot to: peer=\"",
          logs(LogLevel::error) ? brief(peer.server) : "", "\" error=\"no snapshots found\"");
      peer.commit_at = now_ + random_between(options_.commit_timeout);
      return;
    }
    peer.sending = snapshot_;
    peer.offset = 0;
  }
  const Snapshot& snapshot = *peer.sending;
  InstallRequest request{term_,
                         snapshot.index,
                         snapshot.term,
                         snapshot.configuration,
                         snapshot.configuration_index,
                         snapshot.data.size(),
                         peer.offset,
                         snapshot.data.substr(peer.offset, options_.snapshot_chunk_bytes)};
  peer.sent_at = now_;
  peer.call = send(peer.server, std::move(request));
}

void Node::on_install(Message& message) {
  auto& request = std::get<InstallRequest>(message.body);
  InstallReply answer{term_, false, false, 0, 0};
  if (request.term < term_) {
    log(LogLevel::info,
        "ignoring installSnapshot request with older term than current term: request-term=", request.term,
        " current-term=", term_);
    return reply(message, answer);
  }
  if (request.term > term_) {
    set_role(Role::follower);
    return persist_term_then(request.term, message);
  }
  set_leader(message.from_address, message.from);
  last_contact_ = now_;
  contacted_ = true;
  answer.success = true;
  if (request.last_log_index <= commit_ && !bug(Bug::snapshot_goes_back)) {  // it is here already
    answer.installed = true;
    answer.has_up_to = commit_;
    return reply(message, answer);
  }
  const bool same = incoming_.term == request.term && incoming_.index == request.last_log_index &&
                    incoming_.last_term == request.last_log_term;
  if (!same || request.offset == 0)
    incoming_ = {request.term, request.last_log_index, request.last_log_term, {}};
  if (request.offset == incoming_.data.size() || bug(Bug::snapshot_piece_taken_twice))
    incoming_.data += request.data;
  answer.next_offset = incoming_.data.size();
  if (incoming_.data.size() < request.size_bytes) return reply(message, answer);

  log(LogLevel::info, "snapshot network transfer progress: read-bytes=", incoming_.data.size(),
      " percent-complete=\"", incoming_.data.empty() ? "NaN" : "100.00", "%\"");
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->index = request.last_log_index;
  snapshot->term = request.last_log_term;
  snapshot->configuration = request.configuration;
  snapshot->configuration_index = request.configuration_index;
  snapshot->data = std::move(incoming_.data);
  incoming_ = {};
  writing_.clear();
  // Entries behind the snapshot stay only if they continue it. (The library keeps them unseen.)
  const Entry* ours = log_.find(snapshot->index);
  writing_.drop_log = !ours || (ours->term != snapshot->term && !bug(Bug::snapshot_keeps_conflicting_log));
  if (!writing_.drop_log) writing_.compact_to = compactable_to(snapshot->index);
  writing_.snapshot = std::move(snapshot);
  waits_for_write_ = std::move(message);
  begin_write(Pending::install);
}

void Node::finish_install(Durable) {
  snapshot_ = writing_.snapshot;
  log(LogLevel::info, "copied to local snapshot: bytes=", snapshot_->data.size());
  log_restored();
  log_compaction(snapshot_->index);
  if (writing_.drop_log) log_.clear();
  if (writing_.compact_to) log_.compact_to(writing_.compact_to);
  out_->restore = snapshot_;
  if (!bug(Bug::snapshot_not_applied_from)) applied_ = snapshot_->index;
  commit_ = snapshot_->index;
  rescan_configurations();
  log(LogLevel::info, "Installed remote snapshot");
  last_contact_ = now_;
  reply(waits_for_write_, InstallReply{term_, true, true, commit_, 0});
}

void Node::on_install_reply(const Message& message, const InstallReply& reply) {
  if (role_ != Role::leader || loop_role_ != Role::leader) return;
  Peer* peer = find_peer(message.from);
  if (!peer || peer->stopped || !peer->sending || peer->call != message.call) return;
  peer->call = 0;
  if (reply.term > term_ && !bug(Bug::newer_term_ignored_by_leader)) {
    stale_term(*peer);
  } else {
    peer->last_contact = now_;
    if (reply.success) peer->promised_at = std::max(peer->promised_at, peer->sent_at);
    if (reply.installed) {
      const Index index = std::min(std::max(peer->sending->index, reply.has_up_to), last_index());
      peer->sending.reset();
      peer->failures = 0;
      peer->next_index = std::max(peer->next_index, index + 1);
      appended(*peer, index);
      verify_answered(*peer, message.call, true);
      after_call(*peer);
    } else if (reply.success) {
      peer->offset = reply.next_offset;
      send_snapshot(*peer);
    } else {
      log(LogLevel::warn, "installSnapshot rejected to: peer=\"", brief(peer->server), "\"");
      peer->sending.reset();
      peer->retry_at = now_ + 10ms;
      after_call(*peer);
    }
  }
  drive_transfer();
}

}  // namespace squall::vault::raft
