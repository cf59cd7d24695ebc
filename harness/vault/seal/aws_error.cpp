#include "harness/vault/seal/aws_error.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "harness/vault/go/tls_problem.hpp"

namespace squall::vault {
namespace {

// Exceptions of the KMS model of SDK 1.44: they print on one line. Others carry status and request id.
constexpr std::string_view modelled[] = {"AlreadyExistsException",
                                         "DependencyTimeoutException",
                                         "DisabledException",
                                         "IncorrectKeyException",
                                         "InvalidArnException",
                                         "InvalidCiphertextException",
                                         "InvalidGrantTokenException",
                                         "InvalidKeyUsageException",
                                         "KMSInternalException",
                                         "KMSInvalidStateException",
                                         "KeyUnavailableException",
                                         "LimitExceededException",
                                         "MalformedPolicyDocumentException",
                                         "NotFoundException",
                                         "UnsupportedOperationException"};
constexpr std::string_view throttles[] = {"Throttling",
                                          "ThrottlingException",
                                          "ThrottledException",
                                          "RequestThrottled",
                                          "RequestThrottledException",
                                          "RequestLimitExceeded",
                                          "ProvisionedThroughputExceededException",
                                          "TooManyRequestsException",
                                          "PriorRequestNotComplete",
                                          "TransactionInProgressException",
                                          "EC2ThrottledException",
                                          "BandwidthLimitExceeded",
                                          "LimitExceededException"};
constexpr std::string_view expired[] = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"};

template <class List>
bool holds(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// As `hexdump -C`, each line behind a tab: how the SDK shows a body that it cannot read.
std::string hex_dump(const std::string& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (std::size_t start = 0; start < bytes.size(); start += 16) {
    std::string offset = "00000000", hex, text;
    for (std::size_t i = 0, rest = start; i < 8; ++i, rest >>= 4) offset[7 - i] = digits[rest & 15];
    for (std::size_t i = 0; i < 16; ++i) {
      if (i == 8) hex += ' ';
      if (start + i >= bytes.size()) {
        hex += "   ";
        continue;
      }
      const auto byte = static_cast<unsigned char>(bytes[start + i]);
      hex += {digits[byte >> 4], digits[byte & 15], ' '};
      text += std::isprint(byte) != 0 ? static_cast<char>(byte) : '.';
    }
    out += (start == 0 ? "\t" : "") + offset + "  " + hex + " |" + text + "|\n";
  }
  return out;
}

AwsCallError unreadable(const http::Response& response, const std::string& request_id) {
  AwsCallError error;
  error.code = "SerializationError";
  const char first = response.body.empty() ? '\0' : response.body[0];
  error.text = "SerializationError: failed to unmarshal response error\n\tstatus code: " +
               std::to_string(response.status) + ", request id: " + request_id +
               "\ncaused by: UnmarshalError: failed decoding error message\n" + hex_dump(response.body) +
               "\ncaused by: " +
               (response.body.empty()
                    ? "EOF"
                    : std::string("invalid character '") + first + "' looking for beginning of value");
  return error;
}

}  // namespace

AwsCallError error_of_response(const http::Response& response) {
  const std::string request_id(response.headers.get("X-Amzn-Requestid"));
  const nlohmann::json body = nlohmann::json::parse(response.body, nullptr, false);
  AwsCallError error;
  if (!body.is_object()) {
    error = unreadable(response, request_id);
  } else {
    error.code = body.value("__type", std::string(response.headers.get("X-Amzn-ErrorType")));
    error.code =
        error.code.substr(error.code.rfind('#') == std::string::npos ? 0 : error.code.rfind('#') + 1);
    error.code = error.code.substr(0, error.code.find(':'));
    const std::string message =
        body.contains("message") ? body.value("message", "") : body.value("Message", "");
    error.text = error.code + ": " + message;
    if (!holds(modelled, error.code))
      error.text += "\n\tstatus code: " + std::to_string(response.status) + ", request id: " + request_id;
  }
  const int status = response.status;
  error.throttled =
      holds(throttles, error.code) || status == 429 || status == 502 || status == 503 || status == 504;
  error.retryable = error.throttled || holds(expired, error.code) || (status >= 500 && status != 501);
  return error;
}

AwsCallError error_of_network(const world::NetError& error, const std::string& url, const std::string& host,
                              Time now) {
  std::string cause;
  switch (error.fault) {
    case world::NetFault::name_not_found:
      cause = "dial tcp: lookup " + host + ": no such host";
      break;
    case world::NetFault::refused:
      cause = "dial tcp " + error.detail + ": connect: connection refused";
      break;
    case world::NetFault::unreachable:
      cause = "dial tcp " + error.detail + ": connect: network is unreachable";
      break;
    case world::NetFault::timed_out:
      cause = "dial tcp " + error.detail + ": i/o timeout";
      break;
    case world::NetFault::reset:
      cause = "EOF";
      break;
    case world::NetFault::tls_not_tls:
    case world::NetFault::tls_untrusted:
    case world::NetFault::tls_name_mismatch:
    case world::NetFault::tls_expired:
      cause = go_tls_problem(error, host, now);
      break;
  }
  AwsCallError result;
  result.code = "RequestError";
  result.text = "RequestError: send request failed\ncaused by: Post \"" + url + "\": " + cause;
  result.retryable = true;
  return result;
}

}  // namespace squall::vault
