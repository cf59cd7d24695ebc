// The one write under way, and what goes on when the disk has it or refused it. Here alone is Durable made.
#include <cassert>

#include "harness/vault/raft/node.hpp"

namespace squall::vault::raft {

// The caller has filled `writing_`; from here on the main loop waits.
Write& Node::begin_write(Pending pending) {
  assert(pending_ == Pending::none);
  pending_ = pending;
  writing_.id = ++write_id_;
  Write& write = out_->write.set(writing_);
  if (bug(Bug::term_not_persisted)) write.term.reset();
  if (bug(Bug::vote_not_persisted)) write.vote.reset();
  return write;
}

void Node::storage_done(StorageDone& event) {
  if (pending_ == Pending::none || event.write != writing_.id) return;
  if (!event.error.empty()) return storage_failed(event.error);
  const Pending pending = pending_;
  pending_ = Pending::none;
  if (writing_.term) term_ = *writing_.term;
  if (writing_.vote) vote_ = *writing_.vote;
  const Durable durable;
  switch (pending) {
    case Pending::none:
      break;
    case Pending::term:
      if (waits_for_write_.call) {
        Message message = std::move(waits_for_write_);
        waits_for_write_ = {};
        receive(message);
      }
      break;
    case Pending::vote:
      finish_vote(durable);
      break;
    case Pending::campaign:
      finish_campaign(durable);
      break;
    case Pending::append:
      finish_append(durable);
      break;
    case Pending::lead:
      finish_lead(durable);
      break;
    case Pending::install:
      finish_install(durable);
      break;
    case Pending::take:
      finish_take(durable);
      break;
    case Pending::restore:
      finish_restore(durable);
      break;
  }
  if (pending_ == Pending::none && pending != Pending::term && waits_for_write_.call) {
    recycle(std::move(waits_for_write_));
    waits_for_write_.call = 0;
  }
  append_waiting_change();
}

// A disk that refuses a vote or entries costs an answer; one that refuses a term stops the node, as the
// library panics.
void Node::storage_failed(const std::string& error) {
  const Pending pending = pending_;
  pending_ = Pending::none;
  switch (pending) {
    case Pending::none:
      return;
    case Pending::term:
    case Pending::campaign:
      return stop("failed to save current term: " + error);
    case Pending::vote:
      log(LogLevel::error, "failed to persist vote: error=", Shown{error});
      return reply(waits_for_write_, VoteReply{term_, false});
    case Pending::append:
      log(LogLevel::error, "failed to append to logs: error=", Shown{error});
      return reply(waits_for_write_, append_reply_);
    case Pending::lead:
      log(LogLevel::error, "failed to commit logs: error=", Shown{error});
      for (Ticket ticket : tickets_) outcome(ticket, 0, error);
      tickets_.clear();
      return set_role(Role::follower);
    case Pending::install:
      log(LogLevel::error, "failed to create snapshot to install: error=", Shown{error});
      incoming_ = {};
      return reply(waits_for_write_, InstallReply{term_, false, false, 0, 0});
    case Pending::restore:
      for (Ticket ticket : tickets_) outcome(ticket, 0, "failed to create snapshot: " + error);
      tickets_.clear();
      return;
    case Pending::take:
      log(LogLevel::error, "failed to take snapshot: error=", Shown{error});
      for (Ticket ticket : tickets_) outcome(ticket, 0, error);
      tickets_.clear();
      return;
  }
}

// A message of a newer term: the term goes to the disk before anything else of the message is looked at.
void Node::persist_term_then(Term term, Message& resume) {
  waits_for_write_ = std::move(resume);
  writing_.clear();
  writing_.term = term;
  begin_write(Pending::term);
}

void Node::adopt_term(Term term) {
  Message none;
  persist_term_then(term, none);
}

}  // namespace squall::vault::raft
