// How a disk comes to hold a cluster: bootstrapped, or put right by hand after a loss of quorum
// (hashicorp/raft api.go: BootstrapCluster, RecoverCluster; Vault reads the configuration from peers.json).
#pragma once
#include <functional>
#include <string>

#include "harness/vault/raft/event.hpp"

namespace squall::vault::raft {

struct Prepared {
  DiskState disk;
  std::string error;  // not empty: refused, and `disk` is empty
};

// An empty disk becomes that of a first server: term 1 and the configuration as entry 1.
Prepared bootstrap(const DiskState& disk, const Configuration& configuration);

// Everything in the log counts as committed and goes into a snapshot with the configuration given; the log is
// emptied. Unsafe by nature: what was never committed may become so. `state_machine` gets the snapshot (or
// null) and the entries behind it, and answers with its bytes.
Prepared recover_cluster(
    const DiskState& disk, const Configuration& configuration,
    const std::function<std::string(const SnapshotPtr&, const std::vector<Entry>&)>& state_machine);

}  // namespace squall::vault::raft
