#include "harness/scenario/programs.hpp"

#include "harness/guest/aws/aws.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/vault/cli/main.hpp"
#include "squall/api/ec2.hpp"
#include "squall/api/iam.hpp"
#include "squall/api/kms.hpp"
#include "squall/api/ssm.hpp"
#include "squall/api/sts.hpp"

namespace squall::scenario {

std::map<std::string, program::Program> world_programs() {
  const wire::Service* const services[] = {&api::ec2::service(), &api::iam::service(), &api::kms::service(),
                                           &api::ssm::service(), &api::sts::service()};
  return {{"aws", guest::aws::aws_program(services)}, {"vault", vault::main_program}};
}

void add_internet(sim::SimNetwork& network) {
  for (const std::string& name : guest::release_site_names())
    network.add_service(name, [](const sim::SimHost&, http::Request request) -> world::Task<http::Response> {
      co_return guest::releases(request);
    });
}

}  // namespace squall::scenario
