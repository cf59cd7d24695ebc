// See user_namespace.hpp.
#include "harness/guest/user_namespace.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include "harness/guest/file_descriptor.hpp"
#include "harness/guest/site.hpp"

namespace squall::guest {
namespace {

// 1 to 65534, which is nobody.
constexpr unsigned long ids_of_a_guest = 65534;
constexpr char uid_helper[] = "/usr/bin/newuidmap", gid_helper[] = "/usr/bin/newgidmap";

std::string read_text(const char* path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? std::to_string(::geteuid()) : entry->pw_name;
}

[[noreturn]] void refuse(const std::string& missing) {
  std::string name = user_name();
  throw GuestsUnavailable("guests need root, or a user namespace with a range of user ids, and " + missing +
                          " (apt-get install uidmap; usermod --add-subuids 100000-165535 --add-subgids "
                          "100000-165535 " +
                          name + ")");
}

// newuidmap PID 0 OWN 1 1 FIRST COUNT
int run_helper(const char* helper, pid_t target, unsigned own, const IdRange& range) {
  std::string words[] = {helper,
                         std::to_string(target),
                         "0",
                         std::to_string(own),
                         "1",
                         "1",
                         std::to_string(range.first),
                         std::to_string(ids_of_a_guest)};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child = ::fork();
  if (child == 0) {
    ::execv(helper, argv.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

std::optional<IdRange> find_id_range(std::string_view text, const std::string& name, unsigned user_id) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string user;
    IdRange range;
    char colon = 0;
    if (!std::getline(fields, user, ':') || !(fields >> range.first >> colon >> range.count) || colon != ':')
      continue;
    bool own = user == name || user == std::to_string(user_id);
    if (own && range.count >= ids_of_a_guest) return range;
  }
  return {};
}

void enter_user_namespace() {
  unsigned uid = ::geteuid(), gid = ::getegid();
  auto users = find_id_range(read_text("/etc/subuid"), user_name(), uid);
  auto groups = find_id_range(read_text("/etc/subgid"), user_name(), uid);
  if (::access(uid_helper, X_OK) != 0 || ::access(gid_helper, X_OK) != 0)
    refuse("newuidmap is not installed");
  if (!users) refuse("/etc/subuid gives this user none");
  if (!groups) refuse("/etc/subgid gives this user none");
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) refuse("no pipe could be made");
  FileDescriptor theirs(pipe_ends[0]), ours(pipe_ends[1]);
  pid_t parent = ::getpid();
  // The helpers work from outside: this child stays there, and waits until the namespace is made.
  pid_t mapper = ::fork();
  if (mapper == 0) {
    char go = 0;
    ours.reset();
    if (::read(theirs.get(), &go, 1) != 1) ::_exit(1);
    int status = run_helper(uid_helper, parent, uid, *users);
    ::_exit(status != 0 ? status : run_helper(gid_helper, parent, gid, *groups));
  }
  int made = ::unshare(CLONE_NEWUSER), error = errno, status = 0;
  if (made == 0 && ::write(ours.get(), "", 1) != 1) made = -1;
  ours.reset();
  while (::waitpid(mapper, &status, 0) < 0 && errno == EINTR) {
  }
  if (made != 0)
    refuse("this kernel lets users make none (user.max_user_namespaces): " +
           std::string(std::strerror(error)));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) refuse("newuidmap refused");
  if (::setuid(0) != 0 || ::setgid(0) != 0) refuse("its root could not be taken");
}

bool in_user_namespace() {
  std::istringstream first(read_text("/proc/self/uid_map"));
  unsigned long inside = 0, outside = 0, count = 0;
  first >> inside >> outside >> count;
  return !(inside == 0 && outside == 0 && count == 4294967295ul);
}

}  // namespace squall::guest
