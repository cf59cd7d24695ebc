// Bytes as text: base64 (RFC 4648), hexadecimal, percent encoding (RFC 3986) and query strings.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::base {

std::string base64_encode(std::string_view bytes);
// Strict: padding required, no white space, no stray bits; nothing for anything else.
std::optional<std::string> base64_decode(std::string_view text);
std::string base64url_encode(std::string_view bytes);  // without padding
std::optional<std::string> base64url_decode(std::string_view text);

std::string hex_encode(std::string_view bytes);  // lower case
std::optional<std::string> hex_decode(std::string_view text);

// Everything but A-Z a-z 0-9 - . _ ~ is escaped, in upper-case hexadecimal; keep_slash leaves '/' alone.
std::string percent_encode(std::string_view text, bool keep_slash = false);
// %XX is decoded; a malformed escape stays as it stands. plus_is_space: as in form bodies.
std::string percent_decode(std::string_view text, bool plus_is_space = false);

using QueryPairs = std::vector<std::pair<std::string, std::string>>;
// "a=1&b&c=%20" -> {a,1},{b,""},{c," "}, in order, decoded (plus_is_space as in form bodies).
QueryPairs parse_query(std::string_view query);

bool valid_utf8(std::string_view text);

}  // namespace squall::base
