// The words of raft: terms, indexes, servers, entries, snapshots. Values only; nothing here acts.
// Names follow hashicorp/raft 1.3.10 (log.go, configuration.go), the library inside Vault 1.14.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace squall::vault::raft {

using Index = std::uint64_t;  // of a log entry, from 1; 0 means none
using Term = std::uint64_t;   // from 1; 0 means none
using Ticket =
    std::uint64_t;  // a caller's name for what it asked, given back with the outcome; 0: nobody waits

enum class Role : std::uint8_t { follower, candidate, leader };
enum class Suffrage : std::uint8_t { voter, nonvoter };

struct Server {
  Suffrage suffrage = Suffrage::voter;
  std::string id;
  std::string address;  // host:port of the cluster listener
  bool operator==(const Server&) const = default;
};

struct Configuration {
  std::vector<Server> servers;
  bool operator==(const Configuration&) const = default;
};
// Shared because entries, snapshots and nodes refer to one that never changes.
using ConfigurationPtr = std::shared_ptr<const Configuration>;

enum class EntryType : std::uint8_t { command, noop, barrier, configuration };

struct Entry {
  Index index = 0;
  Term term = 0;
  EntryType type = EntryType::command;
  std::shared_ptr<const std::string> data;  // of a command
  ConfigurationPtr configuration;           // of a configuration entry
};

struct Snapshot {
  Index index = 0;  // the last entry that it holds
  Term term = 0;
  ConfigurationPtr configuration;
  Index configuration_index = 0;
  std::string data;  // the state machine's own bytes
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

struct Vote {
  Term term = 0;
  std::string candidate;  // its address, as the library stores it; empty: none
  bool operator==(const Vote&) const = default;
};

std::string_view role_name(Role role);  // "Follower", "Candidate", "Leader"
std::string_view entry_type_name(EntryType type);

}  // namespace squall::vault::raft
