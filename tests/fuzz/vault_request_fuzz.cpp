// The body of a request to the stand-in node: what is JSON to a parser is JSON to Go's checker too, members
// are read as fields of each kind or refused with 400, and what is answered can be read again.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "harness/vault/go/json_decode.hpp"
#include "harness/vault/http/respond.hpp"
#include "harness/vault/logical/fields.hpp"

namespace {

using namespace squall::vault;

void require(bool holds) {
  if (!holds) std::abort();
}

template <class Read>
void read_field(Read read, const Json& body, const std::string& name) {
  try {
    read(body, name);
  } catch (const LogicalError& error) {
    require(error.status == 400);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string problem = go_json_problem(text);
  const Json body = Json::parse(text, nullptr, false);
  if (body.is_discarded()) return 0;
  require(problem.empty() || problem == "exceeded max depth");
  if (!body.is_object()) return 0;
  for (const auto& [name, value] : body.items()) {
    read_field(text_field, body, name);
    read_field(integer_field, body, name);
    read_field(boolean_field, body, name);
    read_field(list_field, body, name);
    read_field(seconds_field, body, name);
  }
  require(Json::parse(go_json(body), nullptr, false) == body);
  return 0;
}
