// See supervised_programs.hpp. A child of supervisord here is a child of the guest's init, in a session of
// its own; what fork(2) would hand down (limits, groups, mask) is read from the server's process. What cannot
// be started says so in the program's own error log and ends with 127, as the forked child of
// supervisor/process.py does.
#include "harness/guest/machine/supervised_programs.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include "harness/guest/host_accounts.hpp"
#include "harness/guest/machine/wait_status.hpp"

namespace squall::guest {
namespace {

// errno.errorcode of Python, as far as chdir(2) and execve(2) fail.
std::string error_name(int number) {
  switch (number) {
    case ENOENT:
      return "ENOENT";
    case EACCES:
      return "EACCES";
    case ENOTDIR:
      return "ENOTDIR";
    case ENOEXEC:
      return "ENOEXEC";
    case E2BIG:
      return "E2BIG";
    default:
      return std::to_string(number);
  }
}

// The soft and the hard value of one line of /proc/PID/limits; nothing when it is not there.
std::optional<ResourceLimit> limit_of(const std::string& limits, const char* title, int resource) {
  const std::size_t at = limits.find(title);
  if (at == std::string::npos) return std::nullopt;
  std::istringstream words(limits.substr(at + std::strlen(title), 64));
  std::string soft, hard;
  words >> soft >> hard;
  auto number = [](const std::string& text) {
    return text == "unlimited" ? ~std::uint64_t{0} : std::strtoull(text.c_str(), nullptr, 10);
  };
  return ResourceLimit{resource, number(soft), number(hard)};
}

ProcessOptions process_of(std::vector<std::string> argv, std::map<std::string, std::string> env,
                          std::string folder, int uid, int gid) {
  ProcessOptions process;
  process.spawn.argv = std::move(argv);
  process.spawn.env = std::move(env);
  process.spawn.cwd = std::move(folder);
  process.spawn.uid = uid;
  process.spawn.gid = gid;
  return process;
}

}  // namespace

Rights SupervisedPrograms::rights_for(const supervisor::SpawnRequest& request) {
  Rights rights;
  rights.umask = request.umask;
  const std::string limits = guest_.process_file(request.server_pid, "limits");
  for (const auto& [title, resource, least] :
       {std::tuple{"Max open files", RLIMIT_NOFILE, request.min_files},
        std::tuple{"Max processes", RLIMIT_NPROC, request.min_processes},
        std::tuple{"Max locked memory", RLIMIT_MEMLOCK, 0},
        std::tuple{"Max core file size", RLIMIT_CORE, 0}}) {
    auto limit = limit_of(limits, title, resource);
    if (!limit) continue;
    limit->soft = std::max(limit->soft, static_cast<std::uint64_t>(least));
    limit->hard = std::max(limit->soft, limit->hard);
    rights.limits.push_back(*limit);
  }
  return rights;
}

int SupervisedPrograms::spawn(const supervisor::SpawnRequest& request) {
  ProcessOptions process =
      process_of(request.argv, request.environment, request.directory, request.uid, request.gid);
  process.spawn.program = request.path;
  if (!request.user.empty()) {
    process.spawn.groups = groups_of(guest_.disk(), request.user);
    process.spawn.groups.insert(process.spawn.groups.begin(), request.gid);
  }
  process.spawn.rights = rights_for(request);
  auto id = std::make_shared<int>(0);
  process.output = [this, id](std::string_view bytes, bool is_error) { board_.output(*id, is_error, bytes); };
  process.ended = [this, id](int status) { end(*id, status); };
  const bool no_folder = !guest_.disk().is_directory(request.directory);
  const int pid = guest_.start_process(std::move(process));
  if (pid <= 0)
    return failed(no_folder ? "couldn't chdir to " + request.directory + ": " + error_name(-pid)
                            : "couldn't exec " + request.argv.front() + ": " + error_name(-pid));
  *id = pid;
  return pid;
}

// The process that would have become the program.
int SupervisedPrograms::failed(const std::string& complaint) {
  ProcessOptions process;
  process.spawn.argv = {"/bin/true"};
  auto id = std::make_shared<int>(0);
  process.ended = [this, id, complaint](int) {
    board_.output(*id, true, "supervisor: " + complaint + "\nsupervisor: child process was not spawned\n");
    board_.exited(*id, {systemd::ExitCode::exited, 127});
  };
  return *id = guest_.start_process(std::move(process));
}

void SupervisedPrograms::end(int pid, int wait_status) {
  board_.exited(pid, exit_of(wait_status));
  if (ended_) ended_(pid, wait_status);
}

void SupervisedPrograms::kill(int pid, int signal, bool whole_group) {
  guest_.kill_process(whole_group ? -pid : pid, signal);
}

bool SupervisedPrograms::is_executable(const std::string& path) { return guest_.disk().is_executable(path); }

int SupervisedPrograms::start_daemon(const program::Invocation& invocation) {
  ProcessOptions process =
      process_of(invocation.argv, invocation.env, invocation.cwd, invocation.uid, invocation.gid);
  auto id = std::make_shared<int>(0);
  process.ended = [this, id](int status) {
    daemons_.erase(*id);
    if (ended_) ended_(*id, status);
  };
  *id = guest_.start_process(std::move(process));
  if (*id > 0) daemons_.insert(*id);
  return *id;
}

}  // namespace squall::guest
