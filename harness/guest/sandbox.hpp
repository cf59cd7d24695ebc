// The processes of one booted guest: starts its init in namespaces of its own, spawns processes, carries the
// calls of the commands that the world answers, and waits until the guest has nothing left to compute. Knows
// no virtual time. Everything that happened comes out of settle() in an order that does not hang on the
// host's scheduler.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/guest/agent/protocol.h"
#include "harness/guest/file_descriptor.hpp"
#include "harness/guest/message.hpp"

namespace squall::guest {

// What the kernel lets a process do (agent/rights.c). Limits that are not given are a machine's defaults.
struct ResourceLimit {
  int resource = 0;  // RLIMIT_NOFILE, ...
  std::uint64_t soft = 0, hard = 0;
};
struct Rights {
  int umask = 022;
  std::uint32_t secure_bits = 0;  // of capabilities(7)
  bool no_new_privileges = false;
  std::uint64_t bounding = ~std::uint64_t{0}, ambient = 0;  // sets of capabilities: bit N for number N
  std::vector<ResourceLimit> limits;
};

// A mount that a process has to itself (agent/protocol.h).
struct PrivateMount {
  char kind;
  std::string path, source;
  bool optional = false;
};

struct SpawnRequest {
  std::vector<std::string> argv;
  std::map<std::string, std::string> env;
  std::string program;  // empty: argv[0], on the PATH of env
  std::string cwd = "/";
  std::string input;  // standard input, whole
  int uid = 0, gid = 0;
  std::vector<int> groups;  // beside gid
  Rights rights;
  std::vector<PrivateMount> mounts;
  bool merge_output = false;  // standard error goes where standard output goes
};

// The seconds of a processor that a guest may use without coming to rest, before what runs is stopped: how
// busy the host is does not count. One that does not rest in this many real seconds is stopped anyway.
inline constexpr int computing_limit_s = 10, patience_s = 200;

struct GuestEvent {
  enum Kind {
    output,
    error_output,
    console,
    input,
    input_end,
    signal,
    gone,
    hello,
    nap,
    sync,
    overrun,
    exited
  };
  Kind kind;
  int id = 0;               // the process (output, exited, overrun) or the call (the others)
  std::string bytes;        // of output, console, input; a path, for sync; what was stopped, for overrun
  Hello hello_text;         // of hello
  std::int64_t number = 0;  // signal; wait status; nanoseconds
};

// What may be done in a folder that is shown in the guest.
struct FolderAccess {
  bool read_only = false, no_exec = false, no_suid = false;
};

class Sandbox {
 public:
  struct Options {
    std::filesystem::path root;     // mounted already, in this process's mount namespace
    std::filesystem::path program;  // squall-init, on a file system that this process sees
    std::string hostname;
    int last_pid = 1;               // the first process gets the id after it
    std::string boot_id, kernel;    // as /proc/sys/kernel/random/boot_id and `uname -r` tell them
    std::int64_t real_from_ns = 0;  // file_times.hpp: files stamped since then are this run's
    std::vector<std::pair<std::string, std::string>> shared_folders;  // host path, guest path
  };
  // Throws GuestsUnavailable.
  explicit Sandbox(const Options& options);
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  ~Sandbox();  // kills everything in it

  // Answers the process id in the guest; negative: minus errno, and minus SQUALL_MOUNTS_FAILED if its mounts
  // could not be made. Its output and its end come out of settle().
  int spawn(const SpawnRequest& request);
  void kill(int pid, int signal_number);  // as kill(2): minus a process group
  // Shows a folder or a file of this process's tree at `target` in the guest, where device nodes cannot be
  // opened. Answers 0 or errno.
  int mount_folder(const std::filesystem::path& folder, const std::string& target,
                   const FolderAccess& access = {});
  int unmount(const std::string& target);

  void send(int call, unsigned char type, std::string_view body);
  void send_frames(int call, std::string_view frames);
  void hang_up(int call);

  // Lets the guest compute until every process in it waits for the world or for another process.
  std::vector<GuestEvent> settle();
  // Puts the world's time on the clock page; counts one more step.
  void set_clock(std::int64_t now_ns, std::int64_t boot_ns, std::uint64_t seed);

  // The guest's root as this process can open it, with all that is mounted inside.
  int root_fd() const { return root_.get(); }
  // Process ids with their name (/proc/PID/comm), in rising order, without init.
  std::vector<std::pair<int, std::string>> processes() const;
  std::string process_file(int pid, const std::string& name) const;
  // The root that the process sees, opened with O_PATH, if it has mounts of its own; else nothing.
  FileDescriptor own_root(int pid) const;

 private:
  struct Call {
    FileDescriptor socket;
    FrameBuffer received;
    std::string unsent;
    int pid = 0;
  };
  struct Stream {
    FileDescriptor pipe;
    int pid = 0;
    bool is_error = false;
  };
  void launch(const Options& options);
  void wait_until_ready();
  std::string request(unsigned char type, std::string_view body, std::vector<int> fds,
                      unsigned char answer_type);
  bool drain();  // takes whatever is there; true if there was something
  bool drain_control();
  bool drain_calls();
  bool drain_streams();
  bool accept_calls();
  void take_frames(int id, Call& call);
  void flush(Call& call);
  void wait_briefly(int timeout_us);
  void stop_overrun(bool with_parents);
  bool has_overrun(std::int64_t waited_ms);
  void add(GuestEvent event);

  int init_pid_ = -1;  // of the host
  FileDescriptor control_, listener_, console_, root_, proc_;
  squall_clock* clock_ = nullptr;
  std::map<int, Call> calls_;
  std::vector<Stream> streams_;
  std::vector<GuestEvent> events_;
  std::string control_answer_;
  unsigned char control_answer_type_ = 0;
  int next_call_ = 1;
  std::uint32_t next_request_ = 1;
  std::uint64_t ticks_at_first_ = 0;  // used when this wait had lasted for a second
};

}  // namespace squall::guest
