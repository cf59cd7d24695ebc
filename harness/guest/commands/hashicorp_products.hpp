// HashiCorp's programs beside Vault. A guest has none of them: their packages and archives bring what scripts
// build on (account, folders, configuration, unit), and a command that refuses by name.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "harness/program/program.hpp"

namespace squall::guest {

class Guest;

const std::vector<std::string>& hashicorp_products();  // "consul", "nomad"...
// What the package of that name puts on the disk beside the command; nothing for other names.
void install_product_files(Guest& guest, const std::string& name);
std::map<std::string, program::Program> product_commands();

}  // namespace squall::guest
