// Documents of any making, as JSON and as YAML: each is a document or a clean refusal; what is a document
// says the same in the other format, and makes a plan.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "emulator/base/aws_error.hpp"
#include "emulator/services/ssm/plan.hpp"

namespace ssm = squall::services::ssm;

namespace {

void try_format(std::string_view content, ssm::Format format) {
  ssm::Document document;
  try {
    document = ssm::parse_document(content, format);
  } catch (const squall::base::AwsError&) {
    return;
  }
  const auto tree = ssm::read_content(content, format);
  const auto again = ssm::parse_document(ssm::write_content(tree, ssm::Format::json), ssm::Format::json);
  if (again.steps.size() != document.steps.size()) std::abort();
  try {
    const ssm::Plan plan = ssm::make_plan(document, ssm::resolve_values("fuzzed", document, {}));
    if (plan.steps.size() != document.steps.size()) std::abort();
  } catch (const squall::base::AwsError& error) {
    if (error.code != "InvalidParameters") std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view content(reinterpret_cast<const char*>(data), size);
  try_format(content, ssm::Format::json);
  try_format(content, ssm::Format::yaml);
  return 0;
}
