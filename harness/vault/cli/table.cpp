#include "harness/vault/cli/table.hpp"

#include <algorithm>
#include <cctype>
#include <limits>

#include "emulator/base/spans.hpp"

namespace squall::vault::cli {

namespace {

constexpr std::size_t kLineLength = 78;

// Characters, not bytes: columnize counts runes.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }));
}

bool looks_like_duration(const std::string& name) {
  return name == "period" || name.ends_with("_period") || name == "ttl" || name.ends_with("_ttl") ||
         name == "duration" || name.ends_with("_duration") || name == "lease_max" || name == "ttl_max";
}

// Where the line that starts with each word ends (the index after its last word), so that the squares of what
// the lines leave free, the last one's apart, are the least in sum.
std::vector<std::size_t> line_ends(const std::vector<std::string>& words, std::size_t limit) {
  constexpr std::int64_t too_long = 100'000;
  const std::size_t count = words.size();
  std::vector<std::size_t> ends(count, count);
  std::vector<std::int64_t> costs(count, 0);
  for (std::size_t i = count; i-- > 0;) {
    std::size_t rest = width(words[i]);
    for (std::size_t j = i + 1; j < count; ++j) rest += 1 + width(words[j]);
    if (rest <= limit) continue;
    costs[i] = std::numeric_limits<std::int64_t>::max();
    std::size_t length = width(words[i]);
    for (std::size_t j = i + 1; j < count; ++j) {
      const std::int64_t free = static_cast<std::int64_t>(limit) - static_cast<std::int64_t>(length);
      const std::int64_t cost = free * free + costs[j] + (length > limit ? too_long : 0);
      if (cost < costs[i]) {
        costs[i] = cost;
        ends[i] = j;
      }
      length += 1 + width(words[j]);
    }
  }
  return ends;
}

}  // namespace

std::string columns(const std::vector<Row>& rows) {
  std::vector<Row> cells = rows;
  std::vector<std::size_t> widths;
  for (Row& row : cells) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = trimmed(row[i]);
      if (row[i].empty()) row[i] = "n/a";
      widths[i] = std::max(widths[i], width(row[i]));
    }
  }
  std::string out;
  for (const Row& row : cells) {
    if (!out.empty()) out += '\n';
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out += std::string(widths[i] - width(row[i]) + 4, ' ');
    }
  }
  return out;
}

std::string table(std::vector<Row> rows) {
  if (rows.empty()) return {};
  Row underline;
  for (const std::string& title : rows[0]) underline.emplace_back(trimmed(title).size(), '-');
  rows.insert(rows.begin() + 1, std::move(underline));
  return columns(rows);
}

std::string wrapped(std::string_view text, std::size_t padding) {
  std::string flat = trimmed(text);
  std::replace(flat.begin(), flat.end(), '\n', ' ');
  const std::vector<std::string> words = split(flat, ' ');
  const std::vector<std::size_t> next = line_ends(words, kLineLength - padding);
  std::string out;
  for (std::size_t i = 0; i < words.size(); i = next[i]) {
    out += (i > 0 ? "\n" : "") + std::string(padding, ' ') + words[i];
    for (std::size_t j = i + 1; j < next[i]; ++j) out += ' ' + words[j];
  }
  return out;
}

std::string heading(const std::string& title, std::size_t length) {
  std::size_t signs = length > title.size() + 2 ? length - title.size() - 2 : 4;
  signs += signs % 2;
  const std::string side(signs / 2, '=');
  return side + " " + title + " " + side;
}

std::string heading_for(const std::string& title, const Value& data) {
  std::size_t longest = 0;
  for (const Value::Member& member : data.members) longest = std::max(longest, member.first.size());
  return heading(title, longest + std::string_view("    Value").size());
}

std::string human_duration(Duration duration) {
  std::string text = base::go_duration(duration);
  if (text.ends_with("m0s")) text.resize(text.size() - 2);
  if (const auto at = text.find("h0m"); at != std::string::npos) text.erase(at + 1, 2);
  return text;
}

std::string cell(const std::string& name, const Value& value) {
  if (looks_like_duration(name) && value.is(Value::Kind::number)) {
    return human_duration(base::whole_seconds(std::strtoll(value.literal.c_str(), nullptr, 10)));
  }
  return printed(value);
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blank) - first + 1));
}

std::string sanitized_path(std::string_view path) {
  std::string clean = trimmed(path);
  while (clean.starts_with('/')) clean.erase(0, 1);
  while (clean.ends_with('/')) clean.pop_back();
  return clean;
}

std::string joined_path(const std::vector<std::string>& parts) {
  std::vector<std::string> elements;
  bool rooted = false;
  bool any = false;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!any) rooted = part[0] == '/';
    any = true;
    for (const std::string& element : split(part, '/')) {
      if (element.empty() || element == ".") continue;
      if (element != "..") {
        elements.push_back(element);
      } else if (!elements.empty() && elements.back() != "..") {
        elements.pop_back();
      } else if (!rooted) {
        elements.push_back(element);
      }
    }
  }
  std::string out;
  for (const std::string& element : elements) out += (out.empty() ? "" : "/") + element;
  return rooted ? "/" + out : out;
}

std::string with_slash(std::string path) {
  path = trimmed(path);
  if (!path.empty() && !path.ends_with('/')) path += '/';
  return path;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace squall::vault::cli
