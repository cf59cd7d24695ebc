#include "harness/guest/commands/debian_version.hpp"

#include <algorithm>
#include <string>

namespace squall::guest {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A tilde is before the end, the end before letters, and those before everything else.
int weight(std::string_view text) {
  if (text.empty() || is_digit(text[0])) return 0;
  const char c = text[0];
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c == '~' ? -1 : letter ? c : c + 256;
}

// A run of digits off the front, without leading zeros.
std::string_view take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

// verrevcmp of dpkg: by turns what is no number, letter by letter, and a number.
int compare_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !is_digit(a[0])) || (!b.empty() && !is_digit(b[0]))) {
      if (const int difference = weight(a) - weight(b); difference != 0) return difference;
      a.remove_prefix(1), b.remove_prefix(1);
    }
    const std::string_view first = take_number(a), second = take_number(b);
    if (first.size() != second.size()) return first.size() < second.size() ? -1 : 1;
    if (const int difference = first.compare(second); difference != 0) return difference;
  }
  return 0;
}

struct Version {
  std::string_view epoch, upstream, revision;
  explicit Version(std::string_view text) {
    if (const std::size_t colon = text.find(':'); colon != text.npos) {
      epoch = text.substr(0, colon);
      text.remove_prefix(colon + 1);
    }
    const std::size_t hyphen = std::min(text.rfind('-'), text.size());
    upstream = text.substr(0, hyphen);
    revision = text.substr(std::min(hyphen + 1, text.size()));
  }
};

}  // namespace

int compare_debian_versions(std::string_view a, std::string_view b) {
  const Version first(a), second(b);
  for (const auto part : {&Version::epoch, &Version::upstream, &Version::revision})
    if (const int difference = compare_part(first.*part, second.*part); difference != 0) return difference;
  return 0;
}

}  // namespace squall::guest
