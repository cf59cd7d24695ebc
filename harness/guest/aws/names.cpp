#include "harness/guest/aws/names.hpp"

namespace squall::guest::aws {
namespace {

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string kebab_case(std::string_view name) {
  if (name.find('-') != name.npos) return std::string(name);
  std::string text(name);
  // A plural abbreviation at the end is one word: "ARNs" is "arns", not "ar-ns".
  if (text.size() >= 3 && text.back() == 's') {
    std::size_t start = text.size() - 1;
    while (start > 0 && upper(text[start - 1])) --start;
    if (text.size() - 1 - start >= 2) {
      std::string word = text.substr(start);
      for (char& c : word) c = static_cast<char>(c | 0x20);
      text = text.substr(0, start) + "-" + word;
    }
  }
  // A dash before each capital that starts a word of small letters, ...
  std::string words;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && upper(text[i]) && i + 1 < text.size() && lower(text[i + 1])) words += '-';
    words += text[i];
  }
  // ... and before each capital that follows a small letter or a digit.
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const char before = i > 0 ? words[i - 1] : '\0', c = words[i];
    if ((lower(before) || digit(before)) && upper(c)) out += '-';
    out += c;
  }
  for (char& c : out)
    if (upper(c)) c = static_cast<char>(c + 32);
  return out;
}

}  // namespace squall::guest::aws
