// The path of a request through the AWS side, the same for the HTTP server and the simulated network: find
// the service, verify the signature, admit (fault rules), decode, authorise, validate, call, encode, journal.
// Synchronous and on the world's thread.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "emulator/auth/interfaces.hpp"
#include "emulator/gateway/answer.hpp"
#include "emulator/gateway/faults.hpp"
#include "emulator/gateway/journal.hpp"
#include "emulator/http/message.hpp"
#include "emulator/wire/context.hpp"
#include "emulator/wire/schema.hpp"
#include "emulator/world/entropy.hpp"
#include "emulator/world/scheduler.hpp"

namespace squall::gateway {

// Runs an operation: Api::dispatch of the generated class. Throws base::AwsError.
using Dispatch = std::function<nlohmann::json(const wire::RequestContext&, const wire::Operation&,
                                              const nlohmann::json& input)>;

// What the caller must be allowed to do. The input is decoded but not validated yet, as AWS decides who may
// before it looks at what is wrong: members may be missing or malformed. Nothing to check
// (GetCallerIdentity): an empty list. May throw AwsError for a resource that does not exist, where AWS says
// so first.
using Authorizations = std::function<std::vector<auth::Authorization>(
    const wire::RequestContext&, const wire::Operation&, const nlohmann::json& input)>;

struct GatewayOptions {
  std::string account = "000000000000";
  std::string region = "us-east-1";      // where neither signature nor host name tells one
  std::size_t journal_capacity = 10000;  // calls kept
  // AWS's endpoints are https; what reaches the gateway in clear on a loopback address stands for that
  // (aws:SecureTransport in policies).
  bool secure_transport = true;
};

class Gateway {
 public:
  // `authenticator` null: every caller is the account's root. `authorizer` null: everything is allowed. All
  // that is passed outlives the gateway.
  Gateway(world::Scheduler& scheduler, world::Entropy& entropy, auth::Authenticator* authenticator,
          auth::Authorizer* authorizer, GatewayOptions options = {});
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Without `authorizations`, an operation needs "<service>:<Operation>" on "*".
  void add(const wire::Service& service, Dispatch dispatch, Authorizations authorizations = {});

  // Never throws: what escapes an operation becomes a 500 and is counted.
  Answer handle(const http::Request& request);

  FaultRules& faults();
  Journal& journal();
  // Answers 500 InternalFailure given so far; a simulated run with any of them has failed. Fault rules do not
  // count.
  std::uint64_t internal_failures() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall::gateway
