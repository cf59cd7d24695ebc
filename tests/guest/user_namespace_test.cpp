// Guests for users who are not root: which range of ids they get, and what they are told without one.
#include "harness/guest/user_namespace.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "harness/guest/site.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

TEST(UserNamespace, TheRangeOfAUser) {
  std::string text = "# none\nann:100000:65536\nbob:1:10\nbob:200000:65536\n1007:300000:70000\nbroken:x:y\n";
  EXPECT_EQ(find_id_range(text, "ann", 1001)->first, 100000u);
  EXPECT_EQ(find_id_range(text, "bob", 1002)->first, 200000u);  // the first holds too few
  EXPECT_EQ(find_id_range(text, "eve", 1007)->first, 300000u);
  EXPECT_FALSE(find_id_range(text, "mallory", 1008).has_value());
  EXPECT_FALSE(find_id_range(text, "broken", 1009).has_value());
}

// What a user whom /etc/subuid does not know is told; empty when a site could be made.
std::string told_without_root(unsigned user) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  pid_t child = ::fork();
  if (child == 0) {
    std::string said;
    if (::setgid(user) != 0 || ::setuid(user) != 0) ::_exit(2);
    try {
      Site site(std::filesystem::temp_directory_path());
    } catch (const GuestsUnavailable& unavailable) {
      said = unavailable.what();
    }
    bool written = ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  std::string text(4096, '\0');
  ssize_t size = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

TEST(UserNamespace, WithoutARangeOneSentenceSaysWhatIsMissing) {
  if (::geteuid() != 0) GTEST_SKIP() << "takes another user's place, which needs root";
  std::string said = told_without_root(64999);
  EXPECT_THAT(said, HasSubstr("guests need root, or a user namespace with a range of user ids, and "));
  EXPECT_THAT(said, HasSubstr("usermod --add-subuids 100000-165535 --add-subgids 100000-165535 64999"));
  EXPECT_EQ(said.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace squall::guest
