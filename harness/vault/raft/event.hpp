// What can happen to a raft node. Everything that a node knows about the world came in one of these.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "harness/vault/raft/configuration.hpp"
#include "harness/vault/raft/message.hpp"

namespace squall::vault::raft {

// What a disk holds: what a node starts from, and what every Write changes.
struct DiskState {
  Term term = 0;
  Vote vote;
  SnapshotPtr snapshot;        // null: none
  std::vector<Entry> entries;  // consecutive
  bool empty() const { return term == 0 && !snapshot && entries.empty(); }
};

struct Start {  // the first event of every node, once
  DiskState disk;
};
struct Receive {
  Message message;
};
struct CallFailed {  // a call got no answer: refused, reset, timed out
  std::uint64_t call = 0;
  std::string error;  // as the log shall show it
};
struct Tick {};  // the time named by Effects::wake_at has come; one too many does no harm
struct StorageDone {
  std::uint64_t write = 0;  // Write::id
  std::string error;        // empty: all of it is on the disk; otherwise none of it is
};
struct Propose {
  Ticket ticket = 0;
  std::shared_ptr<const std::string> data;
  EntryType type = EntryType::command;  // command or barrier
};
struct ChangeMembership {
  Ticket ticket = 0;
  Change change;
};
struct TransferLeadership {
  Ticket ticket = 0;
  std::string target;  // a server's id; empty: the most up-to-date voter
};
struct TakeSnapshot {  // the state machine's bytes as of an applied entry
  Ticket ticket = 0;
  Index index = 0;
  std::string data;
};
// A leader takes on the state of a snapshot from outside; the others get it from the leader. The outcome
// comes when an entry behind it is committed. Dangerous by nature, as in the library: a leader that dies
// before has state that nobody agreed to.
struct RestoreSnapshot {
  Ticket ticket = 0;
  Index index = 0;  // that it was taken at, wherever that was
  std::string data;
};
struct VerifyLeader {  // is this node still the leader? Heartbeats ask a majority; a read may then be served
  Ticket ticket = 0;
};

using Event = std::variant<Start, Receive, CallFailed, Tick, StorageDone, Propose, ChangeMembership,
                           TransferLeadership, TakeSnapshot, RestoreSnapshot, VerifyLeader>;

}  // namespace squall::vault::raft
