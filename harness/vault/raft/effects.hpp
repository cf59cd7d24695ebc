// What a step asks of its caller. The order to follow: put the write on the disk and report StorageDone; send
// the messages; apply; hand out the outcomes. A message that promises something is only ever made by the step
// that is told that the disk has it, so no order of doing these things can break a promise.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"
#include "harness/vault/raft/event.hpp"
#include "harness/vault/raft/log_line.hpp"

namespace squall::vault::raft {

// One write, all or nothing when it fails, any prefix of it when the machine dies: the parts in this order.
struct Write {
  std::uint64_t id = 0;
  std::optional<Term> term;
  std::optional<Vote> vote;
  SnapshotPtr snapshot;
  bool drop_log = false;    // the snapshot replaces every entry
  Index compact_to = 0;     // entries up to and including this one may go; 0: none
  Index truncate_from = 0;  // entries from this one on must go; 0: none
  std::vector<Entry> entries;

  // Empties everything and keeps the memory.
  void clear() {
    id = compact_to = truncate_from = 0;
    term.reset();
    vote.reset();
    snapshot.reset();
    drop_log = false;
    entries.clear();
  }
};

// A write or none; its memory stays for the next.
class MaybeWrite {
 public:
  explicit operator bool() const { return there_; }
  Write& operator*() { return write_; }
  const Write& operator*() const { return write_; }
  Write* operator->() { return &write_; }
  const Write* operator->() const { return &write_; }
  Write& set(const Write& write) {
    there_ = true;
    return write_ = write;
  }
  void reset() { there_ = false; }

 private:
  bool there_ = false;
  Write write_;
};

struct Outcome {
  Ticket ticket = 0;
  Index index = 0;    // of the entry, where there is one
  std::string error;  // empty: done
};

struct Effects {
  MaybeWrite write;
  std::vector<Message> messages;
  SnapshotPtr restore;       // the state machine starts again from this, before `apply`
  std::vector<Entry> apply;  // committed, in order, of every type
  std::vector<Outcome> outcomes;
  std::vector<LogLine> log;
  std::optional<Role> became;   // the role changed to this
  bool want_snapshot = false;   // answer with TakeSnapshot when convenient
  bool shut_down = false;       // the node removed itself and wants to stop
  std::string panic;            // the node cannot go on: stop it. As the library, which panics
  std::optional<Time> wake_at;  // a Tick is due then; replaces every earlier one

  // What the next messages are made of: those that steps have handled come here by themselves, so that a
  // caller who keeps one Effects for all steps has a steady state without allocations.
  std::vector<Message> spare;
  std::vector<std::vector<Entry>> spare_entries;

  // Empties everything and keeps the memory.
  void clear() {
    write.reset();
    messages.clear();
    restore.reset();
    apply.clear();
    outcomes.clear();
    log.clear();
    became.reset();
    want_snapshot = shut_down = false;
    panic.clear();
    wake_at.reset();
  }
};

}  // namespace squall::vault::raft
