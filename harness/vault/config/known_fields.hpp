// The names of the fields that Vault 1.14's configuration has (vault/command/server/config.go,
// internalshared/configutil), whether they do something here or not.
#pragma once
#include <string>

namespace squall::vault {

bool knows_top_level_field(const std::string& name);
bool knows_listener_field(const std::string& name);
// Does what Vault does with it.
bool heeds_listener_field(const std::string& name);
// Known, and changes nothing that a client of this node can see: not worth a warning.
bool has_silent_field(const std::string& name);

}  // namespace squall::vault
