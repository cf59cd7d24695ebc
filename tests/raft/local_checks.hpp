// The invariants that the exhaustive search checks at each step of one node by itself.
#pragma once
#include <optional>

#include "harness/vault/raft/node.hpp"
#include "tests/raft/invariants.hpp"

namespace squall::vault::raft::test {

// `message` is about to be sent by a node with this disk; `request` is what it answers, or null.
std::optional<Invariant> broken_promise(const Node& node, const DiskState& disk, const Message& message,
                                        const Message* request);

// `record` is about to reach the disk.
std::optional<Invariant> broken_by_record(const Node& node, const DiskState& disk, const Write& record);

}  // namespace squall::vault::raft::test
