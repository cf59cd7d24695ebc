#include "emulator/base/lines.hpp"

#include <gtest/gtest.h>

namespace squall::base {
namespace {

TEST(Lines, TheLastThatAreNotBlank) {
  EXPECT_EQ(last_lines("one\ntwo\nthree\n", 2), "two\nthree");
  EXPECT_EQ(last_lines("one\ntwo\n", 5), "one\ntwo");
  EXPECT_EQ(last_lines("one\n\n \t\n\ntwo\r\n\n", 2), "one\ntwo");
  EXPECT_EQ(last_lines("one", 1), "one");
  EXPECT_EQ(last_lines("one", 0), "");
  EXPECT_EQ(last_lines("\n \n", 3), "");
  EXPECT_EQ(last_lines("", 3), "");
}

}  // namespace
}  // namespace squall::base
