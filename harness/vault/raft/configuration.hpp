// Membership: who votes, what a change of one server makes of a configuration, and what is refused
// (hashicorp/raft configuration.go). Pure functions.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "harness/vault/raft/types.hpp"

namespace squall::vault::raft {

enum class ChangeCommand : std::uint8_t { add_voter, add_nonvoter, demote_voter, remove_server };

struct Change {
  ChangeCommand command = ChangeCommand::add_voter;
  std::string id;
  std::string address;   // of add_voter and add_nonvoter
  Index prev_index = 0;  // refuse unless the latest configuration is that of this index; 0: any
};

const Server* find_server(const Configuration& configuration, std::string_view id);
bool has_vote(const Configuration& configuration, std::string_view id);
std::size_t voter_count(const Configuration& configuration);
// The fewest voters that make a majority; 1 for a configuration without voters, as in the library.
std::size_t quorum_size(const Configuration& configuration);

// The library's checks: no empty or repeated id or address, at least one voter. Nothing if it holds.
std::optional<std::string> configuration_error(const Configuration& configuration);

struct NextConfiguration {
  ConfigurationPtr configuration;  // null if refused
  std::string error;
};
NextConfiguration next_configuration(const Configuration& current, Index current_index, const Change& change);

// As Go's %+v prints them: "{Suffrage:Voter ID:n1 Address:n1:8201}", and "[{...} {...}]".
std::string describe(const Server& server);
std::string describe(const Configuration& configuration);
// As Go's %v prints one in a log line: "{Voter n1 n1:8201}".
std::string brief(const Server& server);
std::string_view command_name(ChangeCommand command);

}  // namespace squall::vault::raft
