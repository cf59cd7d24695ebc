// The tree that codecs read and write (see schema.hpp for what stands where), and how generated types meet
// it.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::wire {

using Value = nlohmann::json;

// Conversions that the generated code composes. take() leaves `out` alone when the member is absent or null.
inline void take_value(const Value& v, std::string& out) { out = v.get_ref<const std::string&>(); }
inline void take_value(const Value& v, std::int64_t& out) { out = v.get<std::int64_t>(); }
inline void take_value(const Value& v, double& out) { out = v.get<double>(); }
inline void take_value(const Value& v, bool& out) { out = v.get<bool>(); }
inline void take_value(const Value& v, Time& out) { out = Time{Duration{v.get<std::int64_t>()}}; }
template <class T>
void take_value(const Value& v, std::vector<T>& out);
template <class T>
void take_value(const Value& v, std::map<std::string, T>& out);

template <class T>
void take(const Value& object, const char* name, T& out) {
  if (auto it = object.find(name); it != object.end() && !it->is_null()) take_value(*it, out);
}
template <class T>
void take(const Value& object, const char* name, std::optional<T>& out) {
  if (auto it = object.find(name); it != object.end() && !it->is_null()) take_value(*it, out.emplace());
}
template <class T>
void take_value(const Value& v, std::vector<T>& out) {
  out.reserve(v.size());
  for (const Value& item : v) take_value(item, out.emplace_back());
}
template <class T>
void take_value(const Value& v, std::map<std::string, T>& out) {
  for (const auto& [key, item] : v.items()) take_value(item, out[key]);
}

inline Value give_value(const std::string& v) { return v; }
inline Value give_value(std::int64_t v) { return v; }
inline Value give_value(double v) { return v; }
inline Value give_value(bool v) { return v; }
inline Value give_value(Time v) { return v.time_since_epoch().count(); }
template <class T>
Value give_value(const std::vector<T>& v);
template <class T>
Value give_value(const std::map<std::string, T>& v);

template <class T>
void give(Value& object, const char* name, const T& v) {
  object[name] = give_value(v);
}
template <class T>
void give(Value& object, const char* name, const std::optional<T>& v) {
  if (v) object[name] = give_value(*v);
}
template <class T>
Value give_value(const std::vector<T>& v) {
  Value array = Value::array();
  for (const auto& item : v) array.push_back(give_value(static_cast<const T&>(item)));
  return array;
}
template <class T>
Value give_value(const std::map<std::string, T>& v) {
  Value object = Value::object();
  for (const auto& [key, item] : v) object[key] = give_value(item);
  return object;
}

}  // namespace squall::wire
