// Whether a guest has come to rest: every process in it sleeps, and none has run between two looks.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace squall::guest {

struct TaskState {
  int pid = 0;
  char state = 'S';            // as in /proc/PID/stat
  std::uint64_t switches = 0;  // how often it got and gave back the processor
  int parent = 0;
  bool operator==(const TaskState&) const = default;
};

// All tasks that /proc (opened as `proc_fd`) lists, in its order; threads too.
std::vector<TaskState> list_tasks(int proc_fd);
// Sleeping, stopped or ended; 'R' runs, 'D' waits for a device or for a vforked child that runs.
bool at_rest(const std::vector<TaskState>& tasks);
// The processor time that the guest's processes have used, those that ended included, in clock ticks.
std::uint64_t used_ticks(int proc_fd);
// That of one process; 0 for one that is gone.
std::uint64_t used_ticks(int proc_fd, int pid, bool with_ended_children);
// Two looks, alike, at rest.
bool is_still(int proc_fd);

// The content of a small file in `folder_fd`; empty if it is not there (a process may end between look and
// read).
std::string read_small(int folder_fd, const std::string& path);

}  // namespace squall::guest
