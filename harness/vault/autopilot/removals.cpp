#include "harness/vault/autopilot/removals.hpp"

namespace squall::vault::autopilot {

Removals::Begun Removals::begin(const std::string& id) {
  const bool fresh = under_way_.insert(id).second;
  return {
      fresh,
      {LogLevel::info,
       fresh ? "removing dead server from raft configuration" : "removal of dead server is already initiated",
       {{"id", id, {}}}}};
}

std::optional<LogLine> Removals::end(const std::string& id, std::string_view error, Followers& followers) {
  under_way_.erase(id);
  if (error.empty()) {
    followers.forget(id);
    return std::nullopt;
  }
  // Vault never tells autopilot the address, so it has none to show here.
  return LogLine{LogLevel::error,
                 "failed to remove server",
                 {{"server_id", id, {}},
                  {"server_address", "", {}},
                  {"server_name", id, {}},
                  {"error", std::string(error), {}}}};
}

}  // namespace squall::vault::autopilot
