// See guest.hpp. What a guest did comes out of the sandbox as events; they are handled one at a time, each in
// a timer of its own, and whatever handling one lets the guest do is queued behind the others.
#include "harness/guest/guest.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "emulator/base/encoding.hpp"
#include "harness/guest/call.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/volumes.hpp"
#include "harness/guest/file_times.hpp"

namespace squall::guest {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t console_limit_bytes = 64 * 1024;

std::string base_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

std::int64_t nanoseconds(Time time) { return time.time_since_epoch().count(); }

// A command that the shell did not find: bash says "x: line 3: frob: command not found", dash "x: 3: frob:
// not found". Empty for any other line.
std::string missing_command(std::string_view line) {
  for (std::string_view ending : {": command not found", ": not found"}) {
    if (!line.ends_with(ending) || line.find(": ") + 2 >= line.size()) continue;
    line.remove_suffix(ending.size());
    return std::string(line.substr(line.find_last_of(' ') + 1));
  }
  return {};
}

// Something that the real machine may have, and this world has not.
bool is_refusal(std::string_view line) {
  for (std::string_view words :
       {"Squall's guests", "served by Squall", "Squall does not serve", "stand-in does not serve"})
    if (line.find(words) != std::string_view::npos) return true;
  return false;
}

}  // namespace

Guest::Guest(GuestOptions options, Surroundings surroundings)
    : options_(std::move(options)),
      surroundings_(std::move(surroundings)),
      system_(system_of(options_.machine.image_name)),
      folder_(options_.site->folder() / "machines" / options_.machine.instance_id),
      written_(folder_ / "upper"),
      programs_(options_.programs),
      disk_([this] { return sandbox_ ? sandbox_->root_fd() : disk_root_.get(); },
            [this] { return surroundings_.scheduler.now(); },
            [this](const std::string& path) { return original(path); }),
      hostname_(options_.machine.private_dns_name) {
  for (auto& [name, program] : own_commands(*this)) programs_.emplace(name, std::move(program));
  for (const char* part : {"upper", "work", "root"}) fs::create_directories(folder_ / part);
  layers_ = options_.site->image().layers(system_, command_places(system_, options_.workstation));
  mount_overlay(*options_.site, layers_, folder_ / "upper", folder_ / "work", folder_ / "root");
  disk_root_ = FileDescriptor(::open((folder_ / "root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::string short_name = hostname_.substr(0, hostname_.find('.'));
  disk_.write("/etc/hostname", short_name + "\n", 0644);
  disk_.write("/etc/hosts",
              "127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n" + options_.machine.private_ip + " " +
                  hostname_ + " " + short_name + "\n",
              0644);
  disk_.write("/etc/machine-id",
              surroundings_.random.stream("machine-id").bytes(0) + surroundings_.entropy.hex(16) + "\n",
              0444);
  disk_.sync_all();
}

Guest::~Guest() {
  halt();
  disk_root_.reset();
  unmount(folder_ / "root");
  std::error_code error;
  fs::remove_all(folder_, error);
}

void Guest::power_on() {
  powered_ = true;
  booted_at_ = computed_at_ = surroundings_.scheduler.now();
  set_boot_id(base::hex_encode(
      surroundings_.random.stream("boot id " + std::to_string(nanoseconds(booted_at_))).bytes(16)));
  boot_seed_ =
      surroundings_.random.stream("boot").next() ^ static_cast<std::uint64_t>(nanoseconds(booted_at_));
  console_.clear();
  told_obstacles_.clear();
  // /run is as empty as the tmpfs of a fresh boot; it is a folder of the disk, so that it is there before the
  // first process is.
  for (const std::string& name : disk_.list("/run"))
    disk_.remove_tree("/run/" + (name.ends_with('/') ? name.substr(0, name.size() - 1) : name));
  disk_.make_directories("/run/lock", 01777);
  // What services had to themselves in the last boot (systemd-tmp.conf of systemd-tmpfiles).
  for (const char* parent : {"/tmp/", "/var/tmp/"})
    for (const std::string& name : disk_.list(parent))
      if (name.starts_with("systemd-private-")) disk_.remove_tree(parent + name.substr(0, name.size() - 1));
  disk_.sync_all();
}

void Guest::set_boot_id(std::string id) {
  for (std::size_t at : {8, 13, 18, 23}) id.insert(at, "-");
  boot_id_ = std::move(id);
}

void Guest::power_off() {
  take_changes();
  disk_.sync_all();
  halt();
}

void Guest::power_cut() {
  // While its file systems are mounted.
  take_changes();
  base::Random random =
      surroundings_.random.stream("power " + std::to_string(nanoseconds(surroundings_.scheduler.now())));
  for (const std::string& path : disk_.lose_power(random))
    trace({.kind = "lost", .text = "what was not synced is lost: " + path});
  halt();
}

void Guest::halt() {
  powered_ = false;
  if (event_timer_ != 0) surroundings_.scheduler.cancel(std::exchange(event_timer_, 0));
  for (const auto& [id, timer] : std::exchange(naps_, {})) surroundings_.scheduler.cancel(timer);
  events_.clear();
  processes_.clear();
  for (auto& [id, call] : std::exchange(calls_, {})) retire(std::move(call));
  sandbox_.reset();
  for (world::Completion<int>* script : std::exchange(scripts_, {})) script->set(-1);
}

// Where a small instance's kernel threads and early boot leave off.
int Guest::first_process_id() {
  base::Random random = surroundings_.random.stream("process ids " + std::to_string(nanoseconds(booted_at_)));
  return static_cast<int>(random.between(380, 640));
}

Sandbox& Guest::sandbox() {
  if (!sandbox_) {
    at_rest_ = true;
    Sandbox::Options options{.root = folder_ / "root",
                             .program = options_.site->folder() / "image/base/usr/lib/squall/squall-init",
                             .hostname = hostname_.substr(0, hostname_.find('.')),
                             .last_pid = first_process_id(),
                             .boot_id = boot_id_,
                             .kernel = facts_of(system_).kernel,
                             .real_from_ns = options_.site->real_from_ns()};
    for (const SharedFolder& shared : options_.site->image().shared_folders())
      options.shared_folders.emplace_back(shared.host_path, shared.guest_path);
    sandbox_ = std::make_unique<Sandbox>(options);
    show_devices();
  }
  if (std::exchange(at_rest_, false)) {
    const Time now = surroundings_.scheduler.now();
    if (now != computed_at_) take_changes();
    computed_at_ = now;
    sandbox_->set_clock(nanoseconds(now), nanoseconds(booted_at_), boot_seed_);
  }
  return *sandbox_;
}

void Guest::take_changes() {
  const std::int64_t since_ns = options_.site->real_from_ns();
  for (const std::string& path : written_.replace(since_ns, computed_at_))
    if (!path.starts_with("/run/")) disk_.written_by_process(path, computed_at_);
  for (const BlockDevice& device : block_devices(*this)) {
    if (device.volume->root) continue;
    const std::string place = mount_point_of(*this, device.name);
    FileTimes& on_volume =
        on_volumes_.try_emplace(device.volume->volume_id, folder_of(*this, *device.volume)).first->second;
    for (const std::string& path : on_volume.replace(since_ns, computed_at_))
      if (!place.empty()) disk_.written_by_process(place + path, computed_at_);
  }
}

// What the image has under a path, as it was before anybody wrote.
std::optional<std::string> Guest::original(const std::string& path) const {
  for (const fs::path& layer : layers_) {
    const fs::path place = layer / path.substr(1);
    if (!fs::is_regular_file(fs::symlink_status(place))) continue;
    std::ostringstream content;
    content << std::ifstream(place, std::ios::binary).rdbuf();
    return content.str();
  }
  return {};
}

// fsync(2) and its kin, of a process that waits for it.
void Guest::make_durable(int call, const std::string& path) {
  take_changes();
  if (path.empty())
    disk_.sync_all();
  else
    disk_.sync(path);
  sandbox().hang_up(call);
  settle();
}

void Guest::settle() {
  if (!sandbox_) return;
  for (GuestEvent& event : sandbox_->settle()) events_.push_back(std::move(event));
  at_rest_ = true;
  if (!events_.empty() && event_timer_ == 0)
    event_timer_ = surroundings_.scheduler.soon([this] { handle_next(); });
}

void Guest::handle_next() {
  event_timer_ = 0;
  if (events_.empty()) return;
  GuestEvent event = std::move(events_.front());
  events_.pop_front();
  if (!events_.empty()) event_timer_ = surroundings_.scheduler.soon([this] { handle_next(); });
  handle(std::move(event));
}

void Guest::handle(GuestEvent event) {
  auto call = calls_.find(event.id);
  bool known_call = call != calls_.end();
  auto process = processes_.find(event.id);
  switch (event.kind) {
    case GuestEvent::output:
    case GuestEvent::error_output:
      note_obstacles(event.bytes);
      if (process != processes_.end() && process->second.output)
        process->second.output(event.bytes, event.kind == GuestEvent::error_output);
      break;
    case GuestEvent::console:
      write_console(event.bytes);
      break;
    case GuestEvent::input:
      if (known_call) call->second->take_input(event.bytes);
      break;
    case GuestEvent::input_end:
      if (known_call) call->second->take_input_end();
      break;
    case GuestEvent::signal:
      if (known_call) call->second->take_signal(static_cast<int>(event.number));
      break;
    case GuestEvent::gone:
      end_call(event.id);
      break;
    case GuestEvent::hello:
      start_call(event.id, std::move(event.hello_text));
      break;
    case GuestEvent::nap:
      naps_[event.id] = surroundings_.scheduler.after(Duration(std::max<std::int64_t>(event.number, 0)),
                                                      [this, id = event.id] { end_nap(id); });
      break;
    case GuestEvent::sync:
      make_durable(event.id, event.bytes);
      break;
    case GuestEvent::exited:
      if (process != processes_.end()) {
        auto ended = std::move(process->second.ended);
        processes_.erase(process);
        if (ended) ended(static_cast<int>(event.number));
        if (process_end_) process_end_();
      } else if (orphan_end_) {
        orphan_end_(event.id, static_cast<int>(event.number));
      }
      break;
    case GuestEvent::overrun:
      trace({.kind = "overrun",
             .text = "stopped after computing for " + std::to_string(computing_limit_s) +
                     " seconds: " + event.bytes});
      break;
  }
}

// Who says so says it on the terminal, or into a file; the story needs it by name.
void Guest::note_obstacles(std::string_view output) {
  for (std::size_t at = 0; at < output.size();) {
    const std::size_t end = std::min(output.find('\n', at), output.size());
    const std::string_view line = output.substr(at, end - at);
    at = end + 1;
    const std::string missing = missing_command(line);
    if (!missing.empty())
      tell_once({.kind = "not-found", .argv = {missing}, .exit_code = 127, .text = std::string(line)});
    else if (is_refusal(line))
      tell_once({.kind = "refused", .exit_code = 1, .text = std::string(line)});
  }
}

void Guest::note_unknown_name(const std::string& name) {
  tell_once(
      {.kind = "refused", .exit_code = 1, .text = "the name " + name + " does not resolve in this world"});
}

// A script may show a log in which the same line stands, with a stamp before it.
void Guest::tell_once(TraceEntry entry) {
  for (const std::string& told : told_obstacles_)
    if (entry.text.find(told) != std::string::npos) return;
  told_obstacles_.insert(entry.text);
  trace(std::move(entry));
}

void Guest::start_call(int id, Hello hello) {
  std::string name = base_name(hello.argv[0]);
  auto program = programs_.find(name);
  auto& call = calls_[id] = std::make_unique<Call>(*this, id, std::move(hello));
  if (program != programs_.end()) {
    call->start(program->second);
    return;
  }
  call->start([name](program::Context& context) -> world::Task<int> {
    context.err(name + ": command not found\n");
    co_return 127;
  });
}

world::Task<std::string> Guest::read_some(program::Context& context, std::size_t from) {
  return static_cast<Call&>(context).read_some(from);
}

void Guest::end_nap(int id) {
  naps_.erase(id);
  if (!sandbox_) return;
  sandbox().hang_up(id);
  settle();
}

void Guest::end_call(int id) {
  auto nap = naps_.find(id);
  if (nap != naps_.end()) {
    surroundings_.scheduler.cancel(nap->second);
    naps_.erase(nap);
  }
  if (auto call = calls_.extract(id)) retire(std::move(call.mapped()));
}

void Guest::retire(std::unique_ptr<Call> call) {
  call->stop();
  surroundings_.scheduler.soon([gone = std::shared_ptr<Call>(std::move(call))] {});
}

world::Task<int> Guest::run_process(SpawnRequest request,
                                    std::function<void(std::string_view, bool)> output) {
  if (!powered_) co_return -1;
  world::Completion<int> ended(surroundings_.scheduler);
  ProcessOptions options;
  options.spawn = std::move(request);
  options.output = std::move(output);
  options.ended = [ended](int status) { ended.set(status); };
  scripts_.insert(&ended);
  int pid = start_process(std::move(options));
  if (pid <= 0) ended.set(-1);
  int status = co_await ended;
  scripts_.erase(&ended);
  co_return status;
}

int Guest::start_process(ProcessOptions options) {
  int pid = sandbox().spawn(options.spawn);
  if (pid <= 0) return pid;
  processes_[pid] = {std::move(options.output), std::move(options.ended)};
  settle();
  return pid;
}

void Guest::kill_process(int pid, int signal_number) {
  if (!sandbox_) return;
  sandbox().kill(pid, signal_number);
  settle();
}

int Guest::kill_processes(const std::string& name, int signal_number) {
  int count = 0;
  for (const auto& [pid, process_name] : processes()) {
    if (process_name != name) continue;
    sandbox().kill(pid, signal_number);
    ++count;
  }
  settle();
  return count;
}

std::vector<std::pair<int, std::string>> Guest::processes() {
  return sandbox_ ? sandbox_->processes() : std::vector<std::pair<int, std::string>>{};
}

std::string Guest::process_file(int pid, const std::string& name) {
  return sandbox_ ? sandbox_->process_file(pid, name) : std::string{};
}

void Guest::syslog(const std::string& tag, int priority, const std::string& text, const std::string& id) {
  std::string host = hostname_.substr(0, hostname_.find('.'));
  const char* file = has_apt(system_) ? "/var/log/syslog" : "/var/log/messages";
  disk_.append(file,
               base::format_utc(surroundings_.scheduler.now(), "%b %e %H:%M:%S ") + host + " " + tag + id +
                   ": " + text + "\n",
               0640);
  if (syslog_) syslog_(tag, priority, text);
}

int Guest::mount_folder(const fs::path& folder, const std::string& target, const FolderAccess& access) {
  return sandbox().mount_folder(folder, target, access);
}

int Guest::unmount_folder(const std::string& target) { return sandbox_ ? sandbox_->unmount(target) : EINVAL; }

void Guest::write_console(std::string_view text) {
  console_ += text;
  if (console_.size() > console_limit_bytes) console_.erase(0, console_.size() - console_limit_bytes);
}

void Guest::trace(TraceEntry entry) {
  entry.instance_id = options_.machine.instance_id;
  if (surroundings_.trace) surroundings_.trace(entry);
}

}  // namespace squall::guest
