#include "harness/scenario/programs.hpp"

#include "harness/guest/commands/packages.hpp"
#include "harness/vault/cli/main.hpp"

namespace squall::scenario {

std::map<std::string, program::Program> world_programs() { return {{"vault", vault::main_program}}; }

std::map<std::string, guest::Instance::PartsProgram> instance_programs() { return {}; }

void add_internet(sim::SimNetwork& network) {
  for (const char* name : {"releases.hashicorp.com", "apt.releases.hashicorp.com", "rpm.releases.hashicorp.com",
                           "awscli.amazonaws.com"})
    network.add_service(name, [](const sim::SimHost&, http::Request request) -> world::Task<http::Response> {
      co_return guest::releases(request);
    });
}

}  // namespace squall::scenario
