// Sandbox: what comes out of a guest, and waiting for it to come to rest. The only places in a guest's world
// that look at the real clock are here: how long to wait for the kernel, and when a script has computed for
// too long.
#include "harness/guest/sandbox.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <set>

#include "harness/guest/stillness.hpp"

namespace squall::guest {
namespace {

using RealClock = std::chrono::steady_clock;

std::string read_available(int fd, bool& ended) {
  std::string bytes;
  char buffer[65536];
  for (;;) {
    ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n > 0) {
      bytes.append(buffer, static_cast<std::size_t>(n));
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    ended = n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    return bytes;
  }
}

// A script's name and how far bash has read it; the command line of anything else.
std::string describe(int proc_fd, int pid) {
  std::string folder = std::to_string(pid);
  std::string command = read_small(proc_fd, folder + "/cmdline");
  std::replace(command.begin(), command.end(), '\0', ' ');
  while (!command.empty() && command.back() == ' ') command.pop_back();
  char path[4096];
  ssize_t size = ::readlinkat(proc_fd, (folder + "/fd/255").c_str(), path, sizeof path);
  if (size <= 0) return command;
  std::string info = read_small(proc_fd, folder + "/fdinfo/255");
  std::size_t position = info.find("pos:\t");
  if (position == std::string::npos) return command;
  auto read_bytes = static_cast<std::size_t>(std::atoll(info.c_str() + position + 5));
  FileDescriptor script(::openat(proc_fd, (folder + "/fd/255").c_str(), O_RDONLY | O_CLOEXEC));
  std::string text(read_bytes, '\0');
  ssize_t got = script ? ::pread(script.get(), text.data(), text.size(), 0) : 0;
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  auto lines = std::count(text.begin(), text.end(), '\n');
  return command + " (" + std::string(path, static_cast<std::size_t>(size)) + ", at or before line " +
         std::to_string(lines) + ")";
}

}  // namespace

void Sandbox::add(GuestEvent event) {
  bool joins = event.kind == GuestEvent::output || event.kind == GuestEvent::error_output ||
               event.kind == GuestEvent::console || event.kind == GuestEvent::input;
  if (joins)
    for (GuestEvent& earlier : events_)
      if (earlier.kind == event.kind && earlier.id == event.id) {
        earlier.bytes += event.bytes;
        return;
      }
  events_.push_back(std::move(event));
}

bool Sandbox::drain_control() {
  bool any = false;
  char buffer[1024];
  for (;;) {
    ssize_t size = ::recv(control_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (size <= 0) return any;
    any = true;
    std::string_view body(buffer + 1, static_cast<std::size_t>(size) - 1);
    if (buffer[0] == SQUALL_EXITED) {
      MessageReader in(body);
      int pid = static_cast<int>(in.number());
      add({.kind = GuestEvent::exited, .id = pid, .number = in.number()});
    } else {
      control_answer_type_ = static_cast<unsigned char>(buffer[0]);
      control_answer_ = body;
    }
  }
}

bool Sandbox::accept_calls() {
  bool any = false;
  for (;;) {
    int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return any;
    any = true;
    Call call;
    call.socket = FileDescriptor(fd);
    calls_.emplace(next_call_++, std::move(call));
  }
}

void Sandbox::take_frames(int id, Call& call) {
  unsigned char type = 0;
  std::string body;
  while (call.received.next(type, body)) {
    GuestEvent event{.kind = GuestEvent::input, .id = id};
    MessageReader in(body);
    switch (type) {
      case SQUALL_HELLO:
        event.kind = GuestEvent::hello;
        if (!parse_hello(body, event.hello_text)) continue;
        call.pid = event.hello_text.pid;
        break;
      case SQUALL_NAP:
        event.kind = GuestEvent::nap;
        event.number = static_cast<std::int64_t>(in.long_number());
        call.pid = static_cast<int>(in.number());
        break;
      case SQUALL_SYNC:
        event.kind = GuestEvent::sync;
        call.pid = static_cast<int>(in.number());
        event.bytes = in.text();
        break;
      case SQUALL_INPUT:
        event.bytes = std::move(body);
        break;
      case SQUALL_INPUT_END:
        event.kind = GuestEvent::input_end;
        break;
      case SQUALL_SIGNAL:
        event.kind = GuestEvent::signal;
        event.number = in.number();
        break;
      default:
        continue;
    }
    add(std::move(event));
  }
}

void Sandbox::flush(Call& call) {
  while (!call.unsent.empty()) {
    ssize_t n =
        ::send(call.socket.get(), call.unsent.data(), call.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n <= 0) return;
    call.unsent.erase(0, static_cast<std::size_t>(n));
  }
}

bool Sandbox::drain_calls() {
  bool any = false;
  for (auto it = calls_.begin(); it != calls_.end();) {
    auto& [id, call] = *it;
    std::size_t unsent = call.unsent.size();
    flush(call);
    bool ended = false;
    std::string bytes = read_available(call.socket.get(), ended);
    any = any || ended || !bytes.empty() || unsent != call.unsent.size();
    call.received.add(bytes);
    take_frames(id, call);
    if (ended || call.received.broken()) {
      add({.kind = GuestEvent::gone, .id = id});
      it = calls_.erase(it);
    } else {
      ++it;
    }
  }
  return any;
}

bool Sandbox::drain_streams() {
  bool any = false;
  for (auto it = streams_.begin(); it != streams_.end();) {
    bool ended = false;
    std::string bytes = read_available(it->pipe.get(), ended);
    any = any || ended || !bytes.empty();
    if (!bytes.empty())
      add({.kind = it->is_error ? GuestEvent::error_output : GuestEvent::output,
           .id = it->pid,
           .bytes = std::move(bytes)});
    it = ended ? streams_.erase(it) : it + 1;
  }
  bool ended = false;
  std::string said = read_available(console_.get(), ended);
  if (said.empty()) return any;
  add({.kind = GuestEvent::console, .bytes = std::move(said)});
  return true;
}

bool Sandbox::drain() {
  bool any = drain_control();
  any = accept_calls() || any;
  any = drain_calls() || any;
  return drain_streams() || any;
}

// Until something arrives; a process that only computes, or ends without a word, is found by looking again.
void Sandbox::wait_briefly(int timeout_us) {
  std::vector<pollfd> wait = {
      {control_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}, {console_.get(), POLLIN, 0}};
  for (const auto& [id, call] : calls_)
    wait.push_back(
        {call.socket.get(), static_cast<short>(call.unsent.empty() ? POLLIN : POLLIN | POLLOUT), 0});
  for (const Stream& stream : streams_) wait.push_back({stream.pipe.get(), POLLIN, 0});
  timespec timeout{0, timeout_us * 1000L};
  ::ppoll(wait.data(), wait.size(), &timeout, nullptr);
}

// What is left to do of a guest in which something was stopped.
constexpr auto after_a_stop = std::chrono::seconds(1);

// Among those that want the processor are some that only wait for it, such as a parent that has not come back
// from fork(2): guests' processes share one, and none gives way to another. Unless all are short-lived, those
// who have had it are meant.
void Sandbox::stop_overrun(bool with_parents) {
  const auto much = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)) / 2;
  std::vector<TaskState> busy = list_tasks(proc_.get());
  std::erase_if(busy, [](const TaskState& task) { return task.state != 'R'; });
  auto computes = [&](const TaskState& task) { return used_ticks(proc_.get(), task.pid, false) >= much; };
  if (std::any_of(busy.begin(), busy.end(), computes)) std::erase_if(busy, std::not_fn(computes));
  std::set<int> stopped;
  for (const TaskState& task : busy) {
    stopped.insert(task.pid);
    if (with_parents) stopped.insert(task.parent);
  }
  for (int pid : stopped) {
    if (pid <= 1) continue;
    add({.kind = GuestEvent::overrun, .id = pid, .bytes = describe(proc_.get(), pid)});
    kill(pid, SIGKILL);
  }
}

// Most waits are over in milliseconds, so that counting begins late.
bool Sandbox::has_overrun(std::int64_t waited_ms) {
  constexpr std::int64_t first_look_ms = 1000;
  if (waited_ms < first_look_ms) {
    ticks_at_first_ = 0;
    return false;
  }
  const std::uint64_t used = used_ticks(proc_.get());
  if (ticks_at_first_ == 0) ticks_at_first_ = used;
  const auto used_ms = first_look_ms + static_cast<std::int64_t>(used - ticks_at_first_) * 1000 /
                                           static_cast<std::int64_t>(::sysconf(_SC_CLK_TCK));
  return used_ms >= computing_limit_s * 1000 || waited_ms >= patience_s * 1000;
}

std::vector<GuestEvent> Sandbox::settle() {
  const auto began = RealClock::now();
  std::optional<RealClock::time_point> stopped;
  int pause_us = 50;
  for (;;) {
    if (drain()) {
      pause_us = 50;
      continue;
    }
    if (is_still(proc_.get()) && !drain()) break;
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(RealClock::now() - began);
    // Whoever started what was stopped goes on, unless it starts the like again.
    if (has_overrun(waited.count()) && (!stopped || RealClock::now() - *stopped >= after_a_stop)) {
      stop_overrun(stopped.has_value());
      stopped = RealClock::now();
    }
    wait_briefly(pause_us);
    pause_us = std::min(pause_us * 2, 2000);
  }
  // A process's words come before its end, and two processes' events in the order in which they were born.
  auto rank = [this](const GuestEvent& event) {
    auto call = calls_.find(event.id);
    bool is_call =
        event.kind == GuestEvent::hello || event.kind == GuestEvent::nap || event.kind == GuestEvent::sync;
    return std::pair(event.kind, is_call && call != calls_.end() ? call->second.pid : event.id);
  };
  std::stable_sort(events_.begin(), events_.end(),
                   [&](const GuestEvent& a, const GuestEvent& b) { return rank(a) < rank(b); });
  return std::exchange(events_, {});
}

void Sandbox::send(int call, unsigned char type, std::string_view body) {
  send_frames(call, make_frame(type, body));
}

void Sandbox::send_frames(int call, std::string_view frames) {
  auto it = calls_.find(call);
  if (it == calls_.end()) return;
  it->second.unsent += frames;
  flush(it->second);
}

void Sandbox::hang_up(int call) { calls_.erase(call); }

void Sandbox::set_clock(std::int64_t now_ns, std::int64_t boot_ns, std::uint64_t seed) {
  clock_->now_ns = now_ns;
  clock_->boot_ns = boot_ns;
  clock_->seed = seed;
  ++clock_->step;
}

std::string Sandbox::process_file(int pid, const std::string& name) const {
  return read_small(proc_.get(), std::to_string(pid) + "/" + name);
}

FileDescriptor Sandbox::own_root(int pid) const {
  struct stat own {
  }, inits{};
  const std::string folder = std::to_string(pid);
  if (::fstatat(proc_.get(), (folder + "/ns/mnt").c_str(), &own, 0) != 0 ||
      ::fstatat(proc_.get(), "1/ns/mnt", &inits, 0) != 0 || own.st_ino == inits.st_ino)
    return FileDescriptor();
  return FileDescriptor(::openat(proc_.get(), (folder + "/root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::vector<std::pair<int, std::string>> Sandbox::processes() const {
  std::vector<std::pair<int, std::string>> found;
  for (const TaskState& task : list_tasks(proc_.get())) {
    std::string name = read_small(proc_.get(), std::to_string(task.pid) + "/comm");
    if (task.pid == 1 || task.state == 'Z' || name.empty()) continue;
    name.pop_back();
    found.emplace_back(task.pid, name);
  }
  return found;
}

}  // namespace squall::guest
