// One command that the world answers: the program's Context, and the coroutine that runs it.
#pragma once
#include <memory>
#include <string>

#include "emulator/world/await.hpp"
#include "harness/guest/guest.hpp"
#include "harness/guest/guest_network.hpp"
#include "harness/guest/process_disk.hpp"

namespace squall::guest {

class Call final : public program::Context {
 public:
  Call(Guest& guest, int id, Hello hello);
  ~Call() override;

  void start(const program::Program& program);
  void take_input(std::string_view bytes);
  void take_input_end();
  void take_signal(int signal_number);
  // Its process is gone. The job may take one more step at this instant, which nobody sees, and its frame
  // goes at the next: the call is kept until then.
  void stop();
  int pid() const { return invocation_.pid; }

  const program::Invocation& invocation() const override { return invocation_; }
  world::Scheduler& scheduler() override { return guest_.surroundings_.scheduler; }
  world::Network& network() override { return network_; }
  world::Disk& disk() override { return own_disk_ ? static_cast<world::Disk&>(*own_disk_) : guest_.disk_; }
  world::Entropy& entropy() override { return guest_.surroundings_.entropy; }
  void out(std::string_view text) override { say(false, text); }
  void err(std::string_view text) override { say(true, text); }
  world::Task<std::string> read_input() override;
  // What standard input holds beyond its first `from` bytes, once that is something; empty at its end.
  world::Task<std::string> read_some(std::size_t from);
  void on_signal(SignalHandler handler) override { handler_ = std::move(handler); }
  void notify(std::string_view state) override;

 private:
  void say(bool is_error, std::string_view text);
  void flush();
  void ask_for_input();
  world::Task<> wait_for_input();  // until there is more of it, or its end
  void ended(std::exception_ptr failure);
  void leave(unsigned char how, int number);

  Guest& guest_;
  GuestNetwork network_;
  int id_;
  program::Invocation invocation_;
  std::optional<ProcessDisk> own_disk_;  // of a process that has mounts of its own
  std::string input_, unsaid_;           // unsaid_: whole frames
  bool unsaid_is_error_ = false;
  std::string pending_text_;
  world::TimerId flush_timer_ = 0;
  world::Completion<bool> more_input_;
  bool input_asked_for_ = false, input_ended_ = false, stopped_ = false;
  std::uint64_t output_hash_;
  int status_ = 0;
  SignalHandler handler_;
  program::Program program_;
  world::Job job_;
};

}  // namespace squall::guest
