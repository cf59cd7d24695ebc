// Values as Go prints them: encoding/json (HTML characters escaped, keys of maps sorted by whoever built the
// value), fmt's %v and %q, and the YAML that ghodss/yaml 1.0 and yaml.v2 make of the JSON.
#include <algorithm>
#include <array>
#include <cctype>

#include "emulator/base/ascii.hpp"
#include "harness/vault/cli/value.hpp"

namespace squall::vault::cli {

namespace {

void append_unicode_escape(std::string& out, unsigned code) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(code >> shift) & 15u];
}

// encoding/json with its default HTML escaping. U+2028 and U+2029 are escaped as well.
void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || c == '<' || c == '>' || c == '&') {
      append_unicode_escape(out, byte);
    } else if (text.substr(i, 3) == "\u2028" || text.substr(i, 3) == "\u2029") {
      append_unicode_escape(out, text[i + 2] == '\xa8' ? 0x2028 : 0x2029);
      i += 2;
    } else {
      out += c;
    }
  }
  out += '"';
}

// indent < 0: all on one line.
void append_json(std::string& out, const Value& value, int indent) {
  const auto line = [&](int depth) {
    if (indent >= 0) out += "\n" + std::string(static_cast<std::size_t>(depth) * 2, ' ');
  };
  const int deeper = indent < 0 ? indent : indent + 1;
  switch (value.kind) {
    case Value::Kind::null:
      out += "null";
      return;
    case Value::Kind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case Value::Kind::number:
      out += value.literal;
      return;
    case Value::Kind::text:
      append_json_text(out, value.literal);
      return;
    case Value::Kind::array:
      if (value.items.empty()) {
        out += "[]";
        return;
      }
      out += '[';
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ',';
        line(deeper);
        append_json(out, value.items[i], deeper);
      }
      line(indent);
      out += ']';
      return;
    case Value::Kind::object:
      if (value.members.empty()) {
        out += "{}";
        return;
      }
      out += '{';
      for (std::size_t i = 0; i < value.members.size(); ++i) {
        if (i > 0) out += ',';
        line(deeper);
        append_json_text(out, value.members[i].first);
        out += indent < 0 ? ":" : ": ";
        append_json(out, value.members[i].second, deeper);
      }
      line(indent);
      out += '}';
      return;
  }
}

// 2024-01-31, alone or with a time of day after it.
bool looks_like_time(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() >= 10 && std::all_of(text.begin(), text.begin() + 4, is_digit) && text[4] == '-' &&
         is_digit(text[5]) && is_digit(text[6]) && text[7] == '-' && is_digit(text[8]) && is_digit(text[9]) &&
         (text.size() == 10 || text[10] == 'T' || text[10] == 't' || text[10] == ' ');
}

// A text that yaml.v2 would read back as something else must be quoted: YAML 1.1's booleans and nulls,
// numbers, times.
bool reads_as_other(std::string_view text) {
  constexpr std::array<std::string_view, 14> words = {
      "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ".nan", ".inf", "+.inf", "-.inf"};
  const std::string lower = base::ascii_lower(text);
  if (std::find(words.begin(), words.end(), lower) != words.end() || text == "<<" || text == "=") return true;
  if (looks_like_time(text)) return true;
  char* end = nullptr;
  const bool numeric_start =
      std::isdigit(static_cast<unsigned char>(text[0])) || text[0] == '-' || text[0] == '+' || text[0] == '.';
  if (!numeric_start) return false;
  const std::string digits(text);
  std::strtod(digits.c_str(), &end);
  return *end == '\0';
}

bool plain_in_yaml(std::string_view text) {
  if (text.empty() || reads_as_other(text)) return false;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@` ").find(text[0]) != std::string_view::npos) {
    const bool free_start =
        (text[0] == '-' || text[0] == '?' || text[0] == ':') && text.size() > 1 && text[1] != ' ';
    if (!free_start) return false;
  }
  if (text.back() == ' ' || text.back() == ':') return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') return false;
  }
  return text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos;
}

void append_yaml_text(std::string& out, std::string_view text, int indent) {
  if (plain_in_yaml(text)) {
    out += text;
    return;
  }
  const bool block = text.find('\n') != std::string_view::npos && text[0] != ' ' && text[0] != '\n' &&
                     text.find('\t') == std::string_view::npos && text.find('\r') == std::string_view::npos;
  if (block) {
    const bool ends_line = text.back() == '\n';
    const bool more = ends_line && text.size() > 1 && text[text.size() - 2] == '\n';
    out += more ? "|+" : ends_line ? "|" : "|-";
    std::string_view rest = ends_line ? text.substr(0, text.size() - 1) : text;
    for (;;) {
      const auto end = rest.find('\n');
      const std::string_view row = rest.substr(0, end);
      out += "\n";
      if (!row.empty()) out += std::string(static_cast<std::size_t>(indent) * 2, ' ') + std::string(row);
      if (end == std::string_view::npos) return;
      rest.remove_prefix(end + 1);
    }
  }
  if (!text.empty() && !reads_as_other(text) && text.find('\n') == std::string_view::npos) {
    const bool printable = std::none_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
    if (printable) {  // yaml.v2's single quotes, for what is only punctuation
      out += '\'';
      for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
      out += '\'';
      return;
    }
  }
  append_json_text(out, text);
}

void append_yaml(std::string& out, const Value& value, int indent);

void append_yaml_below(std::string& out, const Value& value, int indent) {
  const bool nested = (value.is(Value::Kind::object) && !value.members.empty()) ||
                      (value.is(Value::Kind::array) && !value.items.empty());
  out += nested ? "\n" : " ";
  // A sequence stands at its key's own indentation.
  append_yaml(out, value, value.is(Value::Kind::array) ? indent - 1 : indent);
}

void append_yaml(std::string& out, const Value& value, int indent) {
  const std::string margin(static_cast<std::size_t>(std::max(indent, 0)) * 2, ' ');
  switch (value.kind) {
    case Value::Kind::array:
      if (value.items.empty()) out += "[]\n";
      for (const Value& item : value.items) {
        std::string inner;
        append_yaml(inner, item, indent + 1);
        const bool mapping = item.is(Value::Kind::object) && !item.members.empty();
        const bool sequence = item.is(Value::Kind::array) && !item.items.empty();
        out += margin + "- " + ((mapping || sequence) ? inner.substr(margin.size() + 2) : inner);
      }
      return;
    case Value::Kind::object:
      if (value.members.empty()) out += "{}\n";
      for (const Value::Member& member : value.members) {
        out += margin;
        append_yaml_text(out, member.first, indent + 1);
        out += ':';
        append_yaml_below(out, member.second, indent + 1);
      }
      return;
    case Value::Kind::text:
      if (value.literal.empty()) {
        out += "\"\"\n";
      } else {
        append_yaml_text(out, value.literal, indent);
        out += '\n';
      }
      return;
    default:
      append_json(out, value, -1);
      out += '\n';
  }
}

}  // namespace

std::string compact_json(const Value& value) {
  std::string out;
  append_json(out, value, -1);
  return out;
}

std::string indented_json(const Value& value) {
  std::string out;
  append_json(out, value, 0);
  return out;
}

std::string yaml(const Value& value) {
  Value sorted = value;
  sorted.sort();
  std::string out;
  append_yaml(out, sorted, 0);
  return out;
}

std::string printed(const Value& value) {
  std::string out;
  switch (value.kind) {
    case Value::Kind::null:
      return "<nil>";
    case Value::Kind::boolean:
      return value.boolean ? "true" : "false";
    case Value::Kind::number:
    case Value::Kind::text:
      return value.literal;
    case Value::Kind::array:
      for (const Value& item : value.items) out += (out.empty() ? "" : " ") + printed(item);
      return "[" + out + "]";
    case Value::Kind::object:
      for (const Value::Member& member : value.members) {
        out += (out.empty() ? "" : " ") + member.first + ":" + printed(member.second);
      }
      return "map[" + out + "]";
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += std::string("\\") + c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view digits = "0123456789abcdef";
      out += std::string("\\x") + digits[byte >> 4u] + digits[byte & 15u];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (std::size_t i = 0; i < texts.size(); ++i) out += (i > 0 ? " " : "") + quoted(texts[i]);
  return out + "]";
}

}  // namespace squall::vault::cli
