// Any bytes as a policy of each kind: parsed or refused; what is parsed can be evaluated.
#include <cstdint>
#include <string_view>

#include "emulator/auth/evaluate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::auth;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  AccessRequest request;
  request.principal_arn = "arn:aws:iam::123456789012:user/u";
  request.principal_account = request.resource_account = "123456789012";
  request.action = "kms:Decrypt";
  request.resource = "arn:aws:kms:us-east-1:123456789012:key/k";
  request.context = {{"aws:username", {"u"}},
                     {"aws:sourceip", {"10.0.0.1"}},
                     {"aws:tagkeys", {"a", "b"}},
                     {"aws:currenttime", {"2024-01-01T00:00:00Z"}}};
  for (PolicyKind kind : {PolicyKind::identity, PolicyKind::resource, PolicyKind::trust}) {
    try {
      Policy policy = parse_policy(text, kind);
      PolicySet policies;
      if (kind == PolicyKind::identity)
        policies.identity = {&policy};
      else
        policies.resource = &policy;
      evaluate(request, policies);
    } catch (const PolicyError&) {
    }
  }
  return 0;
}
