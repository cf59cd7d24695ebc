// Every secret that Squall has issued: the root user's key, users' access keys, sessions of roles. The
// signature verifier reads it on each request, so what was read is kept until IAM changes.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "emulator/auth/credentials.hpp"
#include "emulator/auth/sigv4.hpp"
#include "emulator/services/iam/directory.hpp"

namespace squall::services::iam {

// A role's session to be opened; sts::Service has decided that it may be.
struct NewSession {
  Role role;
  std::string name;  // the session's: "i-0123..." of an instance
  Duration lifetime;
  std::string policy;  // JSON; empty: none
  std::map<std::string, std::string> tags;
  std::map<std::string, std::string> transitive_tags;  // handed on to sessions opened from this one
  std::string source_instance;
};

struct OpenedSession {
  auth::Credentials credentials;
  Time expires;
  std::string arn;      // "arn:aws:sts::123456789012:assumed-role/role/name"
  std::string user_id;  // "AROA...:name"
};

class Credentials : public auth::CredentialStore {
 public:
  explicit Credentials(Directory& directory) : directory_(directory) {}

  // The root user's access key: made at the first start, then always the same.
  auth::Credentials root(const std::string& account);
  OpenedSession open(const NewSession& session);
  // The tags that a session hands on; empty for any other credential.
  std::map<std::string, std::string> transitive_tags(const std::string& access_key_id);

  const auth::KnownCredential* find(std::string_view access_key_id) override;
  void used(const auth::KnownCredential& credential, std::string_view region, std::string_view service,
            Time now) override;

 private:
  std::optional<auth::KnownCredential> read_key(std::string_view access_key_id);
  std::optional<auth::KnownCredential> read_session(std::string_view access_key_id);

  Directory& directory_;
  std::uint64_t generation_ = 0;  // of what is kept
  std::map<std::string, auth::KnownCredential, std::less<>> known_;
  struct Use {
    Time at;
    std::string region, service;
  };
  std::map<std::string, Use, std::less<>> noted_;
};

}  // namespace squall::services::iam
