#include "harness/guest/aws/failure.hpp"

namespace squall::guest::aws {
namespace {

constexpr char usage[] =
    "usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n"
    "To see help text, you can run:\n"
    "\n"
    "  aws help\n"
    "  aws <command> help\n"
    "  aws <command> <subcommand> help\n";

}  // namespace

Failure usage_failure(const std::string& message) {
  return {usage_status, usage + ("\naws: error: " + message) + "\n"};
}

Failure unknown_options(const std::string& listed) {
  return {usage_status, usage + ("\nUnknown options: " + listed) + "\n"};
}

Failure parameter_failure(const std::string& option, const std::string& message) {
  return {usage_status, "Error parsing parameter '" + option + "': " + message};
}

}  // namespace squall::guest::aws
