// Values of a configuration, read as loosely as Vault reads them (go-secure-stdlib/parseutil).
#pragma once
#include <cstdint>
#include <stdexcept>

#include "harness/vault/hcl/ast.hpp"

namespace squall::vault {

// The message is what the server prints after "error loading configuration from <path>: ".
struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Each throws ConfigError in Go's words for a value that is none.
bool to_bool(const hcl::Value& value);             // "true" and 1 are
std::int64_t to_integer(const hcl::Value& value);  // texts of digits are
std::int64_t to_seconds(const hcl::Value& value);  // "768h", or a number of seconds

}  // namespace squall::vault
