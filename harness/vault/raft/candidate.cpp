// An election seen by who wants to win it (hashicorp/raft raft.go: runCandidate, electSelf; the round of
// pre-votes as in 1.7: preElectSelf).
#include "harness/vault/raft/node.hpp"

namespace squall::vault::raft {

void Node::campaign() {
  log(LogLevel::info, "entering candidate state: node=\"", self(), "\" term=", term_ + 1);
  role_timer_ = now_ + random_between(options_.election_timeout);
  if (options_.pre_vote && !candidate_from_transfer_) {
    if (!bug(Bug::pre_vote_raises_term)) return pre_campaign();
  }
  writing_.clear();
  writing_.term = bug(Bug::term_not_raised_by_campaign) && term_ > 0 ? term_ : term_ + 1;
  if (has_vote(voting_configuration(), options_.id)) writing_.vote = Vote{*writing_.term, options_.address};
  begin_write(Pending::campaign);
}

void Node::pre_campaign() {
  pre_voting_ = true;
  ask_for_votes(true);
  if (granted_count_ >= votes_needed_) {
    writing_.clear();
    pre_voting_ = false;
    writing_.term = term_ + 1;
    writing_.vote = Vote{*writing_.term, options_.address};
    begin_write(Pending::campaign);
  }
}

void Node::finish_campaign(Durable) {
  if (role_ != Role::candidate) return;
  pre_voting_ = false;
  ask_for_votes(false);
  if (granted_count_ < votes_needed_) return;
  log(LogLevel::info, "election won: term=", term_, " tally=", granted_count_);
  set_role(Role::leader);
  set_leader(options_.address, options_.id);
}

void Node::ask_for_votes(bool pre_vote) {
  electorate_ = bug(Bug::configuration_used_once_committed) ? committed_ : latest_;
  granted_.assign(electorate_->servers.size(), false);
  granted_count_ = refused_count_ = 0;
  votes_needed_ = quorum_size(*electorate_);
  if (bug(Bug::quorum_is_half)) votes_needed_ = std::max<std::size_t>(1, voter_count(*electorate_) / 2);
  vote_calls_from_ = call_ + 1;
  VoteRequest request{pre_vote ? term_ + 1 : term_, last_index(), last_term(), candidate_from_transfer_,
                      pre_vote};
  for (std::size_t i = 0; i < electorate_->servers.size(); ++i) {
    const Server& server = electorate_->servers[i];
    ++call_;  // one number per server, asked or not, so that an answer's number tells its server
    if (server.suffrage != Suffrage::voter && !bug(Bug::quorum_counts_nonvoter)) continue;
    if (is_self(server)) {
      log(LogLevel::debug, "voting for self: term=", request.term, " id=", options_.id);
      granted_[i] = true;
      ++granted_count_;
      continue;
    }
    log(LogLevel::debug, "asking for vote: term=", request.term, " from=", server.id,
        " address=", server.address);
    compose(server.id, server.address, call_).body = request;
  }
  log(LogLevel::debug, "calculated votes needed: needed=", votes_needed_, " term=", request.term);
  if (granted_count_ > 0)
    log(LogLevel::debug, "vote granted: from=", options_.id, " term=", request.term, " tally=1");
}

void Node::candidate_tick() {
  if (now_ < role_timer_) return;
  log(LogLevel::warn, "Election timeout reached, restarting election");
  run_again_ = true;
}

void Node::on_vote_reply(const Message& message, const VoteReply& reply) {
  if (role_ != Role::candidate || loop_role_ != Role::candidate) return;
  std::size_t server = message.call - vote_calls_from_;
  if (message.call < vote_calls_from_ || server >= granted_.size()) {
    if (!bug(Bug::stale_votes_counted)) return;  // of an earlier campaign
    server = 0;
    while (server < granted_.size() && electorate_->servers[server].id != message.from) ++server;
    if (server == granted_.size()) return;
  }
  if (reply.pre_vote != pre_voting_) return;
  const Term asked_for = pre_voting_ ? term_ + 1 : term_;
  if (reply.term > asked_for || (reply.term < asked_for && bug(Bug::older_term_adopted))) {
    log(LogLevel::debug, "newer term discovered, fallback to follower: term=", reply.term);
    set_role(Role::follower);
    return adopt_term(reply.term);
  }
  if (!reply.granted) {
    if (++refused_count_ == votes_needed_ && pre_voting_)
      log(LogLevel::info, "pre-vote campaign failed, waiting for election timeout: term=", asked_for,
          " tally=", granted_count_, " refused=", refused_count_, " votesNeeded=", votes_needed_);
    return;
  }
  if (granted_[server] && !bug(Bug::duplicate_votes_counted)) return;  // a duplicate on its way
  granted_[server] = true;
  ++granted_count_;
  log(LogLevel::debug, "vote granted: from=", message.from, " term=", reply.term, " tally=", granted_count_);
  if (granted_count_ < votes_needed_) return;
  if (pre_voting_) {
    log(LogLevel::info, "pre-vote successful, starting election: term=", asked_for, " tally=", granted_count_,
        " refused=", refused_count_, " votesNeeded=", votes_needed_);
    pre_voting_ = false;
    writing_.clear();
    writing_.term = asked_for;
    writing_.vote = Vote{asked_for, options_.address};
    begin_write(Pending::campaign);
    return;
  }
  log(LogLevel::info, "election won: term=", term_, " tally=", granted_count_);
  set_role(Role::leader);
  set_leader(options_.address, options_.id);
}

void Node::vote_call_failed(std::size_t server, const std::string& error) {
  log(LogLevel::error, "failed to make requestVote RPC: target=\"", brief(electorate_->servers[server]),
      "\" error=", Shown{error}, " term=", term_);
}

}  // namespace squall::vault::raft
