// The Authenticator: takes a request's claim apart, finds the secret, computes the signature again and
// compares. In open mode nothing is refused, but keys that Squall issued are still recognised as their
// owner's.
#pragma once
#include <map>
#include <string>

#include "emulator/auth/authorization.hpp"
#include "emulator/auth/credentials.hpp"
#include "emulator/auth/interfaces.hpp"

namespace squall::auth {

enum class Mode { open, strict };

class Verifier : public Authenticator {
 public:
  // `account` is whose root an unknown caller is in open mode. The store must outlive the verifier.
  Verifier(CredentialStore& store, Mode mode, std::string account)
      : store_(store), mode_(mode), account_(std::move(account)) {}

  Identity authenticate(const http::Request& request, const Expectation& expected) override;

 private:
  // The derived key of one (secret, date, region, service): four HMACs saved per request.
  const std::string& derived_key(const KnownCredential& credential, const Scope& scope);
  Identity recognise(const http::Request& request);
  void check_signature(const http::Request& request, const Expectation& expected, const Claim& claim,
                       const KnownCredential& credential);

  CredentialStore& store_;
  Mode mode_;
  std::string account_;
  std::map<std::string, std::string, std::less<>> derived_keys_;
};

// The principal of an account's root user.
wire::Principal root_of(const std::string& account);

}  // namespace squall::auth
