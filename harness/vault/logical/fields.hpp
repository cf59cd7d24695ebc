// Members of a request's body, read as Vault's field schema reads them (sdk/framework/field_data.go,
// parseutil): numbers and booleans may be strings, lists may be comma-separated, durations are seconds or Go
// durations.
#pragma once
#include "harness/vault/logical/request.hpp"

namespace squall::vault {

// Each answers nothing when the member is absent or null, and throws LogicalError 400 when it cannot be read.
std::optional<std::string> text_field(const Json& data, const std::string& name);
std::optional<std::int64_t> integer_field(const Json& data, const std::string& name);
std::optional<bool> boolean_field(const Json& data, const std::string& name);
std::optional<std::vector<std::string>> list_field(const Json& data, const std::string& name);
std::optional<std::int64_t> seconds_field(const Json& data, const std::string& name);

// "3600", "1h", "90s"; nothing for other texts.
std::optional<std::int64_t> parse_seconds(const std::string& text);

// Throws 400 for the first member of `data` that Vault knows and the stand-in does not serve.
void refuse_fields(const Json& data, std::initializer_list<const char*> names);

}  // namespace squall::vault
