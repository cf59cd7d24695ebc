#include "harness/guest/systemd/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "harness/guest/systemd/exit_status.hpp"

namespace squall::guest::systemd {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// One C escape after its backslash; moves `at` past it. Nothing for an unknown one.
std::optional<std::string> unescape(std::string_view text, std::size_t& at) {
  static constexpr std::string_view names = "abfnrtv\\\"' s", values = "\a\b\f\n\r\t\v\\\"'  ";
  const char c = text[at];
  if (auto found = names.find(c); found != std::string_view::npos && c != ' ') {
    ++at;
    return std::string(1, values[found]);
  }
  auto number = [&](std::size_t start, std::size_t digits, int base) -> std::optional<std::string> {
    if (start + digits > text.size()) return std::nullopt;
    int value = 0;
    for (char d : text.substr(start, digits)) {
      const int digit = std::isdigit(static_cast<unsigned char>(d)) ? d - '0'
                        : std::isxdigit(static_cast<unsigned char>(d))
                            ? std::tolower(static_cast<unsigned char>(d)) - 'a' + 10
                            : 99;
      if (digit >= base) return std::nullopt;
      value = value * base + digit;
    }
    if (value == 0 || value > 255) return std::nullopt;
    at = start + digits;
    return std::string(1, static_cast<char>(value));
  };
  if (c == 'x') return number(at + 1, 2, 16);
  return number(at, 3, 8);
}

}  // namespace

std::string trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<bool> parse_boolean(std::string_view text) {
  const std::string value = lower(text);
  for (const char* yes : {"1", "yes", "y", "true", "t", "on"})
    if (value == yes) return true;
  for (const char* no : {"0", "no", "n", "false", "f", "off"})
    if (value == no) return false;
  return std::nullopt;
}

std::optional<std::vector<std::string>> split_words(std::string_view text, bool keep_unknown_escapes) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at == text.size()) return words;
    std::string word;
    char quote = 0;
    while (at < text.size() && (quote != 0 || !is_blank(text[at]))) {
      const char c = text[at];
      if (c == '\\' && at + 1 < text.size()) {
        ++at;
        if (auto piece = unescape(text, at)) {
          word += *piece;
        } else {
          if (!keep_unknown_escapes) return std::nullopt;
          word += '\\';
          word += text[at++];
        }
        continue;
      }
      ++at;
      if (quote != 0 && c == quote)
        quote = 0;
      else if (quote == 0 && (c == '"' || c == '\''))
        quote = c;
      else
        word += c;
    }
    if (quote != 0) return std::nullopt;
    words.push_back(std::move(word));
  }
}

std::optional<std::string> expand_specifiers(std::string_view text, const SpecifierContext& context) {
  const std::string prefix = unit_prefix(context.unit), instance = unit_instance(context.unit);
  auto unescaped = [](std::string value) {
    std::replace(value.begin(), value.end(), '-', '/');
    return value;
  };
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%' || at + 1 == text.size()) {
      result += text[at];
      continue;
    }
    switch (text[++at]) {
      case '%':
        result += '%';
        break;
      case 'n':
        result += context.unit;
        break;
      case 'N':
        result += context.unit.substr(0, context.unit.rfind('.'));
        break;
      case 'p':
        result += prefix;
        break;
      case 'P':
        result += unescaped(prefix);
        break;
      case 'j':
        result += prefix.substr(prefix.rfind('-') + 1);
        break;
      case 'i':
        result += instance;
        break;
      case 'I':
        result += unescaped(instance);
        break;
      case 'f':
        result += "/" + unescaped(instance.empty() ? prefix : instance);
        break;
      case 'H':
        result += context.hostname;
        break;
      case 'l':
        result += context.hostname.substr(0, context.hostname.find('.'));
        break;
      case 'm':
        result += context.machine_id;
        break;
      case 'b':
        result += context.boot_id;
        break;
      case 't':
        result += "/run";
        break;
      case 'S':
        result += "/var/lib";
        break;
      case 'C':
        result += "/var/cache";
        break;
      case 'L':
        result += "/var/log";
        break;
      case 'E':
        result += "/etc";
        break;
      case 'T':
        result += "/tmp";
        break;
      case 'V':
        result += "/var/tmp";
        break;
      case 'u':
      case 'g':
        result += "root";
        break;
      case 'U':
      case 'G':
        result += '0';
        break;
      case 'h':
        result += context.user_home;
        break;
      case 's':
        result += "/bin/bash";
        break;
      case 'v':
        result += "6.1.0-28-cloud-amd64";
        break;
      case 'a':
        result += "x86-64";
        break;
      default:
        return std::nullopt;
    }
  }
  return result;
}

std::string unit_prefix(std::string_view unit) {
  unit = unit.substr(0, unit.rfind('.'));
  return std::string(unit.substr(0, unit.find('@')));
}

std::string unit_instance(std::string_view unit) {
  unit = unit.substr(0, unit.rfind('.'));
  const std::size_t at = unit.find('@');
  return at == std::string_view::npos ? std::string() : std::string(unit.substr(at + 1));
}

std::string unit_suffix(std::string_view unit) {
  const std::size_t dot = unit.rfind('.');
  return dot == std::string_view::npos ? std::string() : std::string(unit.substr(dot + 1));
}

std::string unit_template(std::string_view unit) {
  if (unit.find('@') == std::string_view::npos || is_template(unit)) return {};
  return unit_prefix(unit) + "@." + unit_suffix(unit);
}

bool is_template(std::string_view unit) { return unit.find("@.") != std::string_view::npos; }

bool valid_unit_name(std::string_view unit) {
  if (unit.empty() || unit.size() > 255 || unit.front() == '.') return false;
  static constexpr std::array suffixes{"service", "socket", "target", "device", "mount", "automount",
                                       "swap",    "timer",  "path",   "slice",  "scope"};
  const std::string suffix = unit_suffix(unit);
  if (std::find(suffixes.begin(), suffixes.end(), suffix) == suffixes.end()) return false;
  return std::all_of(unit.begin(), unit.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view(":-_.\\@").find(c) != std::string_view::npos;
  });
}

std::string mangle_unit_name(std::string_view text, std::string_view default_suffix) {
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string name;
  for (char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) ||
        std::string_view(":-_.\\@*?[]").find(c) != std::string_view::npos) {
      name += c;
    } else if (c == '/') {
      name += '-';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      name += "\\x";
      name += hex[byte >> 4];
      name += hex[byte & 15];
    }
  }
  if (is_glob(name)) return name.find('.') == std::string::npos ? name + std::string(default_suffix) : name;
  return valid_unit_name(name) ? name : name + std::string(default_suffix);
}

std::optional<int> parse_signal(std::string_view text) {
  if (text.starts_with("SIG")) text.remove_prefix(3);
  if (!text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    if (text.size() > 2) return std::nullopt;
    int number = 0;
    for (char c : text) number = number * 10 + (c - '0');
    return number >= 1 && number <= 64 ? std::optional<int>(number) : std::nullopt;
  }
  for (int number = 1; number <= 31; ++number)
    if (text == signal_name(number)) return number;
  return std::nullopt;
}

std::string signal_name(int signal) {
  static constexpr std::array names{"",       "HUP",  "INT",    "QUIT", "ILL",   "TRAP", "ABRT", "BUS",
                                    "FPE",    "KILL", "USR1",   "SEGV", "USR2",  "PIPE", "ALRM", "TERM",
                                    "STKFLT", "CHLD", "CONT",   "STOP", "TSTP",  "TTIN", "TTOU", "URG",
                                    "XCPU",   "XFSZ", "VTALRM", "PROF", "WINCH", "IO",   "PWR",  "SYS"};
  if (signal >= 1 && signal < static_cast<int>(names.size())) return names[static_cast<std::size_t>(signal)];
  if (signal == 34) return "RTMIN";
  if (signal > 34 && signal <= 64) return "RTMIN+" + std::to_string(signal - 34);
  return "n/a";
}

bool is_glob(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

bool glob_match(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip)
      if (glob_match(pattern.substr(1), text.substr(skip))) return true;
    return false;
  }
  if (text.empty()) return false;
  if (pattern[0] == '[') {
    const std::size_t end = pattern.find(']', 2);
    if (end != std::string_view::npos) {
      std::string_view set = pattern.substr(1, end - 1);
      const bool negate = set[0] == '!' || set[0] == '^';
      if (negate) set.remove_prefix(1);
      bool inside = false;
      for (std::size_t i = 0; i < set.size(); ++i) {
        if (i + 2 < set.size() && set[i + 1] == '-') {
          inside = inside || (text[0] >= set[i] && text[0] <= set[i + 2]);
          i += 2;
        } else {
          inside = inside || set[i] == text[0];
        }
      }
      return inside != negate && glob_match(pattern.substr(end + 1), text.substr(1));
    }
  }
  return (pattern[0] == '?' || pattern[0] == text[0]) && glob_match(pattern.substr(1), text.substr(1));
}

}  // namespace squall::guest::systemd
