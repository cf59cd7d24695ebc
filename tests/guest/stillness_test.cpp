// What must never be taken for rest: a process that only makes children and releases them. The kernel marks
// it as asleep for as long as it is inside wait4(), although it computes (do_wait() in kernel/exit.c).
#include "harness/guest/stillness.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "harness/guest/file_descriptor.hpp"

namespace squall::guest {
namespace {

// A child process that runs `body` until it is killed.
class Child {
 public:
  explicit Child(void (*body)()) : pid_(::fork()) {
    if (pid_ == 0) {
      body();
      ::_exit(0);
    }
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  TaskState look() const {
    FileDescriptor proc(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (const TaskState& task : list_tasks(proc.get()))
      if (task.pid == pid_) return task;
    return {};
  }

 private:
  pid_t pid_;
};

TEST(Stillness, AProcessThatReleasesChildrenIsNeverAtRest) {
  Child busy([] {
    for (;;) {
      pid_t child = ::fork();
      if (child == 0) ::_exit(0);
      while (::waitpid(child, nullptr, WNOHANG) == 0) {
      }
    }
  });
  for (int look = 0; look < 1500; ++look) ASSERT_FALSE(at_rest({busy.look()})) << "look " << look;
}

TEST(Stillness, AProcessThatWaitsComesToRestAndStaysAlike) {
  Child idle([] { ::pause(); });
  TaskState seen = idle.look();
  for (int look = 0; look < 100'000 && !at_rest({seen}); ++look) seen = idle.look();
  EXPECT_EQ(seen.state, 'S');
  EXPECT_EQ(idle.look(), seen);
}

}  // namespace
}  // namespace squall::guest
