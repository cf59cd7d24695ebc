// One instance's inside: its disk, its boots, its processes. Scripts run in real bash in namespaces of their
// own (sandbox.hpp); commands that reach outside are answered by programs of the world (program::Program),
// under the world's clock. While a guest computes, the world stands still.
//
// A guest costs nothing but a folder until its first script: the namespaces are made then. Everything is
// called on the world's thread.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "emulator/base/random.hpp"
#include "emulator/world/await.hpp"
#include "emulator/world/machines.hpp"
#include "harness/guest/file_times.hpp"
#include "harness/guest/guest_disk.hpp"
#include "harness/guest/sandbox.hpp"
#include "harness/guest/site.hpp"
#include "harness/program/program.hpp"

namespace squall::guest {

// One command that the world answered, or something that a guest did; for the event hash and for the story.
struct TraceEntry {
  std::string instance_id;
  std::string kind;  // "call", "console", "overrun", "not-found", "refused", "script", "boot", "lost", "log"
  std::vector<std::string> argv;
  std::uint64_t input_hash = 0,
                output_hash = 0;  // base::hash64; output: standard output, then standard error
  int exit_code = 0;
  std::string text;  // what a person reads
};

struct GuestOptions {
  world::MachineSpec machine;
  std::shared_ptr<Site> site;
  // By name: "aws", "vault", "systemctl"... They come beside the guest's own commands (commands/) and before
  // them.
  std::map<std::string, program::Program> programs;
  bool workstation = false;  // an operator's machine: the programs of all packages are there from the start
};

struct Surroundings {
  world::Scheduler& scheduler;
  world::Network& network;  // as this instance sees it
  world::Entropy& entropy;
  base::Random random;
  std::function<void(const TraceEntry&)> trace;
};

// A process that the world starts in the guest: a script, a service's main process, a cron job.
struct ProcessOptions {
  SpawnRequest spawn;
  std::function<void(std::string_view bytes, bool is_error)> output;
  std::function<void(int wait_status)> ended;  // as of waitpid(2); not called when the power goes
};

class Call;

class Guest {
 public:
  Guest(GuestOptions options, Surroundings surroundings);
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  ~Guest();

  // Power on. The operating system answers from now on; nothing runs that was not started.
  void power_on();
  // Every process is gone at once, with what the disk had not synced.
  void power_cut();
  // Every process is gone, and nobody looks at the disk any more. What ran in it goes at the next instant
  // (world::Job), and may look at it until then.
  void halt();
  // 32 hexadecimal digits; what /proc/sys/kernel/random/boot_id tells from the first process of this boot on.
  void set_boot_id(std::string id);
  // Every process is gone, the disk is whole: the end of an orderly shutdown.
  void power_off();
  bool powered() const { return powered_; }
  Time booted_at() const { return booted_at_; }

  // Runs a script as the SSM agent does (Machines::run_script); `env` adds to the agent's environment.
  world::Task<world::Machines::ScriptResult> run_script(std::string script, std::string directory,
                                                        Duration timeout,
                                                        std::map<std::string, std::string> env = {});

  // Runs a process to its end and answers its wait status; -1 when the power went, or it could not be
  // started.
  world::Task<int> run_process(SpawnRequest request,
                               std::function<void(std::string_view bytes, bool is_error)> output);
  // Answers the process id, negative minus errno. Boots the namespaces if they are not there.
  int start_process(ProcessOptions options);
  void kill_process(int pid, int signal_number);
  // All processes of that name (/proc/PID/comm); answers how many there were.
  int kill_processes(const std::string& name, int signal_number);
  std::vector<std::pair<int, std::string>> processes();
  // A process that the world did not start itself ended, and init had inherited it.
  void on_orphan_end(std::function<void(int pid, int wait_status)> handler) {
    orphan_end_ = std::move(handler);
  }
  // A file of /proc/PID; empty when there is no such process.
  std::string process_file(int pid, const std::string& name);

  // Shows a folder of the site in the guest; 0 or errno.
  int mount_folder(const std::filesystem::path& folder, const std::string& target,
                   const FolderAccess& access);
  int unmount_folder(const std::string& target);

  void write_console(std::string_view text);
  // The latest boot's, at most 64 KiB from its end.
  const std::string& console_output() const { return console_; }

  GuestDisk& disk() { return disk_; }
  const world::MachineSpec& machine() const { return options_.machine; }
  void attach_volume(const world::VolumeSpec& volume);
  void detach_volume(const std::string& volume_id);
  // The 1 in /dev/nvme1n1; the volume keeps it for as long as it is attached. The root volume's is 0.
  int controller_number(const world::VolumeSpec& volume);
  System system() const { return system_; }
  std::string hostname() { return hostname_; }
  void set_hostname(std::string name) { hostname_ = std::move(name); }
  Site& site() { return *options_.site; }
  Surroundings& surroundings() { return surroundings_; }
  void trace(TraceEntry entry);
  // Lines of logger(1): tag, priority (0 to 7), text.
  void on_syslog(std::function<void(const std::string&, int, const std::string&)> handler) {
    syslog_ = std::move(handler);
  }
  // `id`: "[1234]" behind the tag in the file; empty: none.
  void syslog(const std::string& tag, int priority, const std::string& text, const std::string& id = {});
  // A command's standard input as it comes (Call::read_some). `context` is that of a command of this guest.
  static world::Task<std::string> read_some(program::Context& context, std::size_t from);
  // Called at the end of each process that the world started: files may have changed.
  void on_process_end(std::function<void()> handler) { process_end_ = std::move(handler); }
  // A package brought a unit that its installation starts; nothing happens where no service manager runs.
  void on_unit_installed(std::function<void(const std::string& unit)> handler) {
    unit_installed_ = std::move(handler);
  }
  void start_installed_unit(const std::string& unit) {
    if (unit_installed_) unit_installed_(unit);
  }
  // sd_notify messages of programs: process id and text.
  void on_notify(std::function<void(int, std::string_view)> handler) { notify_ = std::move(handler); }

 private:
  friend class Call;
  struct Process {
    std::function<void(std::string_view, bool)> output;
    std::function<void(int)> ended;
  };
  Sandbox& sandbox();  // made when it is not there; called before anything is sent to the guest
  // What the guest's processes wrote since the last look is of the time when they computed.
  void take_changes();
  void make_durable(int call, const std::string& path);
  std::optional<std::string> original(const std::string& path) const;
  int first_process_id();
  void settle();  // lets the guest compute, and queues what it did
  void handle_next();
  void handle(GuestEvent event);
  void note_obstacles(std::string_view output);
  void note_unknown_name(const std::string& name);
  void tell_once(TraceEntry entry);
  void start_call(int id, Hello hello);
  void end_nap(int id);
  void end_call(int id);
  void retire(std::unique_ptr<Call> call);
  void show_devices();

  GuestOptions options_;
  Surroundings surroundings_;
  System system_;
  std::filesystem::path folder_;
  FileTimes written_;                            // by the guest's processes, on the root volume
  std::map<std::string, FileTimes> on_volumes_;  // by the volume's id
  std::vector<std::filesystem::path> layers_;    // of the image, highest first
  std::map<std::string, program::Program> programs_;
  GuestDisk disk_;
  FileDescriptor disk_root_;
  std::unique_ptr<Sandbox> sandbox_;
  bool at_rest_ = true;  // nothing was sent to the guest since it last came to rest: its clock may be set
  bool powered_ = false;
  std::map<std::string, int> controllers_;  // by volume
  std::set<std::string> told_obstacles_;    // lines of this boot, each for the story once
  Time booted_at_{}, computed_at_{};
  std::string boot_id_;
  std::uint64_t boot_seed_ = 0;
  std::string hostname_, console_;
  std::map<int, Process> processes_;
  std::map<int, std::unique_ptr<Call>> calls_;
  std::map<int, world::TimerId> naps_;
  std::set<world::Completion<int>*> scripts_;  // told -1 when the power goes
  std::deque<GuestEvent> events_;
  world::TimerId event_timer_ = 0;
  std::function<void(int, std::string_view)> notify_;
  std::function<void(const std::string&, int, const std::string&)> syslog_;
  std::function<void()> process_end_;
  std::function<void(const std::string&)> unit_installed_;
  std::function<void(int, int)> orphan_end_;
  std::shared_ptr<bool> here_ = std::make_shared<bool>(true);  // what outlives the guest sees it go
};

}  // namespace squall::guest
