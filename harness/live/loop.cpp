#include "harness/live/loop.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/system_timer.hpp>
#include <map>
#include <optional>

namespace squall::live {

namespace asio = boost::asio;

// Timers stand in one ordered map; a single system timer is armed for the earliest.
struct LiveScheduler::Impl {
  asio::io_context io{1};
  asio::system_timer timer{io};
  std::optional<asio::signal_set> signals;
  std::function<void(int)> on_signal;
  std::map<std::pair<Time, world::TimerId>, std::function<void()>> queue;
  std::map<world::TimerId, Time> times;
  world::TimerId next = 1;
  std::optional<Time> armed;

  void arm() {
    if (queue.empty()) {
      if (armed) timer.cancel();
      armed.reset();
      return;
    }
    Time first = queue.begin()->first.first;
    if (armed == first) return;
    armed = first;
    timer.expires_at(std::chrono::time_point_cast<std::chrono::system_clock::duration>(first));
    timer.async_wait([this](boost::system::error_code error) {
      if (error) return;
      armed.reset();
      fire();
    });
  }

  void fire() {
    Time now = std::chrono::system_clock::now();
    // What is asked for meanwhile waits for the next round, so that I/O is not starved.
    world::TimerId limit = next;
    while (!queue.empty() && queue.begin()->first.first <= now && queue.begin()->first.second < limit) {
      auto node = queue.extract(queue.begin());
      times.erase(node.key().second);
      node.mapped()();
    }
    arm();
  }

  void watch() {
    signals->async_wait([this](boost::system::error_code error, int number) {
      if (error) return;
      on_signal(number);
      watch();
    });
  }
};

LiveScheduler::LiveScheduler() : impl_(std::make_unique<Impl>()) {}
LiveScheduler::~LiveScheduler() = default;

Time LiveScheduler::now() const { return std::chrono::system_clock::now(); }

world::TimerId LiveScheduler::at(Time when, std::function<void()> callback) {
  world::TimerId id = impl_->next++;
  impl_->queue.emplace(std::pair{when, id}, std::move(callback));
  impl_->times.emplace(id, when);
  impl_->arm();
  return id;
}

void LiveScheduler::cancel(world::TimerId timer) {
  auto found = impl_->times.find(timer);
  if (found == impl_->times.end()) return;
  impl_->queue.erase({found->second, timer});
  impl_->times.erase(found);
  impl_->arm();
}

asio::io_context& LiveScheduler::io() { return impl_->io; }
void LiveScheduler::run() { impl_->io.run(); }
void LiveScheduler::stop() { impl_->io.stop(); }

void LiveScheduler::io_restart() { impl_->io.restart(); }

void LiveScheduler::on_signals(std::initializer_list<int> numbers, std::function<void(int)> handler) {
  impl_->on_signal = std::move(handler);
  impl_->signals.emplace(impl_->io);
  for (int number : numbers) impl_->signals->add(number);
  impl_->watch();
}

}  // namespace squall::live
