#include "emulator/auth/signature_errors.hpp"

namespace squall::auth {
namespace {

using base::AwsError;

constexpr const char* bad_token = "The security token included in the request is invalid.";
constexpr const char* expired = "The security token included in the request is expired";

AwsError query_error(SignatureFault fault, const std::string& detail) {
  switch (fault) {
    case SignatureFault::missing:
      return {"MissingAuthenticationToken", 403, "Request is missing Authentication Token"};
    case SignatureFault::incomplete:
      return {"IncompleteSignature", 400, detail};
    case SignatureFault::unknown_key:
      return {"InvalidClientTokenId", 403, bad_token};
    case SignatureFault::expired_token:
      return {"ExpiredToken", 403, expired};
    default:
      return {"SignatureDoesNotMatch", 403, detail};
  }
}

AwsError json_error(SignatureFault fault, const std::string& detail) {
  switch (fault) {
    case SignatureFault::missing:
      return {"MissingAuthenticationTokenException", 400, "Missing Authentication Token"};
    case SignatureFault::incomplete:
      return {"IncompleteSignatureException", 400, detail};
    case SignatureFault::unknown_key:
      return {"UnrecognizedClientException", 400, bad_token};
    case SignatureFault::expired_token:
      return {"ExpiredTokenException", 400, expired};
    default:
      return {"InvalidSignatureException", 400, detail};
  }
}

// EC2 does not say which part of the credentials is wrong.
AwsError ec2_error(SignatureFault fault, const std::string& detail) {
  switch (fault) {
    case SignatureFault::missing:
      return {"MissingAuthenticationToken", 403, "Request is missing Authentication Token"};
    case SignatureFault::incomplete:
      return {"IncompleteSignature", 400, detail};
    case SignatureFault::too_old:
    case SignatureFault::too_early:
    case SignatureFault::expired_token:
      return {"RequestExpired", 400, "Request has expired."};
    default:
      return {"AuthFailure", 401, "AWS was not able to validate the provided access credentials"};
  }
}

AwsError s3_error(SignatureFault fault, const std::string& detail) {
  switch (fault) {
    case SignatureFault::missing:
      return {"AccessDenied", 403, "Access Denied"};
    case SignatureFault::incomplete:
      return {"AuthorizationHeaderMalformed", 400, detail};
    case SignatureFault::not_scoped:
      return {"AuthorizationHeaderMalformed", 400, detail};
    case SignatureFault::unknown_key:
      return {"InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."};
    case SignatureFault::too_old:
    case SignatureFault::too_early:
      return {"RequestTimeTooSkewed", 403,
              "The difference between the request time and the current time is too large."};
    case SignatureFault::expired_token:
      return {"ExpiredToken", 400, "The provided token has expired."};
    case SignatureFault::mismatch:
      break;
  }
  return {"SignatureDoesNotMatch", 403,
          "The request signature we calculated does not match the signature you provided. Check your key and "
          "signing method."};
}

}  // namespace

AwsError signature_error(SignatureFault fault, wire::Protocol protocol, const std::string& detail) {
  switch (protocol) {
    case wire::Protocol::query:
      return query_error(fault, detail);
    case wire::Protocol::ec2:
      return ec2_error(fault, detail);
    case wire::Protocol::rest_xml:
      return s3_error(fault, detail);
    case wire::Protocol::json:
    case wire::Protocol::rest_json:
      break;
  }
  return json_error(fault, detail);
}

}  // namespace squall::auth
