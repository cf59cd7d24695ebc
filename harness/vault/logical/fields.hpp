// Members of a request's body, read as Vault's framework reads them (sdk/framework/field_data.go, parseutil):
// numbers and booleans may be texts, lists may have commas in a text, durations are seconds or Go durations.
#pragma once
#include "harness/vault/logical/schema.hpp"

namespace squall::vault {

// Each answers nothing when the member is absent or null, and throws LogicalError 400 when it is not of that
// type, which a Schema has ruled out where there is one.
std::optional<std::string> text_field(const Json& data, const std::string& name);
std::optional<std::int64_t> integer_field(const Json& data, const std::string& name);
std::optional<bool> boolean_field(const Json& data, const std::string& name);
std::optional<std::vector<std::string>> list_field(const Json& data, const std::string& name);
std::optional<std::vector<std::int64_t>> integers_field(const Json& data, const std::string& name);
std::optional<std::int64_t> seconds_field(const Json& data, const std::string& name);
std::optional<Json> map_field(const Json& data, const std::string& name);
std::optional<Json> pairs_field(const Json& data, const std::string& name);  // an object of texts

// A duration that Vault keeps as a text until it needs it, so that the error is bare.
std::optional<std::int64_t> late_seconds_field(const Json& data, const std::string& name);

// What Go's strconv.ParseBool takes, and its ParseInt of any base.
std::optional<bool> parse_boolean(const std::string& text);
std::optional<std::int64_t> parse_integer(const std::string& text);
// The parts between commas, trimmed, without empty ones.
std::vector<std::string> split_list(const std::string& text);

// "3600", "1h", "90s"; nothing for other texts.
std::optional<std::int64_t> parse_seconds(const std::string& text);

// Throws 400 for the first member of `data` that Vault knows and the stand-in does not serve.
void refuse_fields(const Json& data, std::initializer_list<const char*> names);

}  // namespace squall::vault
