// How the value of one setting becomes a field of UnitConfig: parsers that many settings share, with
// systemd's words for what they can not read (config_parse_*() of load-fragment.c). directives.cpp has the
// tables that use them.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/guest/systemd/directives.hpp"

namespace squall::guest::systemd {

// One setting on its way into the configuration.
struct Context {
  UnitConfig& config;
  const UnitFile& file;
  const Setting& setting;
  const SpecifierContext& specifiers;
  std::vector<Message>& messages;
  bool fatal = false;

  std::string where() const { return file.path + ":" + std::to_string(setting.line); }
  void warn(const std::string& text) {
    messages.push_back({journal::Priority::warning, where() + ": " + text});
  }
  std::string expanded(const std::string& text) {
    auto result = expand_specifiers(text, specifiers);
    if (!result) warn("Failed to resolve unit specifiers in '" + text + "', ignoring: Invalid slot");
    return result.value_or(text);
  }
};

using Handler = void (*)(Context&, const std::string&);
using Table = std::map<std::string_view, Handler>;

void set_boolean(Context& context, const std::string& value, bool& target);
void set_span(Context& context, const std::string& value, Duration& target);
bool set_timeout(Context& context, const std::string& value, Duration& target);
void set_signal(Context& context, const std::string& value, int& target);
template <class T>
bool set_enum(const std::string& value, T& target,
              std::initializer_list<std::pair<std::string_view, T>> names) {
  for (const auto& [name, meaning] : names)
    if (name == value) {
      target = meaning;
      return true;
    }
  return false;
}
void add_words(Context& context, const std::string& value, std::vector<std::string>& target);
void set_exit_statuses(Context& context, const std::string& value, ExitStatusSet& target);
void add_condition(Context& context, const std::string& value);
void add_environment(Context& context, const std::string& value);
void add_environment_file(Context& context, const std::string& value);
void set_working_directory(Context& context, const std::string& value);
void set_limit(Context& context, const std::string& value);
void set_umask(Context& context, const std::string& value);
void set_secure_bits(Context& context, const std::string& value);
// `initial`: what the set is before any setting.
void set_capabilities(const std::string& value, std::uint64_t initial, std::uint64_t& target);
void set_protect_system(Context& context, const std::string& value);
void set_protect_home(Context& context, const std::string& value);
// "ReadOnlyPaths", "InaccessibleDirectories": an empty value empties the list.
void add_paths(Context& context, const std::string& value, std::vector<std::string>& target);
std::string directory_kind(const std::string& key);
void set_directory(Context& context, const std::string& value);
void set_directory_mode(Context& context, const std::string& value);
void set_burst(Context& context, const std::string& value);
void set_start_limit_interval(Context& context, const std::string& value);

}  // namespace squall::guest::systemd
