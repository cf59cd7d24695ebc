// See stillness.hpp. The state that /proc shows is not enough to tell rest: in wait4() a task is marked as
// asleep while it looks for, and releases, a child that ended (do_wait() in the kernel's exit.c), and one
// that ended is a zombie a moment before its parent is told. /proc/PID/syscall (proc_pid_syscall(5)) says
// "running" of any task that has not left its processor, whatever its state.
//
// A task that rested, was woken and rests again has been switched to once more, so that one that was seen at
// rest before its waker was shows in the second look: as running, or with another count of switches.
#include "harness/guest/stillness.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "harness/guest/file_descriptor.hpp"

namespace squall::guest {
namespace {

std::vector<int> numbers_in(int folder_fd, const char* path) {
  std::vector<int> numbers;
  int fd = ::openat(folder_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return numbers;
  DIR* folder = ::fdopendir(fd);
  while (const dirent* entry = ::readdir(folder)) {
    int number = 0;
    std::string_view name = entry->d_name;
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc{} && end == name.data() + name.size()) numbers.push_back(number);
  }
  ::closedir(folder);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::uint64_t number_after(const std::string& text, std::string_view label) {
  std::size_t at = text.find(label);
  if (at == std::string::npos) return 0;
  return std::strtoull(text.c_str() + at + label.size(), nullptr, 10);
}

bool add_task(int proc_fd, const std::string& folder, int id, std::vector<TaskState>& tasks) {
  // In this order: what rests by the first has, in the second, the count of that rest or of a later one.
  const bool running = read_small(proc_fd, folder + "/syscall").starts_with("running");
  std::string status = read_small(proc_fd, folder + "/status");
  std::size_t at = status.find("State:\t");
  if (at == std::string::npos) {  // it was there, and ended meanwhile: somebody has yet to hear of it
    tasks.push_back({id, 'R'});
    return false;
  }
  const char state = running ? 'R' : status[at + 7];
  tasks.push_back({id, state,
                   number_after(status, "\nvoluntary_ctxt_switches:") +
                       number_after(status, "nonvoluntary_ctxt_switches:"),
                   static_cast<int>(number_after(status, "\nPPid:"))});
  return number_after(status, "Threads:") > 1;
}

}  // namespace

std::string read_small(int folder_fd, const std::string& path) {
  FileDescriptor file(::openat(folder_fd, path.c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[8192];
  ssize_t size = file ? ::read(file.get(), buffer, sizeof buffer) : 0;
  return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string{};
}

std::vector<TaskState> list_tasks(int proc_fd) {
  std::vector<TaskState> tasks;
  for (int pid : numbers_in(proc_fd, ".")) {
    std::string folder = std::to_string(pid);
    if (!add_task(proc_fd, folder, pid, tasks)) continue;
    for (int thread : numbers_in(proc_fd, (folder + "/task").c_str()))
      if (thread != pid) add_task(proc_fd, folder + "/task/" + std::to_string(thread), thread, tasks);
  }
  return tasks;
}

std::uint64_t used_ticks(int proc_fd, int pid, bool with_ended_children) {
  constexpr int first = 14, last_own = 15, last = 17;  // of proc_pid_stat(5): utime, stime, cutime, cstime
  const std::string text = read_small(proc_fd, std::to_string(pid) + "/stat");
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::uint64_t used = 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int number = 3; fields >> field && number <= (with_ended_children ? last : last_own); ++number)
    if (number >= first) used += std::strtoull(field.c_str(), nullptr, 10);
  return used;
}

std::uint64_t used_ticks(int proc_fd) {
  std::uint64_t used = 0;
  for (int pid : numbers_in(proc_fd, ".")) used += used_ticks(proc_fd, pid, true);
  return used;
}

bool at_rest(const std::vector<TaskState>& tasks) {
  return std::all_of(tasks.begin(), tasks.end(),
                     [](const TaskState& task) { return task.state != 'R' && task.state != 'D'; });
}

bool is_still(int proc_fd) {
  std::vector<TaskState> first = list_tasks(proc_fd);
  return at_rest(first) && list_tasks(proc_fd) == first;
}

}  // namespace squall::guest
