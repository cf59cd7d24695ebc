// Records that are stored as a JSON object: each type lists its members once, in
//   template <class Visit> void each_member(MountEntry& record, Visit&& visit)
// which calls visit("name", record.member) for each; writing and reading both follow that list.
#pragma once
#include <optional>

#include "harness/vault/logical/request.hpp"

namespace squall::vault {

template <class T>
Json stored_value(const T& value) {
  return value;
}
inline Json stored_value(const Time& value) { return value.time_since_epoch().count(); }
inline Json stored_value(const std::optional<Time>& value) { return value ? stored_value(*value) : Json(); }

template <class T>
void read_stored(const Json& json, T& value) {
  value = json.get<T>();
}
inline void read_stored(const Json& json, Json& value) { value = json; }
inline void read_stored(const Json& json, Time& value) { value = Time{Duration{json.get<std::int64_t>()}}; }
inline void read_stored(const Json& json, std::optional<Time>& value) {
  if (!json.is_null()) read_stored(json, value.emplace());
}

template <class Record>
Json stored_record(Record record) {
  Json json = Json::object();
  each_member(record, [&](const char* name, auto& value) { json[name] = stored_value(value); });
  return json;
}

// Throws nlohmann's exceptions for an object that is not such a record.
template <class Record>
Record record_from(const Json& json) {
  Record record;
  each_member(record, [&](const char* name, auto& value) { read_stored(json.at(name), value); });
  return record;
}

}  // namespace squall::vault
