// Where a key of the key-value store lies: the mount, its version, and the API paths of its parts
// (Vault's command/kv_helpers.go).
#pragma once
#include <string>
#include <vector>

#include "harness/vault/cli/client.hpp"
#include "harness/vault/cli/secret.hpp"

namespace squall::vault::cli {

struct KvPath {
  std::string mount;    // "secret/", as the server names it
  std::string partial;  // "secret/app"
  std::string plain;    // the path of a version 1 mount
  bool versioned = false;

  // "secret/data/app" for "data".
  std::string below(const std::string& prefix) const;
  // With the prefix on a version 2 mount, without it on version 1.
  std::string below_if_versioned(const std::string& prefix) const {
    return versioned ? below(prefix) : plain;
  }
};

// Asks the server what is mounted there: -mount=MOUNT KEY, or MOUNT/KEY.
world::Task<KvPath> find_kv(Session& session, Client& client, std::string key);

// The same, refusing version 1 with Failure(exit_status, refusal).
world::Task<KvPath> find_versioned_kv(Session& session, Client& client, std::string key, int exit_status,
                                      std::string refusal);

// "-versions=1,2 -versions=3" as the API takes it.
std::vector<std::string> version_list(const Flags& flags);

// "= Secret Path =", the path, an empty line.
void show_path(Session& session, const std::string& path, const std::string& title);

// The key's metadata after a write, in a table under its headings; elsewhere the secret.
int show_kv_written(Session& session, const std::optional<Secret>& secret, const std::string& path,
                    bool headings);

FlagSpec mount_flag();
FlagSpec versions_flag();

}  // namespace squall::vault::cli
