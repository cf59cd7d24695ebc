#include "harness/guest/supervisor/values.hpp"

#include <algorithm>
#include <cctype>

#include "harness/guest/systemd/text.hpp"

namespace squall::guest::supervisor {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

std::string expand(const std::string& text, const std::map<std::string, std::string>& names,
                   const std::string& option) {
  std::string result;
  auto bad = [&](const std::string& why) {
    throw ConfigError("Format string '" + text + "' for '" + option + "' is badly formatted: " + why);
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      result += text[at];
      continue;
    }
    if (++at == text.size()) bad("incomplete format");
    if (text[at] == '%') {
      result += '%';
      continue;
    }
    if (text[at] != '(') bad("unsupported format character '" + std::string(1, text[at]) + "'");
    const std::size_t close = text.find(')', at);
    if (close == std::string::npos) bad("incomplete format key");
    const std::string name = text.substr(at + 1, close - at - 1);
    auto found = names.find(name);
    if (found == names.end()) {
      std::string available;
      for (const auto& [known, value] : names) available += (available.empty() ? "" : ", ") + known;
      throw ConfigError("Format string '" + text + "' for '" + option + "' contains names ('" + name +
                        "') which cannot be expanded. Available names: " + available);
    }
    std::size_t width = 0;
    at = close + 1;
    for (; at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0; ++at)
      width = std::min<std::size_t>(width * 10 + static_cast<std::size_t>(text[at] - '0'), 64);
    if (at == text.size()) bad("incomplete format");
    if (text[at] == 'd')
      result +=
          std::string(width > found->second.size() ? width - found->second.size() : 0, '0') + found->second;
    else if (text[at] == 's')
      result += found->second;
    else
      bad("unsupported format character '" + std::string(1, text[at]) + "'");
  }
  return result;
}

int integer(const std::string& text) {
  const bool good =
      !text.empty() && text.size() < 10 &&
      text.find_first_not_of("0123456789", text[0] == '-' && text.size() > 1 ? 1 : 0) == std::string::npos;
  if (!good) throw ConfigError("invalid literal for int() with base 10: '" + text + "'");
  return std::stoi(text);
}

bool boolean(const std::string& text) {
  const std::string value = lower(text);
  for (const char* yes : {"true", "yes", "on", "1"})
    if (value == yes) return true;
  for (const char* no : {"false", "no", "off", "0"})
    if (value == no) return false;
  throw ConfigError("not a valid boolean value: '" + text + "'");
}

Autorestart autorestart(const std::string& text) {
  const std::string value = lower(text);
  if (value == "unexpected") return Autorestart::unexpected;
  try {
    return boolean(value) ? Autorestart::always : Autorestart::no;
  } catch (const ConfigError&) {
    throw ConfigError("invalid 'autorestart' value '" + text + "'");
  }
}

int signal(const std::string& text) {
  auto parsed = systemd::parse_signal(systemd::trim(text));
  if (!parsed) throw ConfigError("value '" + text + "' is not a valid signal name");
  return *parsed;
}

std::map<std::string, std::string> key_values(const std::string& text) {
  std::map<std::string, std::string> result;
  std::size_t at = 0;
  auto skip = [&] {
    while (at < text.size() && (std::isspace(static_cast<unsigned char>(text[at])) != 0 || text[at] == ','))
      ++at;
  };
  for (skip(); at < text.size(); skip()) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string::npos)
      throw ConfigError("Unexpected end of key/value pairs in value '" + text + "'");
    const std::string key = systemd::trim(text.substr(at, equals - at));
    std::string value;
    at = equals + 1;
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
      const std::size_t close = text.find(text[at], at + 1);
      if (close == std::string::npos)
        throw ConfigError("Unexpected end of key/value pairs in value '" + text + "'");
      value = text.substr(at + 1, close - at - 1);
      at = close + 1;
    } else {
      const std::size_t comma = std::min(text.find(',', at), text.size());
      value = systemd::trim(text.substr(at, comma - at));
      at = comma;
    }
    result[key] = value;
  }
  return result;
}

int octal(const std::string& text) {
  const bool good =
      !text.empty() && text.size() <= 6 && text.find_first_not_of("01234567") == std::string::npos;
  if (!good) throw ConfigError(text + " can not be converted to an octal type");
  return static_cast<int>(std::strtol(text.c_str(), nullptr, 8));
}

// "50MB", "1KB", "0"
std::uint64_t byte_size(const std::string& text) {
  std::string value = lower(systemd::trim(text));
  std::uint64_t factor = 1;
  for (const auto& [unit, bytes] :
       {std::pair{"kb", 1ull << 10}, std::pair{"mb", 1ull << 20}, std::pair{"gb", 1ull << 30}})
    if (value.ends_with(unit)) {
      factor = bytes;
      value.resize(value.size() - 2);
    }
  return static_cast<std::uint64_t>(std::max(integer(value), 0)) * factor;
}

}  // namespace squall::guest::supervisor
