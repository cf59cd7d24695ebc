// What a leader knows of one other server, and where its talk with it stands (hashicorp/raft replication.go:
// one goroutine that replicates, first call by call, then pipelined, and one that sends heartbeats).
#pragma once
#include <vector>

#include "emulator/base/time.hpp"
#include "harness/vault/raft/types.hpp"

namespace squall::vault::raft {

struct Peer {
  Server server;
  Index next_index = 1;   // the entry to send next
  Index match_index = 0;  // its disk agrees with ours up to here
  Time last_contact{};    // an answer arrived, of any kind
  Time promised_at{};     // the latest moment at which a call that it answered with success was sent
  bool stopped = false;   // it has a newer term; the leader is about to step down

  // Replication, call by call or by snapshot: one call is under way if `call` is not 0.
  std::uint64_t call = 0;
  Time sent_at{};
  Index call_last = 0;  // the last entry of the call under way; 0: none in it
  Index goal = 0;       // go on until this entry was sent
  std::uint64_t failures = 0;
  Time retry_at{};   // not before
  Time commit_at{};  // when to say the commit index again
  SnapshotPtr sending;
  std::uint64_t offset = 0;

  // Replication, pipelined.
  struct Sent {
    std::uint64_t call;
    Time at;
    Index last;
  };
  bool pipelined = false;
  Index pipeline_next = 0;
  std::vector<Sent> in_flight;

  std::uint64_t heartbeat_call = 0;  // not 0: under way
  Time heartbeat_sent_at{};
  Time heartbeat_at{};  // when to send the next
  std::uint64_t heartbeat_failures = 0;
};

}  // namespace squall::vault::raft
