#include "harness/guest/aws/skeleton.hpp"

#include <algorithm>
#include <vector>

namespace squall::guest::aws {
namespace {

using Json = nlohmann::ordered_json;
using wire::Kind;

Json skeleton(const wire::Shape& shape, std::vector<std::string_view>& within) {
  const auto times = std::count(within.begin(), within.end(), shape.name);
  within.push_back(shape.name);
  Json out;
  switch (shape.kind) {
    case Kind::structure:
      out = Json::object();
      if (times > 0) break;  // a shape within itself is left empty
      for (const wire::Member& member : shape.members)
        out[std::string(member.name)] = skeleton(*member.shape, within);
      break;
    case Kind::list:
      out = Json::array({skeleton(*shape.element, within)});
      break;
    case Kind::map:
      out = {{"KeyName", skeleton(*shape.element, within)}};
      break;
    case Kind::string:
      out = shape.values.empty() ? "" : std::string(shape.values[0]);
      break;
    case Kind::integer:
    case Kind::long_:
      out = 0;
      break;
    case Kind::float_:
    case Kind::double_:
      out = 0.0;
      break;
    case Kind::boolean:
      out = true;
      break;
    case Kind::timestamp:
      out = "1970-01-01T00:00:00";
      break;
    case Kind::blob:
      break;
  }
  within.pop_back();
  return out;
}

}  // namespace

Json input_skeleton(const wire::Operation& operation) {
  std::vector<std::string_view> within;
  return operation.input == nullptr ? Json::object() : skeleton(*operation.input, within);
}

}  // namespace squall::guest::aws
