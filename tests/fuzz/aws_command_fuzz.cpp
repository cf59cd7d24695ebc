// Any command line of the guest's `aws`, one word a line, then its configuration file, then what every
// request is answered with ("200 {...}"): it ends with an exit status of a process.
#include <array>
#include <cstdint>
#include <cstdlib>

#include "harness/guest/aws/aws.hpp"
#include "squall/api/ec2.hpp"
#include "squall/api/iam.hpp"
#include "squall/api/kms.hpp"
#include "squall/api/ssm.hpp"
#include "tests/fuzz/sections.hpp"
#include "tests/vault_cli/fake_node.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall;
  const auto parts = testing::sections({reinterpret_cast<const char*>(data), size}, 3);
  static const std::array services{&api::ec2::service(), &api::iam::service(), &api::kms::service(),
                                   &api::ssm::service()};
  static const program::Program aws = guest::aws::aws_program(services);
  vault::testing::FakeNode node;
  node.variables()["AWS_ACCESS_KEY_ID"] = "AKIAIOSFODNN7EXAMPLE";
  node.variables()["AWS_SECRET_ACCESS_KEY"] = "secret";
  node.disk().files["/root/.aws/config"].content = parts[1];
  node.disk().files["/work/file"].content = parts[1];
  node.input = parts[1];
  if (auto answer = testing::answer(parts[2])) node.network().otherwise = std::move(*answer);
  const auto ran = node.run(aws, "aws", testing::lines(parts[0]));
  if (ran.exit_status < 0 || ran.exit_status > 255) std::abort();
  return 0;
}
