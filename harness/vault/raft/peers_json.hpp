// The file peers.json, by which an operator says who is in the cluster after a loss of quorum (hashicorp/raft
// peersjson.go, ReadConfigJSON; Vault 1.14 physical/raft/raft.go, which reads and deletes it at a start).
#pragma once
#include <string>

#include "harness/vault/raft/types.hpp"

namespace squall::vault::raft {

struct PeersJson {
  Configuration configuration;  // for recover_cluster
  std::string error;            // not empty: as Vault says it, and then it does not start
};

// [{"id": "n1", "address": "10.0.0.1:8201", "non_voter": false}, ...]; what follows the list is not read.
PeersJson parse_peers_json(const std::string& bytes);

}  // namespace squall::vault::raft
