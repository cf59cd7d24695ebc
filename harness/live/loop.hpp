// Real time: a Scheduler on one io_context, run by the process's main thread. The only clock that is read
// outside the kernel's own timers.
#pragma once
#include <functional>
#include <memory>

#include "emulator/world/scheduler.hpp"

namespace boost::asio {
class io_context;
}

namespace squall::live {

class LiveScheduler final : public world::Scheduler {
 public:
  LiveScheduler();
  ~LiveScheduler() override;

  Time now() const override;
  world::TimerId at(Time when, std::function<void()> callback) override;
  void cancel(world::TimerId timer) override;

  boost::asio::io_context& io();
  // Runs until stop() or, without a server, until nothing is left to wait for.
  void run();
  void stop();        // run() returns after the callback under way
  void io_restart();  // lets run() be called again after a stop
  // Calls `handler` with each of these signals from now on (SIGTERM, SIGINT, SIGHUP).
  void on_signals(std::initializer_list<int> signals, std::function<void(int)> handler);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall::live
