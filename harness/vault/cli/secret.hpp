// api.Secret: the envelope of nearly every answer, and how the three output formats show it
// (Vault's command/format.go).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "harness/vault/cli/client.hpp"
#include "harness/vault/cli/session.hpp"
#include "harness/vault/cli/value.hpp"

namespace squall::vault::cli {

struct SecretAuth {
  std::string client_token, accessor, entity_id;
  std::vector<std::string> policies, token_policies;
  std::optional<std::vector<std::string>> identity_policies;
  Value metadata;  // an object, or null
  bool orphan = false, renewable = false;
  std::int64_t lease_duration_s = 0;
  Value mfa_requirement;
};

// What stands for an answer that was asked for with -wrap-ttl.
struct WrapInfo {
  std::string token, accessor, creation_time, creation_path, wrapped_accessor;
  std::int64_t ttl_s = 0;
};

struct Secret {
  std::string request_id, lease_id;
  std::int64_t lease_duration_s = 0;
  bool renewable = false;
  Value data;  // an object, or null
  std::vector<std::string> warnings;
  std::optional<SecretAuth> auth;
  std::optional<WrapInfo> wrap;

  bool tells_something() const { return !warnings.empty() || !data.members.empty(); }
  Value as_json() const;  // in the order of the Go struct
};

// Nothing for an empty body, and for one that holds nothing but errors. An answer without the envelope
// becomes the secret's data. Throws Failure for what is no JSON.
std::optional<Secret> parse_secret(const std::string& body);

// Reads that answer 404 give nothing, unless the body carries warnings or data (Logical().Read and List).
world::Task<std::optional<Secret>> read_secret_at(Client& client, ApiRequest request);

// Writes, whose 404 is a failure that may still carry warnings to show (Logical().Write, JSONMergePatch).
world::Task<std::optional<Secret>> write_secret_at(Client& client, Session& session, ApiRequest request);

// Each answers the exit status.
int show_secret(Session& session, const Secret& secret);
int show_list(Session& session, const Secret& secret);  // its data's "keys"
int show_data(Session& session, const Value& data);     // an object or a list of texts
int show_field(Session& session, const Secret& secret, const std::string& field);
int show_field(Session& session, const Value& data, const std::string& field);
// A text that somebody is going to use: without a newline when standard output is no terminal.
void show_raw(Session& session, const std::string& text);
void show_warnings(Session& session, const Secret& secret);
// A value in JSON or YAML, as the session's format asks; "" for other formats.
std::string formatted(Session& session, const Value& value);

// What a write prints: nothing came back, "Success! ..." in tables only; else the field, or the secret.
int show_written(Session& session, const std::optional<Secret>& secret, const std::string& success);

}  // namespace squall::vault::cli
