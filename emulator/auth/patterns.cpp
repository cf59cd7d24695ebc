#include "emulator/auth/patterns.hpp"

#include <algorithm>

#include "emulator/base/ascii.hpp"

namespace squall::auth {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The text of "${name}" or "${name, 'default'}": a key with exactly one value, or the default.
std::optional<std::string> variable(std::string_view inside, const ConditionContext& context) {
  if (inside == "*" || inside == "?" || inside == "$") return std::string(inside);
  std::size_t comma = inside.find(',');
  std::string name = base::ascii_lower(trimmed(inside.substr(0, comma)));
  if (auto it = context.find(name); it != context.end() && it->second.size() == 1) return it->second.front();
  if (comma == std::string_view::npos) return {};
  std::string_view fallback = trimmed(inside.substr(comma + 1));
  if (fallback.size() < 2 || fallback.front() != '\'' || fallback.back() != '\'') return {};
  return std::string(fallback.substr(1, fallback.size() - 2));
}

std::optional<std::string> expanded(std::string_view pattern, bool variables, bool wildcards,
                                    const ConditionContext& context) {
  std::string out;
  out.reserve(pattern.size());
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    char c = pattern[at];
    if (variables && c == '$' && at + 1 < pattern.size() && pattern[at + 1] == '{') {
      std::size_t end = pattern.find('}', at);
      if (end != std::string_view::npos) {
        auto value = variable(pattern.substr(at + 2, end - at - 2), context);
        if (!value) return {};
        out += *value;
        at = end;
        continue;
      }
    }
    out += wildcards && c == '*' ? any_text : wildcards && c == '?' ? any_char : c;
  }
  return out;
}

// Greedy with one point to return to: linear for all but hostile patterns, quadratic at worst.
bool glob(std::string_view pattern, std::string_view text, char star, char question) {
  std::size_t p = 0, t = 0, star_p = std::string_view::npos, star_t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == star) {
      star_p = p++;
      star_t = t;
    } else if (p < pattern.size() && (pattern[p] == text[t] || pattern[p] == question)) {
      ++p, ++t;
    } else if (star_p != std::string_view::npos) {
      p = star_p + 1;
      t = ++star_t;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == star) ++p;
  return p == pattern.size();
}

}  // namespace

std::optional<std::string> expand(std::string_view pattern, bool variables, const ConditionContext& context) {
  return expanded(pattern, variables, true, context);
}

std::optional<std::string> expand_plain(std::string_view text, bool variables,
                                        const ConditionContext& context) {
  return expanded(text, variables, false, context);
}

bool matches(std::string_view pattern, std::string_view text) {
  return glob(pattern, text, any_text, any_char);
}

bool arn_matches(std::string_view pattern, std::string_view arn) {
  if (pattern == std::string_view(&any_text, 1)) return true;
  for (int part = 0; part < 5; ++part) {
    std::size_t p = pattern.find(':'), a = arn.find(':');
    if (p == std::string_view::npos || a == std::string_view::npos) return false;
    if (!matches(pattern.substr(0, p), arn.substr(0, a))) return false;
    pattern.remove_prefix(p + 1);
    arn.remove_prefix(a + 1);
  }
  return matches(pattern, arn);
}

bool resource_matches(std::string pattern, std::string_view arn) {
  for (auto colons = std::count(pattern.begin(), pattern.end(), ':'); colons > 0 && colons < 5; ++colons)
    pattern += {':', any_text};
  return arn_matches(pattern, arn);
}

bool action_matches(std::string_view pattern, std::string_view action) {
  return glob(pattern, action, '*', '?');
}

}  // namespace squall::auth
