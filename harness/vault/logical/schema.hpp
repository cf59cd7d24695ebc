// Which members a path's requests may have and of which type, as Vault's framework checks them before a
// request reaches its handler (sdk/framework/field_data.go): wrong ones are refused in mapstructure's words,
// unknown ones warned of.
#pragma once
#include <string_view>
#include <utility>

#include "harness/vault/logical/request.hpp"

namespace squall::vault {

enum class FieldType {
  text,
  boolean,
  integer,
  map,
  seconds,  // not negative
  signed_seconds,
  list,      // of texts, or one text with commas
  texts,     // a list, or a text that is its only element
  integers,  // a list, or one text with commas
  pairs      // a map of texts, or a list of "key=value"
};

struct Schema {
  std::vector<std::pair<std::string_view, FieldType>> fields;
  // Vault looks whether the thing exists first, and that look checks the members too, in fewer words.
  bool looks_first = false;
};

// Why a value is not of a type; empty when it is. Null is of every type.
std::string field_problem(const Json& value, FieldType type);

// Throws LogicalError 400 for the first member that is not of its type.
void check_fields(const Json& data, const Schema& schema, bool while_looking);

// The warning of members that the path does not know; empty when it knows them all.
std::string unknown_fields(const Json& data, const Schema& schema);

// A value as Go's %v prints it: "[a b]", "map[k:v]".
std::string go_value_text(const Json& value);

}  // namespace squall::vault
