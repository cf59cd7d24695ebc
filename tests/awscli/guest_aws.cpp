// The guest's `aws` as an ordinary program, so that tests can hold it against the real one.
#include "harness/guest/aws/aws.hpp"
#include "harness/live/run.hpp"
#include "squall/api/ec2.hpp"
#include "squall/api/iam.hpp"
#include "squall/api/kms.hpp"
#include "squall/api/ssm.hpp"
#include "squall/api/sts.hpp"

int main(int argc, char** argv) {
  const squall::wire::Service* services[] = {&squall::api::ec2::service(), &squall::api::iam::service(),
                                             &squall::api::kms::service(), &squall::api::ssm::service(),
                                             &squall::api::sts::service()};
  return squall::live::run_program(squall::guest::aws::aws_program(services), {argv, argv + argc});
}
