#include "harness/guest/systemd/directive_setters.hpp"

#include <algorithm>
#include <cctype>

#include "harness/guest/journal/timespan.hpp"
#include "harness/guest/systemd/conditions.hpp"

namespace squall::guest::systemd {

void set_boolean(Context& context, const std::string& value, bool& target) {
  if (auto parsed = parse_boolean(value))
    target = *parsed;
  else
    context.warn("Failed to parse boolean value, ignoring: " + value);
}

void set_span(Context& context, const std::string& value, Duration& target) {
  if (auto parsed = journal::parse_timespan(value))
    target = *parsed;
  else
    context.warn("Failed to parse " + context.setting.key + "= parameter, ignoring: " + value);
}

// Timeouts: 0 means none.
bool set_timeout(Context& context, const std::string& value, Duration& target) {
  Duration parsed = target;
  set_span(context, value, parsed);
  target = parsed == Duration{0} ? Duration::max() : parsed;
  return true;
}

void set_signal(Context& context, const std::string& value, int& target) {
  if (auto parsed = parse_signal(value))
    target = *parsed;
  else
    context.warn("Failed to parse kill signal specification, ignoring: " + value);
}

void add_words(Context& context, const std::string& value, std::vector<std::string>& target) {
  if (value.empty()) return target.clear();
  auto words = split_words(value);
  if (!words) return context.warn("Invalid syntax, ignoring: " + value);
  for (const std::string& word : *words) target.push_back(context.expanded(word));
}

void set_exit_statuses(Context& context, const std::string& value, ExitStatusSet& target) {
  if (value.empty()) {
    target = {};
    return;
  }
  for (const std::string& word : split_words(value).value_or(std::vector<std::string>{})) {
    if (auto code = exit_status_by_name(word))
      target.codes.insert(*code);
    else if (auto signal = parse_signal(word))
      target.signals.insert(*signal);
    else
      context.warn("Failed to parse value, ignoring: " + word);
  }
}

void add_condition(Context& context, const std::string& value) {
  auto& conditions = context.config.conditions;
  const std::string& key = context.setting.key;
  const bool assertion = key.starts_with("Assert");
  if (value.empty()) {
    std::erase_if(conditions, [&](const Condition& c) { return c.assertion == assertion; });
    return;
  }
  Condition condition;
  condition.assertion = assertion;
  condition.type = key.substr(assertion ? 6 : 9);
  std::string rest = value;
  if (rest.front() == '|') {
    condition.trigger = true;
    rest = trim(rest.substr(1));
  }
  if (!rest.empty() && rest.front() == '!') {
    condition.negate = true;
    rest = trim(rest.substr(1));
  }
  condition.value = context.expanded(rest);
  condition.text =
      key + "=" + (condition.trigger ? "|" : "") + (condition.negate ? "!" : "") + condition.value;
  conditions.push_back(std::move(condition));
}

void add_environment(Context& context, const std::string& value) {
  auto& environment = context.config.service.environment;
  if (value.empty()) return environment.clear();
  for (const std::string& word : split_words(value).value_or(std::vector<std::string>{})) {
    const std::string assignment = context.expanded(word);
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || !valid_environment_name(assignment.substr(0, equals)))
      context.warn("Invalid environment assignment, ignoring: " + assignment);
    else
      set_variable(environment, assignment.substr(0, equals), assignment.substr(equals + 1));
  }
}

void add_environment_file(Context& context, const std::string& value) {
  auto& files = context.config.service.environment_files;
  if (value.empty()) return files.clear();
  const bool optional = value.front() == '-';
  const std::string path = context.expanded(optional ? value.substr(1) : value);
  if (path.empty() || path.front() != '/')
    return context.warn("'" + path + "' is not an absolute path, ignoring: " + path);
  files.emplace_back(path, optional);
}

void set_working_directory(Context& context, const std::string& value) {
  ServiceConfig& service = context.config.service;
  service.working_directory_optional = value.starts_with('-');
  service.working_directory = context.expanded(service.working_directory_optional ? value.substr(1) : value);
}

void set_limit(Context& context, const std::string& value) {
  const std::string name = context.setting.key.substr(5);
  auto limit = parse_limit(name, value);
  if (!limit) return context.warn("Failed to parse resource value, ignoring: " + value);
  if (limit->soft > limit->hard)
    return context.warn("Soft resource limit chosen higher than hard limit, ignoring: " + value);
  context.config.service.limits[name] = *limit;
}

void set_umask(Context& context, const std::string& value) {
  const bool octal =
      !value.empty() && value.size() <= 6 && value.find_first_not_of("01234567") == std::string::npos;
  const long mode = octal ? std::strtol(value.c_str(), nullptr, 8) : -1;
  if (mode < 0 || mode > 07777) return context.warn("Failed to parse mode value, ignoring: " + value);
  context.config.service.umask = static_cast<int>(mode);
}

void set_secure_bits(Context& context, const std::string& value) {
  std::uint32_t& bits = context.config.service.secure_bits;
  if (value.empty()) bits = 0;
  for (const std::string& word : split_words(value).value_or(std::vector<std::string>{}))
    bits |= secure_bit(word);
}

// An empty list or the first setting replaces the set; later ones add to it or, with "~", take away. Names
// that are no capability are passed over (config_parse_capability_set()).
void set_capabilities(const std::string& value, std::uint64_t initial, std::uint64_t& target) {
  const bool inverted = value.starts_with('~');
  std::uint64_t named = 0;
  for (const std::string& word :
       split_words(value.substr(inverted ? 1 : 0)).value_or(std::vector<std::string>{}))
    if (auto number = capability_by_name(word)) named |= std::uint64_t{1} << *number;
  if (named == 0 || target == initial)
    target = inverted ? all_capabilities & ~named : named;
  else
    target = inverted ? target & ~named : target | named;
}

void set_protect_system(Context& context, const std::string& value) {
  ProtectSystem& target = context.config.service.sandboxing.protect_system;
  if (auto yes = parse_boolean(value))
    target = *yes ? ProtectSystem::yes : ProtectSystem::no;
  else if (!set_enum(value, target, {{"full", ProtectSystem::full}, {"strict", ProtectSystem::strict}}))
    context.warn("Failed to parse protect system value, ignoring: " + value);
}

void set_protect_home(Context& context, const std::string& value) {
  ProtectHome& target = context.config.service.sandboxing.protect_home;
  if (auto yes = parse_boolean(value))
    target = *yes ? ProtectHome::yes : ProtectHome::no;
  else if (!set_enum(value, target, {{"read-only", ProtectHome::read_only}, {"tmpfs", ProtectHome::tmpfs}}))
    context.warn("Failed to parse protect home value, ignoring: " + value);
}

void add_paths(Context& context, const std::string& value, std::vector<std::string>& target) {
  if (value.empty()) return target.clear();
  for (const std::string& word : split_words(value).value_or(std::vector<std::string>{})) {
    const std::string path = context.expanded(word);
    if (path.starts_with('/') || path.starts_with("-/"))
      target.push_back(path);
    else
      context.warn("'" + path + "' is not an absolute path, ignoring: " + path);
  }
}

// "RuntimeDirectory", "RuntimeDirectoryMode": "RUNTIME".
std::string directory_kind(const std::string& key) {
  std::string kind = key.substr(0, key.find("Directory"));
  for (char& c : kind) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return kind;
}

void set_directory(Context& context, const std::string& value) {
  add_words(context, value, context.config.service.directories[directory_kind(context.setting.key)]);
}

void set_directory_mode(Context& context, const std::string& value) {
  context.config.service.directory_modes[directory_kind(context.setting.key)] = value;
}

void set_burst(Context& context, const std::string& value) {
  const bool digits = !value.empty() && value.size() < 10 &&
                      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits)
    context.config.start_limit_burst = std::stoi(value);
  else
    context.warn("Failed to parse burst value, ignoring: " + value);
}

void set_start_limit_interval(Context& context, const std::string& value) {
  set_span(context, value, context.config.start_limit_interval);
}

}  // namespace squall::guest::systemd
