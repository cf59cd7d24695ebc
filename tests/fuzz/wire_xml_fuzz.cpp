// An XML answer as outputs of EC2 and IAM, and as an error: read into a tree, or refused with a
// runtime_error.
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "emulator/wire/codec.hpp"
#include "squall/api/ec2.hpp"
#include "squall/api/iam.hpp"

namespace {

void read_as_outputs_of(const squall::wire::Service& service, const std::string& text) {
  const auto& codec = squall::wire::codec(service.protocol);
  // The rest of the operations share their shapes' kinds with these.
  for (const char* name : {"DescribeInstances", "CreateTags", "ListUsers", "GetRole"}) {
    const auto* operation = service.find(name);
    if (operation == nullptr) continue;
    try {
      auto output = codec.decode_response(service, *operation, {.status = 200, .body = text});
      codec.encode_response(service, *operation, output, "id");
    } catch (const std::runtime_error&) {
      continue;
    }
  }
  codec.decode_error({.status = 400, .body = text});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  read_as_outputs_of(squall::api::ec2::service(), text);
  read_as_outputs_of(squall::api::iam::service(), text);
  return 0;
}
