// How a command ends when it does not succeed: a text on standard error between line ends, and one of the
// CLI's exit statuses (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html).
#pragma once
#include <stdexcept>
#include <string>

namespace squall::guest::aws {

constexpr int usage_status = 252;          // the command line or a parameter is wrong
constexpr int configuration_status = 253;  // no region, no credentials
constexpr int service_status = 254;        // the service answered with an error
constexpr int general_status = 255;

struct Failure : std::runtime_error {
  Failure(int status, const std::string& text) : std::runtime_error(text), exit_status(status) {}
  int exit_status;
};

// The usage and one error, as every argument parser of the CLI says it.
Failure usage_failure(const std::string& message);
// The usage and options that nobody knows.
Failure unknown_options(const std::string& listed);
// "Error parsing parameter '--filters': ...".
Failure parameter_failure(const std::string& option, const std::string& message);

}  // namespace squall::guest::aws
