// What a server does for others: takes entries, grants votes, campaigns when its leader falls silent
// (hashicorp/raft raft.go: runFollower, appendEntries, requestVote, timeoutNow). The order of the checks is
// the library's, and shows: a vote is refused for a known leader before the request's term is looked at.
#include <algorithm>

#include "harness/vault/raft/node.hpp"

namespace squall::vault::raft {

void Node::follower_tick() {
  if (now_ < role_timer_) return;
  const Duration timeout = options_.heartbeat_timeout;
  role_timer_ = now_ + random_between(timeout);
  if (contacted_ && now_ - last_contact_ < timeout) return;

  const std::string last_address = leader_address_, last_id = leader_id_;
  set_leader("", "");
  const bool voter = has_vote(voting_configuration(), options_.id);
  if (latest_index_ == 0) {
    if (!warned_) log(LogLevel::warn, "no known peers, aborting election");
  } else if (voter) {
    log(LogLevel::warn, "heartbeat timeout reached, starting election: last-leader-addr=", last_address,
        " last-leader-id=", last_id);
    return set_role(Role::candidate);
  } else if (latest_index_ == committed_index_) {
    if (!warned_) log(LogLevel::warn, "not part of stable configuration, aborting election");
  } else if (!warned_) {
    log(LogLevel::warn,
        "heartbeat timeout reached, not part of a stable configuration or a non-voter, not triggering a "
        "leader "
        "election");
  }
  warned_ = true;
}

void Node::on_append(Message& message) {
  const auto& request = std::get<AppendRequest>(message.body);
  AppendReply answer{term_, last_index(), false, false};
  if (request.term < term_) return reply(message, answer);
  if (request.term > term_ || (role_ != Role::follower && !candidate_from_transfer_)) {
    set_role(Role::follower);
    if (request.term > term_) return persist_term_then(request.term, message);
  }
  set_leader(message.from_address, message.from);
  if (!previous_matches(request, answer)) return reply(message, answer);

  std::size_t first_new = 0;
  Index truncate_from = 0;
  if (!find_new_entries(request, first_new, truncate_from)) return reply(message, answer);
  if (first_new == request.entries.size()) {  // nothing to write; this may pass a write that is under way
    accept_append(message, request, answer);
    return;
  }
  append_reply_ = answer;
  writing_.clear();
  writing_.truncate_from = truncate_from;
  writing_.entries.assign(request.entries.begin() + static_cast<std::ptrdiff_t>(first_new),
                          request.entries.end());
  waits_for_write_ = std::move(message);
  begin_write(Pending::append);
  if (bug(Bug::ack_before_sync)) {
    append_reply_.success = true;
    reply(waits_for_write_, append_reply_);
  }
}

void Node::accept_append(const Message& message, const AppendRequest& request, AppendReply answer) {
  learn_commit(request.leader_commit,
               options_.commit_to_log_end ? last_index() : request.prev_index + request.entries.size());
  last_contact_ = now_;
  contacted_ = true;
  if (answer.success) return;  // told already, by a planted bug
  answer.success = true;
  reply(message, answer);
}

bool Node::previous_matches(const AppendRequest& request, AppendReply& answer) {
  if (request.prev_index == 0) return true;
  Term ours = 0;
  if (request.prev_index == last_index()) {
    ours = last_term();
  } else {
    const Entry* entry = log_.find(request.prev_index);
    if (!entry && snapshot_ && request.prev_index == snapshot_->index) {
      ours = snapshot_->term;
    } else if (!entry && snapshot_ && request.prev_index < snapshot_->index) {
      return true;  // committed, so it is the same
    } else if (!entry && bug(Bug::gap_accepted)) {
      return true;
    } else if (!entry) {
      log(LogLevel::warn, "failed to get previous log: previous-index=", request.prev_index,
          " last-index=", last_index(), " error=\"log not found\"");
      answer.no_retry_backoff = true;
      return false;
    } else {
      ours = entry->term;
    }
  }
  if (ours == request.prev_term || bug(Bug::prev_term_not_checked)) return true;
  log(LogLevel::warn, "previous log term mis-match: ours=", ours, " remote=", request.prev_term);
  answer.no_retry_backoff = true;
  return false;
}

// Where the request goes beyond what is here. False: an entry that it repeats is not in the log any more.
bool Node::find_new_entries(const AppendRequest& request, std::size_t& first_new, Index& truncate_from) {
  const Index last = last_index();
  for (first_new = 0; first_new < request.entries.size(); ++first_new) {
    const Entry& entry = request.entries[first_new];
    if (entry.index > last) return true;
    const Entry* ours = log_.find(entry.index);
    if (!ours && snapshot_ && entry.index <= snapshot_->index) continue;  // committed, so it is the same
    if (!ours) {
      log(LogLevel::warn, "failed to get log entry: index=", entry.index, " error=\"log not found\"");
      return false;
    }
    const bool differs = entry.term != ours->term && !bug(Bug::conflict_not_truncated);
    if (!differs && !bug(Bug::truncation_without_term_check)) continue;
    if (differs) log(LogLevel::warn, "clearing log suffix: from=", entry.index, " to=", last);
    truncate_from = entry.index;
    return true;
  }
  return true;
}

void Node::finish_append(Durable) {
  if (writing_.truncate_from) {
    log_.truncate_from(writing_.truncate_from);
    if (writing_.truncate_from <= latest_index_ && !bug(Bug::truncation_keeps_configuration))
      set_latest(committed_, committed_index_);
  }
  for (const Entry& entry : writing_.entries) {
    log_.append(entry);
    note_configuration(entry);
  }
  accept_append(waits_for_write_, std::get<AppendRequest>(waits_for_write_.body), append_reply_);
}

void Node::learn_commit(Index leader_commit, Index limit) {
  const Index index = std::min(leader_commit, limit);
  if ((leader_commit <= commit_ && !bug(Bug::commit_goes_back)) ||
      (index <= commit_ && !options_.commit_to_log_end))
    return;
  commit_ = bug(Bug::commit_beyond_log) ? leader_commit : index;
  if (latest_index_ <= commit_) set_committed(latest_, latest_index_);
  apply_to(index);
}

void Node::on_vote(Message& message) {
  const auto& request = std::get<VoteRequest>(message.body);
  const std::string& candidate = message.from_address;
  VoteReply answer{term_, false};
  if (!latest_->servers.empty() && !has_vote(voting_configuration(), message.from) &&
      !bug(Bug::removed_server_votes)) {
    log(LogLevel::warn, "rejecting vote request since node is not a voter: from=", candidate);
    return reply(message, answer);
  }
  if (!leader_address_.empty() && leader_address_ != candidate && !request.leadership_transfer) {
    log(LogLevel::warn, "rejecting vote request since we have a leader: from=", candidate,
        " leader=", leader_address_, " leader-id=", leader_id_);
    return reply(message, answer);
  }
  if (request.term < term_) return reply(message, answer);
  if (request.term > term_) {
    log(LogLevel::debug, "lost leadership because received a requestVote with a newer term");
    set_role(Role::follower);
    return persist_term_then(request.term, message);
  }
  if (vote_.term == request.term && !vote_.candidate.empty() && !bug(Bug::votes_twice_in_a_term)) {
    log(LogLevel::info, "duplicate requestVote for same term: term=", request.term);
    if (vote_.candidate == candidate) {
      log(LogLevel::warn, "duplicate requestVote from: candidate=", candidate);
      answer.granted = true;
    }
    return reply(message, answer);
  }
  if (!log_up_to_date(request, candidate)) return reply(message, answer);
  writing_.clear();
  writing_.vote = Vote{request.term, candidate};
  waits_for_write_ = std::move(message);
  if (bug(Bug::vote_before_sync)) reply(waits_for_write_, VoteReply{term_, true});
  begin_write(Pending::vote);
}

bool Node::log_up_to_date(const VoteRequest& request, const std::string& candidate) {
  if (bug(Bug::vote_ignores_log)) return true;
  if (last_term() > request.last_log_term && !bug(Bug::vote_compares_index_alone)) {
    log(LogLevel::warn, "rejecting vote request since our last term is greater: candidate=", candidate,
        " last-term=", last_term(), " last-candidate-term=", request.last_log_term);
    return false;
  }
  const bool same_term = last_term() == request.last_log_term || bug(Bug::vote_compares_index_alone);
  if (same_term && last_index() > request.last_log_index) {
    log(LogLevel::warn, "rejecting vote request since our last index is greater: candidate=", candidate,
        " last-index=", last_index(), " last-candidate-index=", request.last_log_index);
    return false;
  }
  return true;
}

void Node::finish_vote(Durable) {
  last_contact_ = now_;
  contacted_ = true;
  reply(waits_for_write_, VoteReply{term_, true});
}

// As later libraries ask before they campaign (raft 1.7, requestPreVote). Nothing changes here, whatever the
// answer, so no disk is needed.
void Node::on_pre_vote(const Message& message) {
  const auto& request = std::get<VoteRequest>(message.body);
  const std::string& candidate = message.from_address;
  VoteReply answer{term_, false, true};
  if (!leader_address_.empty() && leader_address_ != candidate) {
    log(LogLevel::warn, "rejecting pre-vote request since we have a leader: from=", candidate,
        " leader=", leader_address_, " leader-id=", leader_id_);
    return reply(message, answer);
  }
  if (!latest_->servers.empty() && !has_vote(voting_configuration(), message.from)) {
    log(LogLevel::warn, "rejecting pre-vote request since node is not a voter: from=", candidate);
    return reply(message, answer);
  }
  if (request.term < term_) return reply(message, answer);
  answer.term = std::max(answer.term, request.term);
  answer.granted = log_up_to_date(request, candidate);
  reply(message, answer);
}

// The leader wants this server to take over: it campaigns at once and says so in its requests, which lifts
// the refusal for a known leader. As in the library, nobody asks who said it.
void Node::on_timeout_now(const Message& message) {
  const Term sent_in = std::get<TimeoutNowRequest>(message.body).term;
  if (sent_in != 0 && sent_in < term_) return;
  set_role(Role::candidate);
  candidate_from_transfer_ = true;
  reply(message, TimeoutNowReply{});
}

}  // namespace squall::vault::raft
