#include "harness/vault/raft/configuration.hpp"

#include <algorithm>
#include <set>

namespace squall::vault::raft {
namespace {

std::string_view suffrage_name(Suffrage suffrage) {
  return suffrage == Suffrage::voter ? "Voter" : "Nonvoter";
}

std::string braces(const Configuration& configuration) {
  std::string out = "{[";
  for (const Server& server : configuration.servers) {
    if (out.size() > 2) out += ' ';
    out += brief(server);
  }
  return out + "]}";
}

// A server that already has the wished suffrage, or a higher one, only changes its address.
void add(Configuration& configuration, const Change& change, Suffrage suffrage) {
  for (Server& server : configuration.servers) {
    if (server.id != change.id) continue;
    if (suffrage == Suffrage::voter) server.suffrage = Suffrage::voter;
    server.address = change.address;
    return;
  }
  configuration.servers.push_back({suffrage, change.id, change.address});
}

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::follower:
      return "Follower";
    case Role::candidate:
      return "Candidate";
    case Role::leader:
      return "Leader";
  }
  return "Unknown";
}

std::string_view entry_type_name(EntryType type) {
  switch (type) {
    case EntryType::command:
      return "command";
    case EntryType::noop:
      return "noop";
    case EntryType::barrier:
      return "barrier";
    case EntryType::configuration:
      return "configuration";
  }
  return "unknown";
}

const Server* find_server(const Configuration& configuration, std::string_view id) {
  for (const Server& server : configuration.servers)
    if (server.id == id) return &server;
  return nullptr;
}

bool has_vote(const Configuration& configuration, std::string_view id) {
  const Server* server = find_server(configuration, id);
  return server && server->suffrage == Suffrage::voter;
}

std::size_t voter_count(const Configuration& configuration) {
  std::size_t count = 0;
  for (const Server& server : configuration.servers) count += server.suffrage == Suffrage::voter;
  return count;
}

std::size_t quorum_size(const Configuration& configuration) { return voter_count(configuration) / 2 + 1; }

std::optional<std::string> configuration_error(const Configuration& configuration) {
  std::set<std::string_view> ids, addresses;
  for (const Server& server : configuration.servers) {
    if (server.id.empty()) return "empty ID in configuration: " + braces(configuration);
    if (server.address.empty()) return "empty address in configuration: " + brief(server);
    if (!ids.insert(server.id).second) return "found duplicate ID in configuration: " + server.id;
    if (!addresses.insert(server.address).second)
      return "found duplicate address in configuration: " + server.address;
  }
  if (voter_count(configuration) == 0)
    return "need at least one voter in configuration: " + braces(configuration);
  return std::nullopt;
}

NextConfiguration next_configuration(const Configuration& current, Index current_index,
                                     const Change& change) {
  if (change.prev_index > 0 && change.prev_index != current_index)
    return {nullptr, "configuration changed since " + std::to_string(change.prev_index) + " (latest is " +
                         std::to_string(current_index) + ")"};
  auto next = std::make_shared<Configuration>(current);
  switch (change.command) {
    case ChangeCommand::add_voter:
      add(*next, change, Suffrage::voter);
      break;
    case ChangeCommand::add_nonvoter:
      add(*next, change, Suffrage::nonvoter);
      break;
    case ChangeCommand::demote_voter:
      for (Server& server : next->servers)
        if (server.id == change.id) server.suffrage = Suffrage::nonvoter;
      break;
    case ChangeCommand::remove_server:
      std::erase_if(next->servers, [&](const Server& server) { return server.id == change.id; });
      break;
  }
  if (auto error = configuration_error(*next)) return {nullptr, *error};
  return {std::move(next), {}};
}

std::string brief(const Server& server) {
  return "{" + std::string(suffrage_name(server.suffrage)) + " " + server.id + " " + server.address + "}";
}

std::string describe(const Server& server) {
  return "{Suffrage:" + std::string(suffrage_name(server.suffrage)) + " ID:" + server.id +
         " Address:" + server.address + "}";
}

std::string describe(const Configuration& configuration) {
  std::string out = "[";
  for (const Server& server : configuration.servers) {
    if (out.size() > 1) out += ' ';
    out += describe(server);
  }
  return out + "]";
}

std::string_view command_name(ChangeCommand command) {
  switch (command) {
    case ChangeCommand::add_voter:
      return "AddVoter";
    case ChangeCommand::add_nonvoter:
      return "AddNonvoter";
    case ChangeCommand::demote_voter:
      return "DemoteVoter";
    case ChangeCommand::remove_server:
      return "RemoveServer";
  }
  return "ConfigurationChangeCommand";
}

}  // namespace squall::vault::raft
