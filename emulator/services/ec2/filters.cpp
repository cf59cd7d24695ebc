#include "emulator/services/ec2/filters.hpp"

#include <algorithm>

namespace squall::services::ec2 {

namespace {

constexpr std::size_t most_values = 200;

// One pattern element at `at`: the character it stands for, or a wildcard.
struct Element {
  char character;
  bool any_run, any_one;
  std::size_t length;
};

Element element_at(std::string_view pattern, std::size_t at) {
  char c = pattern[at];
  if (c == '\\' && at + 1 < pattern.size()) return {pattern[at + 1], false, false, 2};
  return {c, c == '*', c == '?', 1};
}

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::optional<std::size_t> after_star;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size()) {
      Element element = element_at(pattern, p);
      if (element.any_run) {
        after_star = p += element.length;
        star_text = t;
        continue;
      }
      if (element.any_one || element.character == text[t]) {
        p += element.length;
        ++t;
        continue;
      }
    }
    if (!after_star) return false;
    p = *after_star;
    t = ++star_text;
  }
  while (p < pattern.size() && element_at(pattern, p).any_run) ++p;
  return p == pattern.size();
}

bool matches_any(const Texts& patterns, const Texts& candidates) {
  return std::any_of(candidates.begin(), candidates.end(), [&](const std::string& candidate) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches_wildcard(pattern, candidate); });
  });
}

void require_well_formed(const ApiFilters& filters) {
  if (!filters) return;
  for (const api::ec2::Filter& filter : *filters) {
    if (!filter.name || filter.name->empty()) throw invalid_filter("null");
    if (!filter.values || filter.values->empty())
      throw invalid_value("Filter value must not be null or empty for filter '" + *filter.name + "'");
    if (filter.values->size() > most_values)
      throw error("FilterLimitExceeded",
                  "The maximum number of filter values specified on a single call is 200");
  }
}

AwsError invalid_filter(std::string_view name) {
  return invalid_value("The filter '" + std::string(name) + "' is invalid");
}

std::optional<bool> tag_filter(const api::ec2::Filter& filter,
                               const std::optional<std::vector<api::ec2::Tag>>& tags) {
  constexpr std::string_view by_key = "tag:";
  Texts candidates;
  std::string_view name = *filter.name;
  if (name.starts_with(by_key)) {
    if (tags)
      for (const api::ec2::Tag& tag : *tags)
        if (*tag.key == name.substr(by_key.size())) candidates.push_back(*tag.value);
  } else if (name == "tag-key" || name == "tag-value") {
    if (tags)
      for (const api::ec2::Tag& tag : *tags) candidates.push_back(name == "tag-key" ? *tag.key : *tag.value);
  } else {
    return std::nullopt;
  }
  return matches_any(*filter.values, candidates);
}

Texts texts(const std::optional<double>& value) {
  if (!value) return {};
  std::string text = std::to_string(*value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return {text};
}

Texts texts(const std::optional<std::vector<std::int64_t>>& values) {
  Texts all;
  for (std::int64_t value : values.value_or(std::vector<std::int64_t>{}))
    all.push_back(std::to_string(value));
  return all;
}

Texts texts(const std::optional<Time>& value) { return value ? Texts{base::iso8601(*value, 3)} : Texts{}; }

}  // namespace squall::services::ec2
