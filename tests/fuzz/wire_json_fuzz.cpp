// A JSON body as inputs of KMS and SSM: it is refused with an AwsError or read into a tree that the writer
// can write and the reader reads back to the same.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "emulator/base/aws_error.hpp"
#include "emulator/wire/codec.hpp"
#include "emulator/wire/json_reader.hpp"
#include "emulator/wire/json_writer.hpp"
#include "emulator/wire/validate.hpp"
#include "squall/api/kms.hpp"
#include "squall/api/ssm.hpp"

namespace {

void read_as_inputs_of(const squall::wire::Service& service, std::string_view text) {
  squall::wire::Validator validator;
  // A few operations at a time, which ones depends on the size.
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& operation = service.operations[(text.size() + i) % service.operations.size()];
    if (operation.input == nullptr) continue;
    try {
      auto input = squall::wire::read_json(*operation.input, text);
      std::string written;
      squall::wire::write_json(written, *operation.input, input);
      if (squall::wire::read_json(*operation.input, written) != input) std::abort();
      validator.check(service, operation, input);
    } catch (const squall::base::AwsError&) {
      continue;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  read_as_inputs_of(squall::api::kms::service(), text);
  read_as_inputs_of(squall::api::ssm::service(), text);
  return 0;
}
