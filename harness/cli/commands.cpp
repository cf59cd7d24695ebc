#include "harness/cli/commands.hpp"

namespace squall::cli {

std::span<const Command> commands() {
  static constexpr Command all[] = {
      {"run", "scenarios in simulated time: provision, boot, break, judge", run_command},
      {"serve", "the AWS endpoint on 127.0.0.1:4566, for aws, boto3, any SDK", serve_command},
      {"vault", "the stand-in node: vault server, status, operator, kv...", vault_command},
  };
  return all;
}

}  // namespace squall::cli
