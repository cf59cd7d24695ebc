#include "harness/vault/cli/flags.hpp"

#include <algorithm>
#include <charconv>

#include "harness/vault/cli/value.hpp"

namespace squall::vault::cli {

namespace {

const FlagSpec* find_spec(const std::vector<FlagSpec>& specs, const std::string& name) {
  const auto it =
      std::find_if(specs.begin(), specs.end(), [&](const FlagSpec& spec) { return spec.name == name; });
  return it == specs.end() ? nullptr : &*it;
}

// What Go says of a value that does not parse; empty if it does.
std::string complaint(FlagKind kind, const std::string& value) {
  const std::string parsing = ": parsing " + quoted(value) + ": invalid syntax";
  switch (kind) {
    case FlagKind::boolean:
      return parse_go_bool(value) ? "" : "strconv.ParseBool" + parsing;
    case FlagKind::integer:
      return parse_go_integer(value) ? "" : "strconv.ParseInt" + parsing;
    case FlagKind::duration:
      return parse_seconds_or_duration(value) ? "" : "time: invalid duration " + quoted(value);
    case FlagKind::map:
      return value.find('=') != std::string::npos ? "" : "missing = in KV pair: " + quoted(value);
    case FlagKind::text:
    case FlagKind::list:
      break;
  }
  return {};
}

}  // namespace

Flags::Flags(const std::vector<FlagSpec>& specs, const std::vector<std::string>& arguments) {
  std::size_t i = 0;
  try {
    while (i < arguments.size() && parse_one(specs, arguments, i)) {
    }
  } catch (FlagError& error) {
    error.rest.assign(arguments.begin() + static_cast<std::ptrdiff_t>(std::min(i + 1, arguments.size())),
                      arguments.end());
    throw;
  }
  arguments_.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
}

// One flag, at `i`, and its value; false where the flags end.
bool Flags::parse_one(const std::vector<FlagSpec>& specs, const std::vector<std::string>& arguments,
                      std::size_t& i) {
  const std::string& argument = arguments[i];
  if (argument.size() < 2 || argument[0] != '-') return false;
  if (argument == "--") return ++i, false;
  const std::size_t dashes = argument[1] == '-' ? 2 : 1;
  const auto equals = argument.find('=', dashes);
  const std::string name = argument.substr(dashes, equals == std::string::npos ? equals : equals - dashes);
  if (name.empty() || name[0] == '-') throw FlagError("bad flag syntax: " + argument);
  const FlagSpec* spec = find_spec(specs, name);
  if (!spec) throw FlagError("flag provided but not defined: -" + name);
  if (equals != std::string::npos) {
    take(*spec, argument.substr(equals + 1));
  } else if (spec->kind == FlagKind::boolean) {
    take(*spec, "true");
  } else if (i + 1 < arguments.size()) {
    take(*spec, arguments[++i]);
  } else {
    throw FlagError("flag needs an argument: -" + name);
  }
  return ++i, true;
}

void Flags::take(const FlagSpec& spec, const std::string& value) {
  const std::string wrong = complaint(spec.kind, value);
  if (!wrong.empty()) {
    const char* of = spec.kind == FlagKind::boolean ? "invalid boolean value " : "invalid value ";
    const char* for_flag = spec.kind == FlagKind::boolean ? " for -" : " for flag -";
    throw FlagError(of + quoted(value) + for_flag + spec.name + ": " + wrong);
  }
  auto& values = values_[spec.name];
  if (spec.kind != FlagKind::list && spec.kind != FlagKind::map) values.clear();
  values.push_back(value);
}

bool Flags::on(const std::string& name, bool fallback) const {
  const auto it = values_.find(name);
  return it == values_.end() ? fallback : *parse_go_bool(it->second.back());
}

std::int64_t Flags::integer(const std::string& name, std::int64_t fallback) const {
  const auto it = values_.find(name);
  return it == values_.end() ? fallback : *parse_go_integer(it->second.back());
}

std::optional<Duration> Flags::duration(const std::string& name) const {
  const auto it = values_.find(name);
  if (it == values_.end()) return {};
  return parse_seconds_or_duration(it->second.back());
}

std::string Flags::text(const std::string& name, std::string fallback) const {
  const auto it = values_.find(name);
  return it == values_.end() ? std::move(fallback) : it->second.back();
}

std::vector<std::string> Flags::list(const std::string& name) const {
  const auto it = values_.find(name);
  return it == values_.end() ? std::vector<std::string>() : it->second;
}

std::map<std::string, std::string> Flags::map(const std::string& name) const {
  std::map<std::string, std::string> pairs;
  for (const std::string& pair : list(name)) {
    const auto equals = pair.find('=');
    pairs[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return pairs;
}

std::optional<bool> parse_go_bool(const std::string& text) {
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return {};
}

std::optional<std::int64_t> parse_go_integer(const std::string& text) {
  std::string digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.erase(0, 1);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const char mark = digits[1];
    base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
    digits.erase(0, (mark >= '0' && mark <= '7') ? 1 : 2);
  }
  if (digits.empty() || digits[0] == '-') return {};
  if (negative) digits.insert(0, "-");
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return {};
  return value;
}

std::optional<Duration> parse_seconds_or_duration(const std::string& text) {
  constexpr std::int64_t most_seconds = 9'000'000'000;
  if (const auto seconds = parse_go_integer(text)) {
    if (*seconds > most_seconds || *seconds < -most_seconds) return {};
    return std::chrono::seconds(*seconds);
  }
  return base::parse_go_duration(text);
}

}  // namespace squall::vault::cli
