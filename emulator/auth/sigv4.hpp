// AWS Signature Version 4 as pure text and arithmetic: canonical request, string to sign, signing key,
// signature (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
// Both sides use it: verifier.hpp to check a request, sign() to make one. No clock, no look-up of
// credentials.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/time.hpp"
#include "emulator/http/message.hpp"

namespace squall::auth {

inline constexpr std::string_view sigv4_algorithm = "AWS4-HMAC-SHA256";

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty for long-term credentials
};

// "20150830/us-east-1/iam/aws4_request", without the access key id.
struct Scope {
  std::string date;  // YYYYMMDD
  std::string region;
  std::string service;
  std::string text() const { return date + "/" + region + "/" + service + "/aws4_request"; }
};

// How a service reads the path: S3 takes it as it is on the wire, all others normalise it and encode it
// again.
struct PathRules {
  bool normalize = true;  // resolve "." and "..", drop repeated slashes
  bool encode = true;     // percent-encode what is on the wire once more
  static PathRules of_service(std::string_view signing_name) {
    return signing_name == "s3" ? PathRules{false, false} : PathRules{};
  }
};

std::string canonical_path(std::string_view path, PathRules rules);
// Parameters decoded, encoded again, sorted; X-Amz-Signature is left out (presigned requests).
std::string canonical_query(std::string_view query);
// The whole text, with `signed_headers` lower case and in the order given.
std::string canonical_request(const http::Request& request, const std::vector<std::string>& signed_headers,
                              std::string_view payload_hash, PathRules rules);
std::string string_to_sign(std::string_view amz_date, const Scope& scope, std::string_view canonical);
std::string signing_key(std::string_view secret_access_key, const Scope& scope);  // 32 raw bytes
std::string signature(std::string_view key, std::string_view to_sign);            // 64 hexadecimal digits

struct SignOptions {
  PathRules path;
  bool payload_header = false;  // add X-Amz-Content-Sha256 and sign it (S3 requires it)
  bool sign_token = true;       // some services of old want the session token added after signing
  int expires_s = 3600;         // of a presigned request
};

// What was signed, for tests and for messages.
struct Signed {
  std::string canonical_request, string_to_sign, signature;
};

// Adds X-Amz-Date, the session token and Authorization to `request`. Every header but a few that proxies
// change (user-agent, connection, x-amzn-trace-id...) is signed.
Signed sign(http::Request& request, const Credentials& credentials, std::string_view region,
            std::string_view service, Time now, const SignOptions& options = {});
// The same in the query string, valid for options.expires_s seconds.
Signed presign(http::Request& request, const Credentials& credentials, std::string_view region,
               std::string_view service, Time now, const SignOptions& options = {});

}  // namespace squall::auth
