// A user of auth/userpass, with what Vault keeps of the tokens that its logins make (sdk/helper/tokenutil).
#pragma once
#include "harness/vault/logical/token_store.hpp"

namespace squall::vault {

struct UserpassUser {
  std::string salt, hash;  // of the password, in hexadecimal
  std::vector<std::string> policies;
  std::int64_t ttl_s = 0, max_ttl_s = 0, explicit_max_ttl_s = 0, period_s = 0, num_uses = 0;
  bool no_default_policy = false;
  std::string type = "default";  // or "service", "batch"
  // Members that were given under their old names, which a read shows too.
  bool old_policies = false, old_ttl = false, old_max_ttl = false;

  // What a write says of it. Throws LogicalError 400.
  void change(const Json& data);
  Json description() const;  // as it is read

  Json to_json() const;  // as stored
  static UserpassUser from_json(const Json& json);
};

// The members that a write may have.
Schema userpass_user_schema();

}  // namespace squall::vault
