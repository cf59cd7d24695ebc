// Form parameters as an IAM input: refused with an AwsError, or read into a tree that the client's writer
// writes and the reader reads back to the same.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "emulator/base/aws_error.hpp"
#include "emulator/wire/codec.hpp"
#include "emulator/wire/form.hpp"
#include "emulator/wire/validate.hpp"
#include "squall/api/iam.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto& service = squall::api::iam::service();
  const auto& codec = squall::wire::codec(service.protocol);
  squall::wire::Validator validator;
  squall::http::Request request{.method = "POST", .body = {reinterpret_cast<const char*>(data), size}};
  // The operation that it names, else one that depends on the size.
  const auto* operation = service.find(squall::wire::form_value(request, "Action").value_or(""));
  if (operation == nullptr) operation = &service.operations[size % service.operations.size()];
  try {
    auto input = codec.decode_request(service, *operation, request);
    validator.check(service, *operation, input);
    auto written = codec.encode_request(service, *operation, input);
    if (codec.decode_request(service, *operation, written) != input) std::abort();
  } catch (const squall::base::AwsError&) {
    return 0;
  }
  return 0;
}
