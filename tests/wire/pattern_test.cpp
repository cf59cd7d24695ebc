#include "emulator/wire/pattern.hpp"

#include <gtest/gtest.h>

#include <string>

#include "emulator/wire/utf8.hpp"

namespace squall::wire::test {
namespace {

bool matches(std::string_view pattern, std::string_view text) { return Pattern(pattern).matches(text); }

TEST(Pattern, MatchesAWholeText) {
  EXPECT_TRUE(matches("[a-c]+", "abc"));
  EXPECT_FALSE(matches("[a-c]+", "abcd"));
  EXPECT_FALSE(matches("[a-c]+", ""));
  EXPECT_TRUE(matches("^[a-c]*$", ""));
  EXPECT_TRUE(matches("a|bc|", "bc"));
  EXPECT_TRUE(matches("a|bc|", ""));
  EXPECT_FALSE(matches("a|bc", "abc"));
}

TEST(Pattern, Repeats) {
  EXPECT_FALSE(matches("a{2,3}", "a"));
  EXPECT_TRUE(matches("a{2,3}", "aaa"));
  EXPECT_FALSE(matches("a{2,3}", "aaaa"));
  EXPECT_TRUE(matches("(ab){2}", "abab"));
  EXPECT_TRUE(matches("a{2,}b?", "aaaaab"));
  EXPECT_TRUE(matches("((/[A-Za-z0-9\\.,\\+@=_-]+)*)/", "/a/b.c/"));
  EXPECT_FALSE(matches("((/[A-Za-z0-9\\.,\\+@=_-]+)*)/", "/a//"));
}

TEST(Pattern, Classes) {
  EXPECT_TRUE(matches("[\\w+=,.@-]+", "a_B-9@."));
  EXPECT_FALSE(matches("[\\w+=,.@-]+", "a:b"));
  EXPECT_TRUE(matches("^[a-zA-Z0-9-_.]+$", "a-_."));
  EXPECT_TRUE(matches("[^/]+", "abc"));
  EXPECT_FALSE(matches("[^/]+", "a/c"));
  EXPECT_TRUE(matches("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", "a\n\tÿ"));
  EXPECT_FALSE(matches("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", "Ā"));
  EXPECT_TRUE(matches("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$", "Größe 日本 ٣"));
  EXPECT_FALSE(matches("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$", "a#b"));
  EXPECT_TRUE(matches("[]a]+", "]a"));
  EXPECT_FALSE(matches(".", "\n"));
}

TEST(Pattern, Anchors) {
  const char* ids = "(^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)";
  EXPECT_TRUE(matches(ids, "i-12345678"));
  EXPECT_TRUE(matches(ids, "mi-0123456789abcdef0"));
  EXPECT_FALSE(matches(ids, "i-123456789"));
  EXPECT_FALSE(matches("a^b", "ab"));
}

TEST(Pattern, LeavesLookAheadAndReferencesToTheLibrary) {
  EXPECT_TRUE(matches("^(?!\\s*$).+", "a"));
  EXPECT_FALSE(matches("^(?!\\s*$).+", "  "));
  EXPECT_TRUE(matches("(a|b)\\1", "aa"));
  EXPECT_FALSE(matches("(a|b)\\1", std::string(100'000, 'a')));
  EXPECT_THROW(Pattern("("), std::invalid_argument);
}

// Exponential in a backtracking matcher, linear here.
TEST(Pattern, IsNeverSlow) {
  EXPECT_FALSE(matches("(a*)*b", std::string(20'000, 'a')));
  EXPECT_FALSE(matches("(a|aa)+$b", std::string(20'000, 'a')));
}

TEST(Utf8, RefusesWhatIsNotACharacter) {
  auto first = [](std::string_view text) {
    std::size_t at = 0;
    return next_code_point(text, at);
  };
  EXPECT_EQ(first("\xF0\x9F\x98\x80"), U'\U0001F600');
  EXPECT_EQ(first("\xC0\x80"), replacement_character);          // overlong
  EXPECT_EQ(first("\xED\xA0\x80"), replacement_character);      // surrogate
  EXPECT_EQ(first("\xF4\x90\x80\x80"), replacement_character);  // beyond Unicode
  EXPECT_EQ(first("\xE2\x82"), replacement_character);          // cut off
  EXPECT_EQ(count_code_points("aé\xFF"), 3);
}

}  // namespace
}  // namespace squall::wire::test
