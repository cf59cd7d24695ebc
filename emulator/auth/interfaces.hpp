// What the gateway asks of auth/: who signed a request, and whether that caller may do what it asks. Two
// interfaces, so that the gateway can be built and tested without the IAM store behind them.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/http/message.hpp"
#include "emulator/wire/context.hpp"
#include "emulator/wire/schema.hpp"

namespace squall::auth {

// What the gateway already knows of a request when it asks who signed it.
struct Expectation {
  const wire::Service&
      service;  // the credential scope must name its signing_name; its protocol names the errors
  // The region in the endpoint's host name, which the scope's must match; empty: any (127.0.0.1:4566 serves
  // all).
  std::string region;
  Time now;
  bool unsigned_allowed = false;  // the operation takes anonymous callers (AssumeRoleWithWebIdentity...)
};

struct Identity {
  wire::Principal principal;
  std::string region;  // of the credential scope; empty when nothing was signed
  std::string
      source_instance;  // "i-0123..." when the credentials were delivered through that instance's IMDS
};

// AWS Signature Version 4, in the Authorization header or the query string
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // Throws base::AwsError with the code, status and message that AWS gives in the protocol of
  // `expected.service`: UnrecognizedClientException or InvalidClientTokenId or AuthFailure,
  // InvalidSignatureException or SignatureDoesNotMatch, MissingAuthenticationToken, ExpiredToken... Reads the
  // request once; never stores it.
  virtual Identity authenticate(const http::Request& request, const Expectation& expected) = 0;
};

// One decision to take before an operation runs; an operation may need several (RunInstances: the instance,
// the image, the subnet, and iam:PassRole).
struct Authorization {
  std::string action;           // "kms:Decrypt"
  std::string resource = "*";   // ARN, or "*" for an action without resources
  std::string resource_policy;  // JSON policy attached to the resource; empty: none
  // A KMS key's policy alone decides unless it lets the account's IAM policies in; other resources are open
  // to identity policies of their own account.
  bool resource_policy_required = false;
  // Condition keys beside the global ones: "kms:EncryptionContext:app", "aws:ResourceTag/Name", each with its
  // values.
  std::map<std::string, std::vector<std::string>> conditions;
};

class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // Nothing if allowed; else AWS's sentence: "User: arn:... is not authorized to perform: kms:Decrypt on
  // resource: arn:... because no identity-based policy allows the kms:Decrypt action". The gateway gives it
  // the protocol's error code (access_denied in gateway/errors.hpp); operations that check a further action
  // do the same.
  virtual std::optional<std::string> denial(const wire::RequestContext& context,
                                            const Authorization& wanted) = 0;
};

// Which users and roles there are: a policy of a resource may name only those.
class PrincipalDirectory {
 public:
  virtual ~PrincipalDirectory() = default;
  // `name` as in a policy's {"AWS": ...}: an ARN, an account's id or a unique id ("AIDA..."). Who is in
  // another account than `account` cannot be looked up and is believed.
  virtual bool names_someone(const std::string& account, const std::string& name) = 0;
};

}  // namespace squall::auth
