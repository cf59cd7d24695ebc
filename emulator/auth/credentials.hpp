// Where the verifier finds the secret behind an access key id, and whose it is.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/time.hpp"
#include "emulator/wire/context.hpp"

namespace squall::auth {

struct KnownCredential {
  std::string secret_access_key;
  std::string session_token;    // empty for long-term keys; temporary ones must present it
  std::optional<Time> expires;  // temporary credentials only
  wire::Principal principal;    // with its access_key_id
  std::string source_instance;  // the EC2 instance that received them through its metadata service
};

class CredentialStore {
 public:
  virtual ~CredentialStore() = default;
  // Null for a key that does not exist, is inactive, or whose user or role is gone. The pointer holds until
  // the next call of any kind on the store.
  virtual const KnownCredential* find(std::string_view access_key_id) = 0;

  // A request signed with this credential has been let in (GetAccessKeyLastUsed, RoleLastUsed). By default
  // nobody keeps that.
  virtual void used(const KnownCredential& credential, std::string_view region, std::string_view service,
                    Time now);
};

inline void CredentialStore::used(const KnownCredential&, std::string_view, std::string_view, Time) {}

}  // namespace squall::auth
