// What goes into the manager's step machine and what comes out. Values only: whoever drives the manager
// (driver.hpp) turns effects into processes, signals and journal lines, and what happens into events.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "harness/guest/journal/journal.hpp"
#include "harness/guest/systemd/exec_command.hpp"
#include "harness/guest/systemd/exec_rights.hpp"
#include "harness/guest/systemd/sandboxing.hpp"

namespace squall::guest::systemd {

enum class JobType { start, stop, reload, restart, try_restart, reload_or_start, try_reload, verify_active };
enum class JobResult { done, canceled, failed, dependency, invalid, assertion };
enum class JobMode { replace, isolate, ignore_dependencies, irreversible };
std::string_view to_string(JobType type);      // "start"
std::string_view to_string(JobResult result);  // "dependency"

enum class ShutdownMode { reboot, poweroff, halt };

// --- events ---
struct Boot {};
struct JobRequest {
  std::string unit;
  JobType type = JobType::start;
  JobMode mode = JobMode::replace;
};
// Answers effect Spawn, before any other event.
struct Spawned {
  std::uint64_t spawn = 0;
  int pid = 0;
  // Not empty: the process came into being and could not become the program: "EXEC", "CHDIR", "USER",
  // "GROUP", "STDOUT", ... It counts as ended with that step's exit status; no Exited follows.
  std::string failed_step;
  std::string error;             // strerror: "No such file or directory"
  std::string failed_path = {};  // of NAMESPACE, where it is known
};
struct Exited {  // a main or control process
  int pid = 0;
  Exit exit;
};
struct ProcessGone {  // another process of the unit's group ended
  std::string unit;
};
struct Notified {  // a datagram for $NOTIFY_SOCKET: "READY=1\nSTATUS=..."
  int pid = 0;
  std::string unit;  // whose group the sender is in
  std::string text;
};
struct Tick {};  // next_deadline() has come
struct KillRequest {
  std::string unit;
  std::string who = "all";  // "main", "control"
  int signal = 15;
};
struct ResetFailed {
  std::string unit;  // empty: all
};
struct Reload {};  // daemon-reload
struct ShutDown {
  ShutdownMode mode = ShutdownMode::reboot;
};
using Event = std::variant<Boot, JobRequest, Spawned, Exited, ProcessGone, Notified, Tick, KillRequest,
                           ResetFailed, Reload, ShutDown>;

// --- effects ---
struct Spawn {
  std::uint64_t id = 0;
  std::string unit;
  bool control = false;  // a helper (ExecStartPre=, ExecReload=, ...), not the main process
  std::string path;      // absolute, or a name to look up in PATH
  std::vector<std::string> argv;
  Environment environment;  // complete but for SYSTEMD_EXEC_PID, which is the process's own id
  std::string user, group;  // empty: root
  int uid = 0, gid = 0;
  std::vector<std::string> supplementary_groups;
  std::string working_directory;  // empty: "/"
  bool working_directory_optional = false;
  std::vector<Mount> mounts;                 // which it has to itself
  std::map<std::string, LimitValue> limits;  // by name: "NOFILE"
  int umask = 022;
  std::uint64_t capability_bounding_set = all_capabilities, ambient_capabilities = 0;
  std::uint32_t secure_bits = 0;
  bool no_new_privileges = false;
  // "journal", "null", "inherit", "file:/path", "append:/path", "truncate:/path"; error may be "inherit" (as
  // output).
  std::string standard_input = "null", standard_output = "journal", standard_error = "inherit";
  std::string identifier;    // SYSLOG_IDENTIFIER of its output
  bool level_prefix = true;  // "<3>" at a line's start sets the priority
  std::string invocation_id;
};
struct Kill {
  int pid = 0, signal = 0;
};
// A directory of RuntimeDirectory= and its kind: make it, give it to the user; or take it away again.
struct MakeDirectory {
  std::string path, mode = "0755";
  int uid = 0, gid = 0;
  bool remove = false;
};
struct LogLine {
  journal::Entry entry;  // its time is set by whoever receives it
};
struct JobQueued {  // answers JobRequest
  std::uint64_t job = 0;
  std::string unit;  // as loaded: aliases resolved
};
enum class Refusal {
  not_found,
  not_loaded,
  masked,
  bad_setting,
  not_applicable,
  refused,
  destructive,
  unsupported,
  missing_instance
};
struct JobRefused {  // answers JobRequest
  Refusal reason = Refusal::not_found;
  std::string text;  // "Unit nosuch.service not found."
};
struct JobFinished {
  std::uint64_t job = 0;
  std::string unit;
  JobType type = JobType::start;
  JobResult result = JobResult::done;
};
// A setting that systemd would act on and Squall does not: for the story. Once per unit and boot.
struct NotServed {
  std::string unit;
  std::vector<std::string> settings;
};
struct BootFinished {};
struct ShutDownReady {  // every unit is down; what is left is systemd-shutdown's
  ShutdownMode mode = ShutdownMode::reboot;
};
struct SaveStamp {  // a Persistent= timer ran
  std::string timer;
};
using Effect = std::variant<Spawn, Kill, MakeDirectory, LogLine, JobQueued, JobRefused, JobFinished,
                            NotServed, BootFinished, ShutDownReady, SaveStamp>;
using Effects = std::vector<Effect>;

}  // namespace squall::guest::systemd
