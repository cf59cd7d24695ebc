#include "harness/scenario/programs.hpp"

#include "harness/guest/commands/packages.hpp"
#include "harness/vault/cli/main.hpp"

namespace squall::scenario {

std::map<std::string, program::Program> world_programs() { return {{"vault", vault::main_program}}; }

void add_internet(sim::SimNetwork& network) {
  for (const std::string& name : guest::release_site_names())
    network.add_service(name, [](const sim::SimHost&, http::Request request) -> world::Task<http::Response> {
      co_return guest::releases(request);
    });
}

}  // namespace squall::scenario
