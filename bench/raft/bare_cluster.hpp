// Raft nodes over a network and disks that cost nothing, with Vault's timings: what is left is raft itself.
#pragma once
#include <string>
#include <vector>

#include "harness/vault/raft/node.hpp"
#include "harness/vault/raft/recovery.hpp"

namespace squall::bench {

using namespace squall::vault::raft;

class BareCluster {
 public:
  explicit BareCluster(std::size_t count) : queue_(64) {
    Configuration configuration;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);  // names of the length that nodes on EC2 have
      configuration.servers.push_back(
          {Suffrage::voter, number + "-i-0123456789abcdef", "10.0.128.1" + number + ":8201"});
    }
    wake_.assign(count, now_);
    for (std::size_t i = 0; i < count; ++i) {
      Options options;
      options.id = configuration.servers[i].id;
      options.address = configuration.servers[i].address;
      options.log_level = LogLevel::none;
      nodes_.emplace_back(options, base::Random(i + 1));
    }
    for (std::size_t i = 0; i < count; ++i) step(i, Start{bootstrap({}, configuration).disk});
    while (now_ < Time(1h + 60s)) advance();
  }

  // The next timer and all that follows from it.
  void advance() {
    std::size_t next = 0;
    for (std::size_t i = 1; i < wake_.size(); ++i)
      if (wake_[i] < wake_[next]) next = i;
    now_ = std::max(now_, wake_[next]);
    step(next, Tick{});
    deliver();
  }

  // One entry, and all that follows from it.
  void propose(const std::shared_ptr<const std::string>& data) {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (nodes_[i].role() == Role::leader) step(i, Propose{0, data});
    deliver();
  }

  std::uint64_t events = 0;
  Time now() const { return now_; }
  Index last_index() const { return nodes_.front().last_index(); }

 private:
  void step(std::size_t i, Event event) {
    ++events;
    effects_.clear();
    nodes_[i].step(std::move(event), now_, effects_);
    for (Message& message : effects_.messages) push(std::move(message));
    if (effects_.wake_at) wake_[i] = *effects_.wake_at;
    if (effects_.write) step(i, StorageDone{effects_.write->id, ""});
  }

  void deliver() {
    while (first_ != last_) {
      Event event = Receive{std::move(queue_[first_++ % queue_.size()])};
      const auto to = static_cast<std::size_t>(std::get<Receive>(event).message.to[0] - '0');
      step(to, std::move(event));
    }
  }

  void push(Message message) {
    if (last_ - first_ == queue_.size()) {
      std::rotate(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(first_ % queue_.size()),
                  queue_.end());
      last_ = queue_.size();
      first_ = 0;
      queue_.resize(queue_.size() * 2);
    }
    queue_[last_++ % queue_.size()] = std::move(message);
  }

  std::vector<Node> nodes_;
  std::vector<Time> wake_;
  std::vector<Message> queue_;  // a ring
  std::size_t first_ = 0, last_ = 0;
  Effects effects_;
  Time now_ = Time(1h);
};

}  // namespace squall::bench
