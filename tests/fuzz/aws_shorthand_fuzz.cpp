// A value of the command line as shorthand and as JSON: a tree, or the error that the command shows.
#include <stdexcept>

#include "harness/guest/aws/json_text.hpp"
#include "harness/guest/aws/shorthand.hpp"
#include "squall/api/ec2.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace squall;
  const std::string text(data, data + size);
  const auto* operation = api::ec2::service().find("RunInstances");
  try {
    auto value = guest::aws::parse_shorthand(text);
    guest::aws::fit_to_shape(value, *operation->input->find("TagSpecifications")->shape->element);
  } catch (const guest::aws::ShorthandError&) {
  } catch (const std::invalid_argument&) {
  }
  try {
    guest::aws::indented_json(guest::aws::read_json_text(text));
  } catch (const guest::aws::JsonTextError&) {
  }
  return 0;
}
