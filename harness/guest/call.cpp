// See call.hpp. What a program says within one instant goes to the guest at once; the guest then computes
// with it before anything else happens in the world.
#include "harness/guest/call.hpp"

#include <csignal>

#include "harness/guest/agent/protocol.h"

namespace squall::guest {
namespace {

program::Invocation invocation_of(Hello hello, Guest& guest) {
  program::Invocation invocation;
  invocation.argv = std::move(hello.argv);
  invocation.env = std::move(hello.env);
  invocation.cwd = std::move(hello.cwd);
  invocation.pid = hello.pid;
  invocation.uid = hello.uid;
  invocation.gid = hello.gid;
  invocation.hostname = guest.hostname();
  invocation.input_is_terminal = hello.input_is_terminal;
  invocation.output_is_terminal = hello.output_is_terminal;
  return invocation;
}

// The account's name of a user id, as /etc/passwd has it now.
std::string user_of(world::Disk& disk, int uid) {
  std::string text = disk.read("/etc/passwd").value_or("");
  std::string number = std::to_string(uid);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second != std::string::npos && line.compare(second + 1, number.size() + 1, number + ":") == 0)
      return line.substr(0, first);
    at = end + 1;
  }
  return number;
}

constexpr std::size_t most_input_bytes = 64 << 20;

bool ends_a_process(int signal_number) { return signal_number != SIGCHLD && signal_number != SIGCONT; }

}  // namespace

Call::Call(Guest& guest, int id, Hello hello)
    : guest_(guest),
      network_(guest.surroundings_.network, guest.disk_,
               [&guest](const std::string& name) { guest.note_unknown_name(name); }),
      id_(id),
      invocation_(invocation_of(std::move(hello), guest)),
      more_input_(guest.surroundings_.scheduler),
      output_hash_(base::hash64("")) {
  invocation_.user = user_of(guest_.disk_, invocation_.uid);
  if (FileDescriptor root = guest_.sandbox_->own_root(invocation_.pid))
    own_disk_.emplace(guest_.disk_, std::move(root));
}

Call::~Call() = default;

void Call::stop() {
  stopped_ = true;
  if (flush_timer_ != 0) scheduler().cancel(std::exchange(flush_timer_, 0));
  job_.kill();
}

void Call::start(const program::Program& program) {
  program_ = program;
  job_ = world::Job::start(
      scheduler(), [](Call& self) -> world::Task<> { self.status_ = co_await self.program_(self); }(*this),
      [this](std::exception_ptr failure) { ended(failure); });
}

void Call::take_input(std::string_view bytes) {
  input_ += bytes;
  input_asked_for_ = false;
  more_input_.set(true);
}

void Call::take_input_end() {
  input_ended_ = true;
  more_input_.set(true);
}

void Call::ask_for_input() {
  if (stopped_ || std::exchange(input_asked_for_, true)) return;
  flush();
  guest_.sandbox().send(id_, SQUALL_READ, {});
  guest_.settle();
}

world::Task<> Call::wait_for_input() {
  if (input_.size() > most_input_bytes)
    throw std::runtime_error("more than 64 MiB of standard input are not served by Squall's guests");
  world::Completion<bool> more(scheduler());
  more_input_ = more;
  ask_for_input();
  co_await more;
}

void Call::take_signal(int signal_number) {
  if (handler_ && handler_(signal_number)) return;
  if (!ends_a_process(signal_number)) return;
  job_.kill();
  status_ = 128 + signal_number;
  leave(SQUALL_DIE, signal_number);
}

world::Task<std::string> Call::read_input() {
  while (!input_ended_) co_await wait_for_input();
  co_return input_;
}

world::Task<std::string> Call::read_some(std::size_t from) {
  while (input_.size() <= from && !input_ended_) co_await wait_for_input();
  co_return input_.size() > from ? input_.substr(from) : std::string{};
}

void Call::notify(std::string_view state) {
  if (!stopped_ && guest_.notify_) guest_.notify_(invocation_.pid, state);
}

void Call::say(bool is_error, std::string_view text) {
  if (stopped_ || text.empty()) return;
  if (is_error) guest_.note_obstacles(text);
  if (is_error != unsaid_is_error_ && !pending_text_.empty()) {
    unsaid_ += make_frame(unsaid_is_error_ ? SQUALL_ERR : SQUALL_OUT, pending_text_);
    pending_text_.clear();
  }
  unsaid_is_error_ = is_error;
  pending_text_ += text;
  output_hash_ = base::hash64(text, output_hash_);
  if (flush_timer_ != 0) return;
  flush_timer_ = scheduler().soon([this] {
    flush_timer_ = 0;
    flush();
    guest_.settle();
  });
}

void Call::flush() {
  if (!pending_text_.empty())
    unsaid_ += make_frame(unsaid_is_error_ ? SQUALL_ERR : SQUALL_OUT, pending_text_);
  pending_text_.clear();
  if (!unsaid_.empty()) guest_.sandbox().send_frames(id_, std::exchange(unsaid_, {}));
}

void Call::ended(std::exception_ptr failure) {
  if (failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      err(invocation_.argv[0] + ": " + error.what() + "\n");
    }
    status_ = 1;
  }
  leave(SQUALL_EXIT, status_);
}

void Call::leave(unsigned char how, int number) {
  flush();
  if (flush_timer_ != 0) scheduler().cancel(std::exchange(flush_timer_, 0));
  guest_.trace({.kind = "call",
                .argv = invocation_.argv,
                .input_hash = base::hash64(input_),
                .output_hash = output_hash_,
                .exit_code = status_});
  guest_.sandbox().send(id_, how, MessageWriter().number(static_cast<std::uint32_t>(number)).bytes());
  guest_.settle();
}

}  // namespace squall::guest
