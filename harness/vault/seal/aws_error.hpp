// Errors of AWS calls, in the words of aws-sdk-go version 1: what an operator reads in Vault's log.
#pragma once
#include <optional>
#include <string>

#include "emulator/world/network.hpp"

namespace squall::vault {

struct AwsCallError {
  std::string text;  // "DisabledException: ...", or several lines
  std::string code;  // "DisabledException", "RequestError"
  bool retryable = false;
  bool throttled = false;  // retried with the longer delays
};

// An answer that is not 2xx of a JSON service.
AwsCallError error_of_response(const http::Response& response);
// No answer: "RequestError: send request failed\ncaused by: Post \"http://...\": dial tcp ...: connect:
// connection refused".
AwsCallError error_of_network(const world::NetError& error, const std::string& url, const std::string& host,
                              Time now);

}  // namespace squall::vault
