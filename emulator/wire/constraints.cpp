#include "emulator/wire/constraints.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/wire/utf8.hpp"

namespace squall::wire {
namespace {

bool is_number(const Shape& shape) {
  return shape.kind == Kind::integer || shape.kind == Kind::long_ || shape.kind == Kind::float_ ||
         shape.kind == Kind::double_;
}

std::string bound_text(const Shape& shape, bool is_min, std::int64_t bound) {
  return std::string("Member must have ") + (is_number(shape) ? "value " : "length ") +
         (is_min ? "greater" : "less") + " than or equal to " + std::to_string(bound);
}

std::string pattern_text(const Shape& shape) {
  return "Member must satisfy regular expression pattern: " + std::string(shape.pattern);
}

std::string values_text(const Shape& shape) {
  std::string text = "Member must satisfy enum value set: [";
  for (std::size_t i = 0; i < shape.values.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::string(shape.values[i]);
  return text + "]";
}

void check_bounds(const Shape& shape, const nlohmann::json& value, std::vector<Breach>& out) {
  if (!shape.min && !shape.max) return;
  bool number = is_number(shape);
  double size = 0;
  if (number) {
    size = value.get<double>();
  } else if (shape.kind == Kind::string) {
    size = static_cast<double>(count_code_points(value.get_ref<const std::string&>()));
  } else if (shape.kind == Kind::blob) {
    size = static_cast<double>(value.get_ref<const std::string&>().size());
  } else if (shape.kind == Kind::list || shape.kind == Kind::map) {
    size = static_cast<double>(value.size());
  } else {
    return;
  }
  if (shape.max && size > static_cast<double>(*shape.max))
    out.push_back({number ? Breach::Kind::too_large : Breach::Kind::too_long,
                   bound_text(shape, false, *shape.max), std::to_string(*shape.max)});
  if (shape.min && size < static_cast<double>(*shape.min))
    out.push_back({number ? Breach::Kind::too_small : Breach::Kind::too_short,
                   bound_text(shape, true, *shape.min), std::to_string(*shape.min)});
}

}  // namespace

const Pattern& PatternCache::get(const Shape& shape) {
  auto it = compiled_.find(&shape);
  if (it == compiled_.end()) it = compiled_.emplace(&shape, Pattern(shape.pattern)).first;
  return it->second;
}

std::vector<Breach> breaches(const Shape& shape, const nlohmann::json& value, PatternCache& patterns) {
  std::vector<Breach> out;
  check_bounds(shape, value, out);
  if (shape.kind != Kind::string) return out;
  const auto& text = value.get_ref<const std::string&>();
  // A text that is too long anyway is not matched: it is the cheapest way to be sent much work.
  bool too_long = !out.empty() && out.front().kind == Breach::Kind::too_long;
  if (!shape.pattern.empty() && !too_long && !patterns.get(shape).matches(text))
    out.push_back({Breach::Kind::pattern, pattern_text(shape), {}});
  if (!shape.values.empty() &&
      std::find(shape.values.begin(), shape.values.end(), text) == shape.values.end())
    out.push_back({Breach::Kind::values, values_text(shape), {}});
  return out;
}

std::string all_constraints(const Shape& shape) {
  std::string text = "[";
  auto add = [&](const std::string& constraint) { text += (text.size() > 1 ? ", " : "") + constraint; };
  if (shape.max) add(bound_text(shape, false, *shape.max));
  if (shape.min) add(bound_text(shape, true, *shape.min));
  if (!shape.pattern.empty()) add(pattern_text(shape));
  if (!shape.values.empty()) add(values_text(shape));
  return text + "]";
}

bool is_scalar(const Shape& shape) {
  return shape.kind != Kind::structure && shape.kind != Kind::list && shape.kind != Kind::map;
}

}  // namespace squall::wire
