// UTF-8 read one code point at a time, for the writers (which must not pass on broken text) and for lengths
// and patterns, which AWS counts in characters.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace squall::wire {

constexpr char32_t replacement_character = 0xFFFD;

// The code point at text[at]; moves `at` past it. A malformed sequence gives U+FFFD and moves one byte.
char32_t next_code_point(std::string_view text, std::size_t& at);

// Code points in `text`; each malformed byte counts as one.
std::int64_t count_code_points(std::string_view text);

}  // namespace squall::wire
