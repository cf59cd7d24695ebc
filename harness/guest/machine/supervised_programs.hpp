// supervisord's hands in a guest: its programs are the guest's processes.
#pragma once
#include <functional>
#include <memory>
#include <set>

#include "harness/guest/guest.hpp"
#include "harness/guest/supervisor/supervisor.hpp"

namespace squall::guest {

class SupervisedPrograms final : public supervisor::SupervisorHost {
 public:
  // `guest` may be made later than this, and goes earlier.
  explicit SupervisedPrograms(Guest& guest) : guest_(guest), board_(*this) {}
  SupervisedPrograms(const SupervisedPrograms&) = delete;
  SupervisedPrograms& operator=(const SupervisedPrograms&) = delete;

  supervisor::Board& board() { return board_; }
  // Called when a program or a daemon ended, with its wait status: the service manager's groups may be empty
  // now.
  void on_end(std::function<void(int pid, int wait_status)> handler) { ended_ = std::move(handler); }
  void forget_daemons() { daemons_.clear(); }  // at a boot: process ids begin anew

  int spawn(const supervisor::SpawnRequest& request) override;
  void kill(int pid, int signal, bool whole_group) override;
  bool is_executable(const std::string& path) override;
  int start_daemon(const program::Invocation& invocation) override;
  bool is_daemon(int pid) const override { return daemons_.contains(pid); }

 private:
  Rights rights_for(const supervisor::SpawnRequest& request);
  int failed(const std::string& complaint);
  void end(int pid, int wait_status);

  Guest& guest_;
  supervisor::Board board_;
  std::function<void(int, int)> ended_;
  std::set<int> daemons_;
};

}  // namespace squall::guest
