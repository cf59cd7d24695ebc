// A leader's talk with its followers (hashicorp/raft replication.go): call by call until one succeeded, then
// pipelined; backwards one entry at a time, or to the follower's end, when one is refused; heartbeats beside
// it.
#include <algorithm>

#include "harness/vault/raft/node.hpp"

namespace squall::vault::raft {
namespace {

constexpr Duration failure_wait = 10ms;
constexpr std::uint64_t max_failure_scale = 12;

// 10 ms for the first two failures, then doubling up to 10.24 s.
Duration backoff(std::uint64_t failures) {
  const std::uint64_t power = std::min(failures, max_failure_scale);
  return power > 2 ? failure_wait * (std::int64_t{1} << (power - 2)) : failure_wait;
}

}  // namespace

Peer* Node::find_peer(const std::string& id) {
  for (Peer& peer : peers_)
    if (peer.server.id == id) return &peer;
  return nullptr;
}

void Node::replication_tick(Peer& peer) {
  if (peer.stopped) return;
  if (!peer.in_flight.empty() && now_ >= peer.in_flight.front().at + options_.rpc_timeout)
    pipeline_broken(peer);
  if (peer.call && now_ >= peer.sent_at + options_.rpc_timeout) {
    call_failed({peer.call, "i/o timeout"});
  } else if (!peer.call && now_ >= std::max(peer.commit_at, peer.retry_at)) {
    peer.pipelined ? send_pipelined(peer) : send_append(peer);
  }
  if (peer.heartbeat_call && now_ >= peer.heartbeat_sent_at + options_.rpc_timeout)
    heartbeat_failed(peer, "i/o timeout");
  else if (!peer.heartbeat_call && now_ >= peer.heartbeat_at)
    send_heartbeat(peer);
}

// There is something new to send.
void Node::pump(Peer& peer) {
  if (peer.stopped || peer.call || now_ < peer.retry_at) return;
  peer.pipelined ? send_pipelined(peer) : send_append(peer);
}

// 0, or the entry that is needed and is not in the log any more.
Index Node::fill_append(Index next, AppendRequest& request) const {
  request.term = term_;
  request.leader_commit = commit_;
  if (next > 1) {
    request.prev_index = next - 1;
    const Entry* previous = log_.find(next - 1);
    if (snapshot_ && snapshot_->index == next - 1)
      request.prev_term = snapshot_->term;
    else if (previous)
      request.prev_term = previous->term;
    else  // the library has the entries before the hole that a snapshot from outside leaves
      return snapshot_ && snapshot_->index == next ? next : next - 1;
  }
  const Index last = std::min(log_.last_index(), next + options_.max_append_entries - 1);
  if (next <= last_index() && !log_.find(next)) return next;  // also where a snapshot is all there is
  for (Index i = next; i <= last; ++i) request.entries.push_back(*log_.find(i));
  return 0;
}

// Sends the entries from `next` on, `last` being the last of them (0: there is none). Returns the call's
// number, or 0 if an entry that is needed is not in the log any more.
std::uint64_t Node::send_entries(Peer& peer, Index next, Index& last) {
  Message& message = compose(peer.server.id, peer.server.address, call_ + 1);
  auto& request = message.body.emplace<AppendRequest>();
  if (!out_->spare_entries.empty()) {
    request.entries = std::move(out_->spare_entries.back());
    out_->spare_entries.pop_back();
  }
  if (const Index missing = fill_append(next, request)) {
    log(LogLevel::error, "failed to get log: index=", missing, " error=\"log not found\"");
    recycle(std::move(message));
    out_->messages.pop_back();
    return 0;
  }
  last = request.entries.empty() ? 0 : request.entries.back().index;
  return ++call_;
}

void Node::send_append(Peer& peer) {
  Index last = 0;
  const std::uint64_t call = send_entries(peer, peer.next_index, last);
  if (call == 0) return send_snapshot(peer);
  peer.goal = last_index();
  peer.call_last = last;
  peer.sent_at = now_;
  peer.call = call;
}

void Node::send_pipelined(Peer& peer) {
  peer.commit_at = now_ + random_between(options_.commit_timeout);
  if (peer.in_flight.size() >= options_.max_pipelined_calls) return;
  Index last = 0;
  const std::uint64_t call = send_entries(peer, peer.pipeline_next, last);
  if (call == 0) return leave_pipeline(peer);
  if (last) peer.pipeline_next = last + 1;
  peer.in_flight.push_back({call, now_, last});
}

void Node::send_heartbeat(Peer& peer) {
  peer.heartbeat_sent_at = now_;
  peer.heartbeat_call = send(peer.server, AppendRequest{term_, 0, 0, 0, {}});
}

void Node::on_append_reply(const Message& message, const AppendReply& reply) {
  if (role_ != Role::leader || loop_role_ != Role::leader) return;
  Peer* peer = find_peer(message.from);
  if (!peer || peer->stopped) return;
  if (message.call == peer->heartbeat_call) {
    heartbeat_answered(*peer, reply);
  } else if (message.call == peer->call && !peer->sending) {
    call_answered(*peer, reply);
  } else {
    for (std::size_t i = 0; i < peer->in_flight.size(); ++i)
      if (peer->in_flight[i].call == message.call) {
        pipeline_answered(*peer, i, reply);
        break;
      }
    if (bug(Bug::commit_from_stale_reply) && reply.success) appended(*peer, last_index());
  }
  drive_transfer();
}

void Node::call_answered(Peer& peer, const AppendReply& reply) {
  const std::uint64_t call = peer.call;
  peer.call = 0;
  if (reply.term > term_ && !bug(Bug::newer_term_ignored_by_leader)) return stale_term(peer);
  peer.last_contact = now_;
  if (reply.success) {
    peer.promised_at = std::max(peer.promised_at, peer.sent_at);
    peer.failures = 0;
    if (peer.call_last) appended(peer, peer.call_last);
    verify_answered(peer, call, true);
    if (peer.next_index > peer.goal) {
      peer.pipelined = true;
      peer.pipeline_next = peer.next_index;
      log(LogLevel::info, "pipelining replication: peer=\"", logs(LogLevel::info) ? brief(peer.server) : "",
          "\"");
    }
  } else {
    if (!bug(Bug::next_index_never_lowered))
      peer.next_index = std::max<Index>(std::min(peer.next_index - 1, reply.last_log + 1), 1);
    peer.failures = reply.no_retry_backoff ? 0 : peer.failures + 1;
    if (peer.failures) peer.retry_at = now_ + backoff(peer.failures);
    log(LogLevel::warn, "appendEntries rejected, sending older logs: peer=\"",
        logs(LogLevel::warn) ? brief(peer.server) : "", "\" next=", peer.next_index);
  }
  after_call(peer);
}

// On to the rest, or to the next time that the commit index is told.
void Node::after_call(Peer& peer) {
  peer.commit_at = now_ + random_between(options_.commit_timeout);
  const Index next = peer.pipelined ? peer.pipeline_next : peer.next_index;
  if (next <= last_index() && role_ == Role::leader) {
    peer.commit_at = std::max(now_, peer.retry_at);
    pump(peer);
  }
}

void Node::pipeline_answered(Peer& peer, std::size_t position, const AppendReply& reply) {
  const Peer::Sent sent = peer.in_flight[position];
  peer.in_flight.erase(peer.in_flight.begin() + static_cast<std::ptrdiff_t>(position));
  if (reply.term > term_ && !bug(Bug::newer_term_ignored_by_leader)) return stale_term(peer);
  peer.last_contact = now_;
  if (!reply.success) return leave_pipeline(peer);
  peer.promised_at = std::max(peer.promised_at, sent.at);
  if (sent.last) appended(peer, sent.last);
  verify_answered(peer, sent.call, true);
}

void Node::appended(Peer& peer, Index last) {
  peer.next_index = std::max(peer.next_index, last + 1);
  if (last <= peer.match_index) return;
  peer.match_index = last;
  commit_by_majority();
}

// A heartbeat's answer counts as contact whatever it says; only a verification minds a refusal.
void Node::heartbeat_answered(Peer& peer, const AppendReply& reply) {
  const std::uint64_t call = peer.heartbeat_call;
  peer.heartbeat_call = 0;
  peer.heartbeat_failures = 0;
  peer.heartbeat_at = now_ + random_between(options_.heartbeat_timeout / 10);
  peer.last_contact = now_;
  if (reply.success) peer.promised_at = std::max(peer.promised_at, peer.heartbeat_sent_at);
  verify_answered(peer, call, reply.success);
}

void Node::stale_term(Peer& peer) {
  log(LogLevel::error, "peer has newer term, stopping replication: peer=\"",
      logs(LogLevel::error) ? brief(peer.server) : "", "\"");
  peer.stopped = true;
  verify_answered(peer, 0, false);
  step_down_ = true;
}

void Node::call_failed(const CallFailed& event) {
  if (role_ == Role::candidate && event.call >= vote_calls_from_ &&
      event.call - vote_calls_from_ < granted_.size())
    return vote_call_failed(event.call - vote_calls_from_, event.error);
  if (role_ != Role::leader) return;
  if (transfer_.active && transfer_.call == event.call)
    return end_transfer("failed to make TimeoutNow RPC to " + transfer_.target + ": " + event.error);
  for (Peer& peer : peers_) {
    if (peer.heartbeat_call == event.call) return heartbeat_failed(peer, event.error);
    if (peer.call == event.call) {
      if (peer.sending)
        log(LogLevel::error, "failed to install snapshot: id=bolt-snapshot error=", Shown{event.error});
      log(LogLevel::error,
          peer.sending ? "failed to send snapshot to: peer=\"" : "failed to appendEntries to: peer=\"",
          logs(LogLevel::error) ? brief(peer.server) : "", "\" error=", Shown{event.error});
      peer.call = 0;
      peer.sending.reset();
      peer.retry_at = now_ + backoff(++peer.failures);
      peer.commit_at = now_ + random_between(options_.commit_timeout);
      return;
    }
    for (const Peer::Sent& sent : peer.in_flight)
      if (sent.call == event.call) return pipeline_broken(peer);
  }
}

void Node::heartbeat_failed(Peer& peer, const std::string& error) {
  const Duration wait = std::min(backoff(peer.heartbeat_failures), options_.heartbeat_timeout / 2);
  log(LogLevel::error, "failed to heartbeat to: peer=", peer.server.address,
      " backoff time=", logs(LogLevel::error) ? base::go_duration(wait) : "", " error=", Shown{error});
  ++peer.heartbeat_failures;
  peer.heartbeat_call = 0;
  peer.heartbeat_at = now_ + wait + random_between(options_.heartbeat_timeout / 10);
}

// The library takes a broken connection under a pipeline for an answer, and so for contact.
void Node::pipeline_broken(Peer& peer) {
  peer.last_contact = now_;
  leave_pipeline(peer);
}

void Node::leave_pipeline(Peer& peer) {
  log(LogLevel::info, "aborting pipeline replication: peer=\"",
      logs(LogLevel::info) ? brief(peer.server) : "", "\"");
  peer.pipelined = false;
  peer.in_flight.clear();
  peer.commit_at = now_ + random_between(options_.commit_timeout);
}

}  // namespace squall::vault::raft
