// Filters of the Describe operations: each filter's values are alternatives, all filters must hold; * and ?
// are wildcards, a backslash takes their meaning away.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
#pragma once
#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/services/ec2/errors.hpp"
#include "squall/api/ec2.hpp"

namespace squall::services::ec2 {

using ApiFilters = std::optional<std::vector<api::ec2::Filter>>;
using Texts = std::vector<std::string>;

// Case counts; takes time proportional to the product of the lengths at worst.
bool matches_wildcard(std::string_view pattern, std::string_view text);
bool matches_any(const Texts& patterns, const Texts& texts);

// Checks the form: a name, 1 to 200 values. Throws InvalidParameterValue.
void require_well_formed(const ApiFilters& filters);
AwsError invalid_filter(std::string_view name);
// Whether a "tag:KEY", "tag-key" or "tag-value" filter holds; nothing for any other name.
std::optional<bool> tag_filter(const api::ec2::Filter& filter,
                               const std::optional<std::vector<api::ec2::Tag>>& tags);

// A filter of an item of type T: its name, and the item's values for it. Without a function it is a filter
// of AWS for something that no item has here ("ipv6-address"), and nothing passes it.
template <class T>
struct FilterField {
  std::string_view name;
  Texts (*values)(const T& item) = nullptr;
};

// For kinds without tags.
struct NoTags {};

// Whether all filters hold. Throws InvalidParameterValue for a filter that the kind does not have.
template <class T>
bool passes(const ApiFilters& filters, std::span<const FilterField<T>> fields, const T& item,
            const std::optional<std::vector<api::ec2::Tag>>* tags) {
  if (!filters) return true;
  bool all = true;
  for (const api::ec2::Filter& filter : *filters) {
    if (tags)
      if (auto held = tag_filter(filter, *tags)) {
        all = all && *held;
        continue;
      }
    const FilterField<T>* field = nullptr;
    for (const FilterField<T>& candidate : fields)
      if (candidate.name == *filter.name) field = &candidate;
    if (!field) throw invalid_filter(*filter.name);
    all = all && field->values && matches_any(*filter.values, field->values(item));
  }
  return all;
}

// Keeps the items that pass; names are checked even when there is nothing to keep.
template <class T, class Tagged>
std::vector<T> filtered(const ApiFilters& filters, std::span<const FilterField<T>> fields,
                        std::vector<T> items, Tagged tags_of) {
  require_well_formed(filters);
  constexpr bool has_tags = !std::is_same_v<Tagged, NoTags>;
  const std::optional<std::vector<api::ec2::Tag>> none;
  passes(filters, fields, T{}, has_tags ? &none : nullptr);
  std::erase_if(items, [&](const T& item) {
    if constexpr (has_tags)
      return !passes(filters, fields, item, &tags_of(item));
    else
      return !passes(filters, fields, item, nullptr);
  });
  return items;
}

// Keeps the items named by `ids`, in the items' order; throws `missing(id)` for one that is not there.
template <class T, class Key, class Missing>
void keep_named(std::vector<T>& items, const std::optional<Texts>& ids, Key key_of, Missing missing) {
  if (!ids) return;
  for (const std::string& id : *ids)
    if (std::none_of(items.begin(), items.end(), [&](const T& item) { return key_of(item) == id; }))
      throw missing(id);
  std::erase_if(
      items, [&](const T& item) { return std::find(ids->begin(), ids->end(), key_of(item)) == ids->end(); });
}

// The common values: an absent member has none.
inline Texts texts(const std::optional<std::string>& value) { return value ? Texts{*value} : Texts{}; }
inline Texts texts(const std::optional<std::int64_t>& value) {
  return value ? Texts{std::to_string(*value)} : Texts{};
}
inline Texts texts(const std::optional<bool>& value) {
  return value ? Texts{*value ? "true" : "false"} : Texts{};
}
Texts texts(const std::optional<double>& value);  // "2.5", "593.75"
Texts texts(const std::optional<Time>& value);    // ISO 8601 with milliseconds
inline Texts texts(const std::optional<Texts>& values) { return values.value_or(Texts{}); }
Texts texts(const std::optional<std::vector<std::int64_t>>& values);

}  // namespace squall::services::ec2
