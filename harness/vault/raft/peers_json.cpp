#include "harness/vault/raft/peers_json.hpp"

#include <nlohmann/json.hpp>

#include "emulator/base/ascii.hpp"
#include "harness/vault/go/json_decode.hpp"
#include "harness/vault/raft/configuration.hpp"

namespace squall::vault::raft {
namespace {

using nlohmann::json;

struct Mismatch {
  std::string what;
};

// Go takes any case of a name, and null for a member that is not there.
const json* member(const json& entry, const std::string& name, json::value_t type, const char* go_type) {
  const json* found = nullptr;
  for (const auto& [key, value] : entry.items())
    if (base::ascii_lower(key) == name) found = &value;
  if (found == nullptr || found->is_null()) return nullptr;
  if (found->type() != type)
    throw Mismatch{"json: cannot unmarshal " + go_json_kind(*found) + " into Go struct field configEntry." +
                   name + " of type " + go_type};
  return found;
}

Server server_of(const json& entry) {
  Server server;
  if (entry.is_null()) return server;
  if (!entry.is_object())
    throw Mismatch{"json: cannot unmarshal " + go_json_kind(entry) +
                   " into Go value of type raft.configEntry"};
  if (const json* id = member(entry, "id", json::value_t::string, "raft.ServerID")) server.id = *id;
  if (const json* address = member(entry, "address", json::value_t::string, "raft.ServerAddress"))
    server.address = *address;
  const json* nonvoter = member(entry, "non_voter", json::value_t::boolean, "bool");
  if (nonvoter != nullptr && nonvoter->get<bool>()) server.suffrage = Suffrage::nonvoter;
  return server;
}

Configuration configuration_of(const json& list) {
  Configuration configuration;
  if (list.is_null()) return configuration;
  if (!list.is_array())
    throw Mismatch{"json: cannot unmarshal " + go_json_kind(list) +
                   " into Go value of type []raft.configEntry"};
  for (const json& entry : list) configuration.servers.push_back(server_of(entry));
  return configuration;
}

PeersJson refused(const std::string& why) { return {{}, "raft recovery failed to parse peers.json: " + why}; }

}  // namespace

PeersJson parse_peers_json(const std::string& bytes) {
  if (const std::string problem = go_json_problem(bytes); !problem.empty()) return refused(problem);
  PeersJson out;
  try {
    out.configuration = configuration_of(go_json_value(bytes));
  } catch (const Mismatch& mismatch) {
    return refused(mismatch.what);
  }
  if (const auto error = configuration_error(out.configuration)) return refused(*error);
  for (const Server& server : out.configuration.servers)
    if (server.suffrage == Suffrage::nonvoter)
      return {{},
              "raft recovery failed to parse configuration for node \"" + server.id +
                  "\": setting `non_voter` is only supported in enterprise"};
  return out;
}

}  // namespace squall::vault::raft
