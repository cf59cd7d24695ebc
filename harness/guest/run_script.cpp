// Guest::run_script: a shell script as the SSM agent runs it (amazon-ssm-agent, plugins/runscript): in a file
// of its own below its orchestration folder, started by `sh -c`, as root.
#include <csignal>

#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr char orchestration[] = "/var/lib/amazon/ssm/orchestration";
// The agent kills the process group, and waits this long for the end before it gives the command up.
constexpr Duration grace_after_timeout = 5s;

std::map<std::string, std::string> agent_environment(const world::MachineSpec& machine) {
  std::string region = machine.zone.empty() ? "us-east-1" : machine.zone.substr(0, machine.zone.size() - 1);
  return {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
          {"HOME", "/root"},
          {"LANG", "C.UTF-8"},
          {"PWD", "/"},
          {"AWS_SSM_INSTANCE_ID", machine.instance_id},
          {"AWS_SSM_REGION_NAME", region}};
}

int exit_code_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

}  // namespace

world::Task<world::Machines::ScriptResult> Guest::run_script(std::string script, std::string directory,
                                                             Duration timeout,
                                                             std::map<std::string, std::string> env) {
  // Shared with the process, which may outlive this frame.
  auto result = std::make_shared<world::Machines::ScriptResult>();
  if (!powered_) {
    result->lost = true;
    co_return *result;
  }
  std::string folder = std::string(orchestration) + "/" + surroundings_.entropy.uuid() + "/awsrunShellScript";
  std::string path = folder + "/_script.sh";
  disk_.make_directories(folder, 0700);
  disk_.write(path, script, 0700);
  world::Completion<int> ended(surroundings_.scheduler);
  ProcessOptions process;
  process.spawn.argv = {"sh", "-c", path};
  process.spawn.env = agent_environment(options_.machine);
  for (auto& [name, value] : env) process.spawn.env[name] = value;
  process.spawn.cwd = directory.empty() ? folder : directory;
  process.output = [result](std::string_view bytes, bool is_error) {
    (is_error ? result->standard_error : result->standard_output) += bytes;
  };
  process.ended = [ended](int status) { ended.set(status); };

  // Goes with this frame, at its end or before: a script that nobody waits for any more (its command was
  // cancelled) is killed. By then the guest itself may be gone.
  struct Attendance {
    Guest& guest;
    world::Scheduler& scheduler;
    world::Completion<int>& ended;
    std::weak_ptr<bool> guest_is_here;
    int pid = 0;
    world::TimerId killer = 0;
    ~Attendance() {
      scheduler.cancel(killer);
      if (guest_is_here.expired()) return;
      guest.scripts_.erase(&ended);
      if (auto known = guest.processes_.find(pid); known != guest.processes_.end()) known->second = {};
      if (pid > 0 && !ended.is_set()) guest.kill_process(-pid, SIGKILL);
    }
  } attendance{*this, surroundings_.scheduler, ended, here_};

  scripts_.insert(&ended);
  attendance.pid = start_process(std::move(process));
  if (attendance.pid <= 0) {
    result->exit_code = 1;
    result->standard_error = "failed to run commands: chdir " + directory + ": no such file or directory\n";
    co_return *result;
  }
  std::function<void()> stop = [&] {
    result->timed_out = true;
    attendance.killer = surroundings_.scheduler.after(grace_after_timeout, [&ended] { ended.set(SIGKILL); });
    kill_process(-attendance.pid, SIGKILL);
  };
  if (timeout > Duration{0}) attendance.killer = surroundings_.scheduler.after(timeout, stop);
  int status = co_await ended;
  result->lost = status == -1;
  result->exit_code = result->lost ? -1 : exit_code_of(status);
  if (!result->lost) trace({.kind = "script", .argv = {path}, .exit_code = result->exit_code});
  co_return *result;
}

}  // namespace squall::guest
