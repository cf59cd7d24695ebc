// Any bytes as user data, and each part as a cloud-config and as a template: taken apart or refused, never
// more than a failure's text.
#include <cstdint>
#include <string_view>

#include "harness/guest/cloud_config.hpp"
#include "harness/guest/instance_data.hpp"
#include "harness/guest/user_data.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::guest;
  for (const UserDataPart& part : parse_user_data({reinterpret_cast<const char*>(data), size})) {
    std::string problem;
    if (parse_cloud_config(part.body, problem))
      merge_cloud_config(part.body, part.body, "dict(recurse_list)+list(append)");
    parse_template(part.body);
  }
  return 0;
}
