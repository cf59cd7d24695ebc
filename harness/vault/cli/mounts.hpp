// What the commands on secrets engines and on auth methods share.
#pragma once
#include <string>
#include <vector>

#include "harness/vault/cli/flags.hpp"
#include "harness/vault/cli/value.hpp"

namespace squall::vault::cli {

struct MountKind {
  std::string api;           // "sys/mounts" or "sys/auth"
  std::string list_failure;  // what stands before an error of the listing
  bool auth;
};
MountKind secrets_engines();
MountKind auth_methods();

// The flags of a mount's settings, and the settings as the API takes them: only what was given.
std::vector<FlagSpec> mount_setting_flags(bool auth);
Value mount_settings(const Flags& flags);

}  // namespace squall::vault::cli
