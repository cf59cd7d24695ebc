// Text layout of Vault's CLI: tables (ryanuber/columnize with four spaces between columns), wrapped
// paragraphs (mitchellh/go-wordwrap at 78), headings of equal signs, durations for people.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/time.hpp"
#include "harness/vault/cli/value.hpp"

namespace squall::vault::cli {

using Row = std::vector<std::string>;

// Rows in columns; cells are trimmed, an empty one becomes "n/a", the last of a row is not padded. No newline
// at the end.
std::string columns(const std::vector<Row>& rows);
// The same with the first row underlined.
std::string table(std::vector<Row> rows);

// One paragraph, its words wrapped at 78 characters with `padding` spaces before each line. Newlines count as
// spaces, and every space stays, so that two newlines become two spaces.
std::string wrapped(std::string_view text, std::size_t padding = 0);

// "=== Title ===", at least as long as `length` where the title leaves room.
std::string heading(const std::string& title, std::size_t length);
// The heading above a table of `data`.
std::string heading_for(const std::string& title, const Value& data);

// Go's duration without its zero minutes and seconds: "768h", "1h", "0s".
std::string human_duration(Duration duration);
// The cell of a table: numbers under names like ttl, period or *_duration are durations in seconds.
std::string cell(const std::string& name, const Value& value);

std::string trimmed(std::string_view text);
// Without spaces around, and without slashes at the ends.
std::string sanitized_path(std::string_view path);
// path.Join of Go: joined by '/', empty, "." and ".." elements resolved.
std::string joined_path(const std::vector<std::string>& parts);
std::string with_slash(std::string path);  // ends in exactly one more '/' if it had none
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace squall::vault::cli
