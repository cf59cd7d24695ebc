#include "emulator/auth/verifier.hpp"

#include <algorithm>

#include "emulator/auth/signature_errors.hpp"
#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"

namespace squall::auth {
namespace {

constexpr auto clock_skew = 5min;  // AWS's tolerance; S3 gives 15
constexpr auto s3_clock_skew = 15min;
constexpr std::size_t most_derived_keys = 4096;

[[noreturn]] void refuse(SignatureFault fault, const Expectation& expected, const std::string& detail = {}) {
  throw signature_error(fault, expected.service.protocol, detail);
}

// Every mistake of the scope is named in one message, as AWS does.
void check_scope(const Claim& claim, const Expectation& expected) {
  std::string wrong;
  bool region_fits = expected.region.empty() || claim.scope.region == expected.region ||
                     (expected.service.global && claim.scope.region == "us-east-1");
  if (!region_fits) wrong += "Credential should be scoped to a valid region. ";
  if (claim.scope.service != expected.service.signing_name)
    wrong += "Credential should be scoped to correct service: '" +
             std::string(expected.service.signing_name) + "'. ";
  if (claim.terminator != "aws4_request")
    wrong += "Credential should be scoped with a valid terminator: 'aws4_request', not '" + claim.terminator +
             "'. ";
  if (claim.scope.date != claim.amz_date.substr(0, 8))
    wrong += "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
             claim.scope.date + "' != '" + claim.amz_date.substr(0, 8) + "', from '" + claim.amz_date + "'. ";
  if (!wrong.empty()) refuse(SignatureFault::not_scoped, expected, wrong);
}

void check_time(const Claim& claim, const Expectation& expected) {
  Time signed_at = *base::parse_amz_date(claim.amz_date);
  Duration skew = expected.service.signing_name == "s3" ? s3_clock_skew : clock_skew;
  auto minutes = [](Duration d) {
    return std::to_string(std::chrono::ceil<std::chrono::minutes>(d).count());
  };
  if (signed_at > expected.now + skew)
    refuse(SignatureFault::too_early, expected,
           "Signature not yet current: " + claim.amz_date + " is still later than " +
               base::amz_date(expected.now + skew) + " (" + base::amz_date(expected.now) + " + " +
               minutes(skew) + " min.)");
  Duration life = claim.presigned ? Duration(std::chrono::seconds(claim.expires_s)) : skew;
  if (signed_at + life < expected.now)
    refuse(SignatureFault::too_old, expected,
           "Signature expired: " + claim.amz_date + " is now earlier than " +
               base::amz_date(expected.now - life) + " (" + base::amz_date(expected.now) + " - " +
               minutes(life) + " min.)");
}

bool signs(const Claim& claim, std::string_view name) {
  return std::find(claim.signed_headers.begin(), claim.signed_headers.end(), name) !=
         claim.signed_headers.end();
}

// What must be covered by the signature: the host, and every x-amz-* header that is there.
void check_signed_headers(const http::Request& request, const Claim& claim, const Expectation& expected) {
  if (!signs(claim, "host"))
    refuse(SignatureFault::mismatch, expected,
           "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  for (const auto& [field, value] : request.headers.fields()) {
    if (field.size() < 6 || !http::equal_ignoring_case(std::string_view(field).substr(0, 6), "x-amz-"))
      continue;
    bool covered = std::any_of(
        claim.signed_headers.begin(), claim.signed_headers.end(),
        [&header = field](const std::string& name) { return http::equal_ignoring_case(name, header); });
    // A token may be added after signing; it is compared with the credential's own in any case.
    if (!covered && !http::equal_ignoring_case(field, "x-amz-security-token"))
      refuse(SignatureFault::mismatch, expected,
             "'" + field + "' must be a 'SignedHeader' in the AWS Authorization.");
  }
}

// S3 lets the caller leave the body out of the signature; nobody else does. A hash that is stated must be the
// body's.
std::string payload_hash(const http::Request& request, const Claim& claim, const Expectation& expected) {
  std::string_view stated = request.headers.get("X-Amz-Content-Sha256");
  if (expected.service.signing_name == "s3") {
    if (claim.presigned && stated.empty()) return "UNSIGNED-PAYLOAD";
    if (stated == "UNSIGNED-PAYLOAD" || stated.starts_with("STREAMING-")) return std::string(stated);
  }
  return base::hex_encode(base::sha256(request.body));
}

std::string mismatch_text(const std::string& canonical, const std::string& to_sign) {
  return "The request signature we calculated does not match the signature you provided. Check your AWS "
         "Secret "
         "Access Key and signing method. Consult the service documentation for details.\n\n"
         "The Canonical String for this request should have been\n'" +
         canonical + "'\n\nThe String-to-Sign should have been\n'" + to_sign + "'\n";
}

}  // namespace

wire::Principal root_of(const std::string& account) {
  wire::Principal root;
  root.kind = wire::Principal::Kind::root;
  root.account = account;
  root.arn = "arn:aws:iam::" + account + ":root";
  root.user_id = account;
  return root;
}

Identity Verifier::authenticate(const http::Request& request, const Expectation& expected) {
  if (mode_ == Mode::open) return recognise(request);
  if (signature_presence(request) == Presence::none) {
    if (!expected.unsigned_allowed) refuse(SignatureFault::missing, expected);
    wire::Principal nobody;
    nobody.kind = wire::Principal::Kind::anonymous;
    nobody.account.clear();
    return {nobody, {}, {}};
  }
  Claim claim;
  try {
    claim = parse_claim(request);
  } catch (const IncompleteSignature& problem) {
    refuse(SignatureFault::incomplete, expected, problem.what());
  }
  const KnownCredential* credential = store_.find(claim.access_key_id);
  if (credential == nullptr || !base::constant_time_equal(credential->session_token, claim.session_token))
    refuse(SignatureFault::unknown_key, expected);
  check_scope(claim, expected);
  check_time(claim, expected);
  check_signature(request, expected, claim, *credential);
  if (credential->expires && *credential->expires <= expected.now)
    refuse(SignatureFault::expired_token, expected);
  Identity identity{credential->principal, claim.scope.region, credential->source_instance};
  store_.used(*credential, claim.scope.region, claim.scope.service, expected.now);
  return identity;
}

void Verifier::check_signature(const http::Request& request, const Expectation& expected, const Claim& claim,
                               const KnownCredential& credential) {
  check_signed_headers(request, claim, expected);
  PathRules rules = PathRules::of_service(expected.service.signing_name);
  std::string canonical =
      canonical_request(request, claim.signed_headers, payload_hash(request, claim, expected), rules);
  std::string to_sign = string_to_sign(claim.amz_date, claim.scope, canonical);
  std::string wanted = signature(derived_key(credential, claim.scope), to_sign);
  if (!base::constant_time_equal(wanted, claim.signature))
    refuse(SignatureFault::mismatch, expected, mismatch_text(canonical, to_sign));
}

const std::string& Verifier::derived_key(const KnownCredential& credential, const Scope& scope) {
  std::string name = credential.secret_access_key;
  for (const std::string* part : {&scope.date, &scope.region, &scope.service}) (name += '/') += *part;
  if (auto it = derived_keys_.find(name); it != derived_keys_.end()) return it->second;
  if (derived_keys_.size() >= most_derived_keys) derived_keys_.clear();
  std::string key = signing_key(credential.secret_access_key, scope);
  return derived_keys_.emplace(std::move(name), std::move(key)).first->second;
}

Identity Verifier::recognise(const http::Request& request) {
  Hint hint = read_hint(request);
  if (!hint.access_key_id.empty())
    if (const KnownCredential* known = store_.find(hint.access_key_id))
      return {known->principal, hint.region, known->source_instance};
  Identity identity{root_of(account_), hint.region, {}};
  identity.principal.access_key_id = hint.access_key_id;
  return identity;
}

}  // namespace squall::auth
