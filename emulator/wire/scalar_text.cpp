#include "emulator/wire/scalar_text.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "emulator/base/encoding.hpp"
#include "emulator/base/time.hpp"

namespace squall::wire {

std::string scalar_text(const Shape& shape, const nlohmann::json& value, int time_digits) {
  switch (shape.kind) {
    case Kind::boolean:
      return value.get<bool>() ? "true" : "false";
    case Kind::integer:
    case Kind::long_:
      return std::to_string(value.get<std::int64_t>());
    case Kind::float_:
    case Kind::double_: {
      char buffer[32];
      auto end = std::to_chars(std::begin(buffer), std::end(buffer), value.get<double>()).ptr;
      return {std::begin(buffer), end};
    }
    case Kind::timestamp:
      return base::iso8601(Time{Duration{value.get<std::int64_t>()}}, time_digits);
    case Kind::blob:
      return base::base64_encode(value.get_ref<const std::string&>());
    default:
      return value.get<std::string>();
  }
}

}  // namespace squall::wire
