// A JSON value as Vault's client holds one: numbers keep their literal (Go's json.Number), objects that came
// over the wire are sorted by key (Go's maps), objects built here keep their order (Go's structs). Rendered
// as Go renders them: json.MarshalIndent, ghodss/yaml, and fmt's %v.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::vault::cli {

struct Value {
  enum class Kind { null, boolean, number, text, array, object };
  using Member = std::pair<std::string, Value>;

  Kind kind = Kind::null;
  bool boolean = false;
  std::string literal;  // of a text or a number
  std::vector<Value> items;
  std::vector<Member> members;

  static Value of(bool value);
  static Value of(std::int64_t value);
  static Value of(std::string value);
  static Value of(const char* value) { return of(std::string(value)); }
  static Value of(const std::vector<std::string>& values);
  static Value object(std::vector<Member> members = {});

  bool is(Kind other) const { return kind == other; }
  // The member of that name; nothing if this is no object or has none. A JSON null is there.
  const Value* find(std::string_view name) const;
  // As find, but a JSON null counts as absent.
  const Value* given(std::string_view name) const;
  void set(std::string name, Value value);
  void erase(std::string_view name);
  void sort();  // by key, here and below

  std::string text_of(std::string_view name) const;                // "" if absent or no text
  std::int64_t integer_of(std::string_view name) const;            // 0 if absent or no number
  bool flag_of(std::string_view name) const;                       // false if absent or no boolean
  std::vector<std::string> texts_of(std::string_view name) const;  // the texts of an array
};

struct ParsedValue {
  std::optional<Value> value;
  std::string error;  // in the words of Go's encoding/json, when there is no value
};
// The first value of a text, as Go's decoder takes it, at most 512 levels deep.
ParsedValue parse_json(std::string_view text);

std::string compact_json(const Value& value);   // json.Marshal
std::string indented_json(const Value& value);  // json.MarshalIndent(value, "", "  ")
std::string yaml(const Value& value);           // yaml.Marshal after JSON: keys sorted; ends in a newline
std::string printed(const Value& value);        // fmt's %v
std::string quoted(std::string_view text);      // fmt's %q
std::string quoted_list(const std::vector<std::string>& texts);  // %q of a []string

}  // namespace squall::vault::cli
