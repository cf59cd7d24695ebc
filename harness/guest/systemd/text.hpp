// The small grammars that settings share: blanks, booleans, quoted words, specifiers, signal names
// (systemd.syntax(7), systemd.unit(5) "Specifiers", signal(7)).
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall::guest::systemd {

std::string trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);

// "1", "yes", "y", "true", "t", "on" and their opposites, in any case.
std::optional<bool> parse_boolean(std::string_view text);

// Words separated by blanks; single and double quotes and C escapes undone. Nothing for an unbalanced quote.
// `keep_unknown_escapes`: an escape that is not known stays as it is, otherwise the whole text is refused.
std::optional<std::vector<std::string>> split_words(std::string_view text, bool keep_unknown_escapes = true);

struct SpecifierContext {
  std::string unit;  // "foo@bar.service"
  std::string hostname, machine_id, boot_id, user_home = "/root";
};
// Replaces %n, %N, %p, %P, %i, %I, %j, %f, %H, %l, %m, %b, %t, %S, %C, %L, %E, %T, %V, %u, %U, %g, %G, %h,
// %s, %v, %a and %%; nothing for a specifier that is not one.
std::optional<std::string> expand_specifiers(std::string_view text, const SpecifierContext& context);

// "foo@bar.service": "foo", "bar"; the instance is empty for others.
std::string unit_prefix(std::string_view unit);
std::string unit_instance(std::string_view unit);
std::string unit_suffix(std::string_view unit);    // "service"; empty without a dot
std::string unit_template(std::string_view unit);  // "foo@.service"; empty if not an instance
bool is_template(std::string_view unit);           // "foo@.service"
bool valid_unit_name(std::string_view unit);
// What unit_name_mangle() makes of a name typed by a user: a suffix is added, odd characters are escaped.
std::string mangle_unit_name(std::string_view text, std::string_view default_suffix = ".service");

// "SIGTERM", "TERM", "15": 15. Nothing for what is none.
std::optional<int> parse_signal(std::string_view text);
std::string signal_name(int signal);  // "TERM"; "15" would be "n/a" only for unknown numbers

bool glob_match(std::string_view pattern, std::string_view text);
bool is_glob(std::string_view text);

}  // namespace squall::guest::systemd
