#include "tests/systemd/fake_guest.hpp"

#include <stdexcept>

#include "harness/guest/commands/vault_unit.hpp"
#include "harness/guest/systemd/text.hpp"

namespace squall::testing {

using guest::systemd::Exit;
using guest::systemd::ExitCode;

// --- disk ---

std::optional<std::string> MemoryDisk::read(const std::string& path) {
  if (auto link = links_.find(path); link != links_.end())
    return link->second == "/dev/null" ? std::optional<std::string>("") : read(link->second);
  auto found = files_.find(path);
  return found == files_.end() ? std::nullopt : std::optional<std::string>(found->second);
}
void MemoryDisk::write(const std::string& path, std::string_view content, int) {
  make_directories(path.substr(0, path.rfind('/')), 0755);
  files_[path] = std::string(content);
}
void MemoryDisk::append(const std::string& path, std::string_view content, int mode) {
  write(path, read(path).value_or("") + std::string(content), mode);
}
void MemoryDisk::rename(const std::string& from, const std::string& to) {
  auto node = files_.extract(from);
  if (node.empty()) throw world::DiskError(2, "rename", from);
  files_.erase(to);
  node.key() = to;
  files_.insert(std::move(node));
}
bool MemoryDisk::remove(const std::string& path) {
  if (links_.erase(path) + files_.erase(path) > 0) return true;
  return list(path).empty() && folders_.erase(path) > 0;
}
void MemoryDisk::make_directories(const std::string& path, int) {
  for (std::size_t at = 1; at != std::string::npos;) {
    at = path.find('/', at);
    folders_.insert(path.substr(0, at));
    if (at != std::string::npos) ++at;
  }
}
std::vector<std::string> MemoryDisk::list(const std::string& path) {
  std::set<std::string> names;
  const std::string prefix = path == "/" ? "/" : path + "/";
  auto add = [&](const std::string& entry, const char* end) {
    if (entry.size() > prefix.size() && entry.starts_with(prefix) &&
        entry.find('/', prefix.size()) == std::string::npos)
      names.insert(entry.substr(prefix.size()) + end);
  };
  for (const auto& [file, content] : files_) add(file, "");
  for (const auto& [file, target] : links_) add(file, "");
  for (const std::string& folder : folders_) add(folder, "/");
  return {names.begin(), names.end()};
}
bool MemoryDisk::exists(const std::string& path) {
  return files_.contains(path) || folders_.contains(path) || links_.contains(path);
}
std::optional<std::string> MemoryDisk::read_link(const std::string& path) {
  auto found = links_.find(path);
  return found == links_.end() ? std::nullopt : std::optional<std::string>(found->second);
}
void MemoryDisk::symlink(const std::string& target, const std::string& path) {
  make_directories(path.substr(0, path.rfind('/')), 0755);
  links_[path] = target;
}

// --- processes ---

namespace {

int option(const std::vector<std::string>& argv, const std::string& name, int fallback) {
  for (const std::string& word : argv)
    if (word.starts_with("--" + name + "=")) return std::stoi(word.substr(name.size() + 3));
  return fallback;
}

std::string text_option(const std::vector<std::string>& argv, const std::string& name) {
  for (const std::string& word : argv)
    if (word.starts_with("--" + name + "=")) return word.substr(name.size() + 3);
  return {};
}

}  // namespace

FakeHost::Shared FakeHost::add(const guest::systemd::Spawn& spawn, std::vector<std::string> argv,
                               bool direct) {
  auto process = std::make_shared<Process>();
  process->info.pid = ++last_pid_;
  process->info.comm = argv.front().substr(argv.front().rfind('/') + 1);
  process->info.argv = std::move(argv);
  process->unit = spawn.unit;
  process->spawn = spawn.id;
  process->direct = direct;
  for (const auto& [name, value] : spawn.environment)
    process->notifies = process->notifies || name == "NOTIFY_SOCKET";
  auto core = spawn.limits.find("CORE");
  process->dumps_core = core != spawn.limits.end() && core->second.soft != 0;
  processes_[process->info.pid] = process;
  return process;
}

void FakeHost::say(const Shared& process, const std::string& line) {
  driver_->output(process->spawn, line + "\n");
}

void FakeHost::notify(const Shared& process, const std::string& text) {
  if (process->alive && process->notifies) driver_->notify(process->info.pid, process->unit, text);
}

// Gone from the process list at once; the news comes as its own turn.
void FakeHost::end(const Shared& process, Exit exit) {
  if (!process->alive) return;
  process->alive = false;
  scheduler_.after(1ms, [this, process, exit] {
    processes_.erase(process->info.pid);
    process->handlers.clear();
    bool open = false;  // a child may hold the stream
    for (const auto& [pid, other] : processes_)
      open = open || (other->spawn == process->spawn && other->alive);
    if (!open) driver_->output_closed(process->spawn);
    driver_->exited(process->info.pid, exit);
    driver_->process_gone(process->unit);
  });
}

void FakeHost::kill(int pid, int signal) {
  auto found = processes_.find(pid);
  if (found == processes_.end() || !found->second->alive) return;
  Shared process = found->second;
  if (signal != 9 && process->ignores.contains(signal)) {
    scheduler_.soon([this, process, signal] {
      if (process->alive && process->info.comm == "vault")
        say(process, "ignoring SIG" + guest::systemd::signal_name(signal));
    });
    return;
  }
  auto handler = process->handlers.find(signal);
  if (signal != 9 && handler != process->handlers.end()) {
    scheduler_.soon([process, action = handler->second] {
      if (process->alive) action();
    });
    return;
  }
  const bool core = process->dumps_core && (signal == 6 || signal == 11 || signal == 3);
  end(process, {core ? ExitCode::dumped : ExitCode::killed, signal});
}

std::vector<guest::systemd::ProcessInfo> FakeHost::of_unit(const std::string& unit) const {
  std::vector<guest::systemd::ProcessInfo> list;
  for (const auto& [pid, process] : processes_)
    if (process->alive && process->unit == unit) list.push_back(process->info);
  return list;
}

std::vector<guest::systemd::ProcessInfo> FakeHost::all() const {
  std::vector<guest::systemd::ProcessInfo> list;
  for (const auto& [pid, process] : processes_)
    if (process->alive) list.push_back(process->info);
  return list;
}

int FakeHost::main_pid_of(const std::string& unit) const {
  for (const auto& [pid, process] : processes_)
    if (process->alive && process->unit == unit && process->direct) return pid;
  return 0;
}

void FakeHost::run_vault(const Shared& process, const guest::systemd::Spawn& spawn) {
  std::vector<std::string> argv = spawn.argv;
  process->info.argv.insert(process->info.argv.begin(), "/usr/bin/python3");
  for (const auto& [name, signal] : std::map<std::string, int>{{"ignterm", 15}, {"ignint", 2}})
    if (option(argv, name, 0) != 0) process->ignores.insert(signal);
  const int trap_exit = option(argv, "trapexit", 0);
  const int stop_delay = option(argv, "stopdelay", 0);
  for (int signal : {2, 15})
    process->handlers[signal] = [this, process, trap_exit, stop_delay] {
      say(process, "==> Vault shutdown triggered");
      notify(process, "STOPPING=1");
      after(std::chrono::seconds{stop_delay}, [this, process, trap_exit] {
        end(process, {ExitCode::exited, trap_exit});
      });
    };
  process->handlers[1] = [this, process] { say(process, "==> Vault reload triggered"); };
  after(40ms, [this, process, argv] {
    if (!process->alive) return;
    say(process, "==> Vault server configuration:");
    if (const std::string exit = text_option(argv, "exit"); !exit.empty()) {
      say(process, "Error: exiting " + exit);
      return end(process, {ExitCode::exited, std::stoi(exit)});
    }
    if (const std::string signal = text_option(argv, "sig"); !signal.empty())
      return kill(process->info.pid, *guest::systemd::parse_signal(signal));
    if (option(argv, "ready", 0) == 0) return;
    after(std::chrono::seconds{option(argv, "delay", 0)}, [this, process] { notify(process, "READY=1"); });
  });
  if (option(argv, "child", 0) != 0) {
    Shared child = add(spawn, {"sleep", "1000"}, false);
  }
}

// The scripts of the recorded units, as far as they are few words.
void FakeHost::run_shell(const Shared& process, const guest::systemd::Spawn& spawn,
                         const std::string& script) {
  auto exit_after = [&](Duration delay, Exit exit) {
    after(delay, [this, process, exit] { end(process, exit); });
  };
  auto starts = [&](const std::string& text) { return script.starts_with(text); };
  if (starts("exit ")) return exit_after(0ms, {ExitCode::exited, std::stoi(script.substr(5))});
  if (starts("kill -KILL")) return exit_after(0ms, {ExitCode::killed, 9});
  if (script == "nosuchcmd") {
    after(0ms, [this, process] { say(process, "/bin/sh: 1: nosuchcmd: not found"); });
    return exit_after(1ms, {ExitCode::exited, 127});
  }
  if (script == "echo boom >&2; exit 3") {
    after(0ms, [this, process] { say(process, "boom"); });
    return exit_after(1ms, {ExitCode::exited, 3});
  }
  if (starts("echo i=")) {
    after(0ms, [this, process, script] { say(process, script.substr(5, script.find(';') - 5)); });
    add(spawn, {"sleep", "1000"}, false);
    return;
  }
  if (starts("sleep 1000 &")) {
    Shared child = add(spawn, {"sleep", "1000"}, false);
    if (script.find("/run/fk.pid") != std::string::npos)
      disk_.write("/run/fk.pid", std::to_string(child->info.pid) + "\n", 0644);
    return exit_after(2ms, {ExitCode::exited, 0});
  }
  if (starts("/usr/bin/vault --ready=1; sleep 1000")) {
    Shared child = add(spawn, {"/usr/bin/python3", "/usr/bin/vault", "--ready=1"}, false);
    child->info.comm = "vault";
    child->handlers[15] = [this, child] {
      after(2ms, [this, child] {  // the shell that started it is gone by then
        if (!child->alive) return;
        say(child, "==> Vault shutdown triggered");
        notify(child, "STOPPING=1");
        end(child, {ExitCode::exited, 0});
      });
    };
    after(40ms, [this, child] {
      say(child, "==> Vault server configuration:");
      notify(child, "READY=1");
    });
    return;
  }
  if (starts("trap : TERM;")) {
    for (const char* name : {"sh", "sleep"}) {
      Shared child = add(spawn, {name}, false);
      child->ignores.insert(15);
    }
    process->handlers[15] = [this, process] { end(process, {ExitCode::exited, 0}); };
    return;
  }
  if (starts("env | grep MONITOR")) {
    for (const auto& [name, value] :
         std::map<std::string, std::string>(spawn.environment.begin(), spawn.environment.end()))
      if (name.starts_with("MONITOR_")) {
        const std::string text = name + "=" + value;
        after(0ms, [this, process, text] { say(process, text); });
      }
    return exit_after(1ms, {ExitCode::exited, 0});
  }
  throw std::runtime_error("the fake shell does not know: " + script);
}

void FakeHost::run_command(const Shared& process, const guest::systemd::Spawn& spawn,
                           std::vector<std::string> words) {
  const std::string name = words.front().substr(words.front().rfind('/') + 1);
  auto finish = [&](int code) {
    after(1ms, [this, process, code] { end(process, {ExitCode::exited, code}); });
  };
  if (name == "true") return finish(0);
  if (name == "false") return finish(1);
  if (name == "sleep") {
    if (words.at(1) != "1000" && words.at(1) != "100")
      after(std::chrono::seconds{std::stoi(words.at(1))}, [this, process] {
        end(process, {ExitCode::exited, 0});
      });
    return;
  }
  if (name == "echo" || name == "env") {
    std::vector<std::string> lines;
    if (name == "echo") {
      std::string line;
      for (std::size_t i = 1; i < words.size(); ++i) line += (i > 1 ? " " : "") + words[i];
      lines.push_back(line);
    } else {
      for (const auto& [key, value] : spawn.environment)
        lines.push_back(key + "=" + (key == "SYSTEMD_EXEC_PID" ? std::to_string(process->info.pid) : value));
    }
    after(0ms, [this, process, lines] {
      for (const std::string& line : lines) say(process, line);
    });
    return finish(0);
  }
  if (name == "kill") {
    const int signal = *guest::systemd::parse_signal(words.at(2));
    const int pid = std::stoi(words.at(3));
    after(2ms, [this, signal, pid] { kill(pid, signal); });
    return finish(0);
  }
  throw NoSuchProgram("the fake machine does not have: " + words.front());
}

guest::systemd::SpawnOutcome FakeHost::spawn(const guest::systemd::Spawn& spawn) {
  spawned.push_back(spawn);
  const std::string name = spawn.path.substr(spawn.path.rfind('/') + 1);
  if (name == "nosuch") return {++last_pid_, "EXEC", "No such file or directory"};
  if (spawn.path == "/etc/passwd") return {++last_pid_, "EXEC", "Permission denied"};
  if (name == "badscript") return {++last_pid_, "EXEC", "Exec format error"};
  if (spawn.working_directory == "/nosuch" && !spawn.working_directory_optional)
    return {++last_pid_, "CHDIR", "No such file or directory"};
  Shared process = add(spawn, spawn.argv, true);
  if (name == "vault")
    run_vault(process, spawn);
  else if (name == "sh")
    run_shell(process, spawn, spawn.argv.at(2));
  else
    run_command(process, spawn, spawn.argv);
  return {process->info.pid, {}, {}};
}

// --- guest ---

namespace {

class FakeContext final : public program::Context {
 public:
  FakeContext(FakeGuest& guest, std::vector<std::string> argv, const std::string& user) : guest_(guest) {
    invocation_.argv = std::move(argv);
    invocation_.user = user;
    invocation_.uid = user == "root" ? 0 : 997;
    invocation_.hostname = "vaulthost";
  }
  const program::Invocation& invocation() const override { return invocation_; }
  world::Scheduler& scheduler() override { return guest_.scheduler; }
  world::Network& network() override { throw std::logic_error("no network here"); }
  world::Disk& disk() override { return guest_.disk; }
  world::Entropy& entropy() override { return guest_.entropy; }
  void out(std::string_view text) override { result.out += text; }
  void err(std::string_view text) override { result.err += text; }
  world::Task<std::string> read_input() override { co_return std::string(); }
  void on_signal(SignalHandler) override {}
  void notify(std::string_view) override {}

  CommandResult result;

 private:
  FakeGuest& guest_;
  program::Invocation invocation_;
};

}  // namespace

std::string vault_unit() {
  std::string unit(guest::packaged_vault_unit);
  const std::string end = "-config=/etc/vault.d/vault.hcl\n";
  unit.insert(unit.find(end) + end.size() - 1, " $OPTS");
  return unit;
}

FakeGuest::FakeGuest() {
  disk.write("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nvault:x:997:997::/etc/vault.d:/bin/false\n",
             0644);
  disk.write("/etc/group", "root:x:0:\nadm:x:4:\nsystemd-journal:x:999:\nvault:x:997:\n", 0644);
  disk.write("/etc/vault.d/vault.hcl", "storage \"raft\" {}\n", 0640);
  disk.write("/etc/vault.d/vault.env", "OPTS=--ready=1\n", 0640);
  disk.make_directories("/var/log/journal", 0755);
  disk.make_directories("/etc/systemd/system", 0755);
  unit("vault.service", vault_unit());
}

FakeGuest::~FakeGuest() { driver.reset(); }

void FakeGuest::boot() {
  driver.reset();
  ++boots_;
  const std::string boot_id(32, static_cast<char>('0' + boots_));
  journal.begin_boot(boot_id, scheduler.now(), disk.exists("/var/log/journal"));
  driver = std::make_unique<guest::systemd::Driver>(
      scheduler, disk, host, journal, base::Random(7).stream("systemd"),
      guest::systemd::ManagerOptions{"vaulthost", std::string(32, 'a'), boot_id});
  host.attach(driver.get());
  driver->boot();
  scheduler.advance(2s);
}

CommandResult FakeGuest::run(const std::string& line, const std::string& user) {
  auto words = guest::systemd::split_words(line).value();
  const std::string name = words.front();
  auto source = [this] { return driver.get(); };
  program::Program program = name == "systemctl" ? guest::systemd::systemctl(source)
                             : name == "service" ? guest::systemd::service_command(source)
                             : name == "systemd-run"
                                 ? guest::systemd::systemd_run(source)
                                 : guest::journal::journalctl({[this] { return &journal; },
                                                               [] { return std::string("vaulthost"); }});
  FakeContext context(*this, words, user);
  context.result.code = scheduler.run(program(context));
  return context.result;
}

std::string FakeGuest::show(const std::string& unit, const std::string& property) {
  std::string text = run("systemctl show -P " + property + " " + unit).out;
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace squall::testing
