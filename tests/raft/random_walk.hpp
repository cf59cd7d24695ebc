// Three nodes that live on over a network that loses and repeats, within the bounds of an exhaustive search
// and by the same rules, but on the real nodes alone: to compare with what the search has seen.
#pragma once
#include <optional>
#include <vector>

#include "tests/raft/local_model.hpp"

namespace squall::vault::raft::test {

class RandomWalk {
 public:
  RandomWalk(const SearchLimits& limits, std::uint64_t seed);
  void step();
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<DiskState>& disks() const { return disks_; }
  bool somebody_leads() const;

 private:
  void deliver();
  void act(std::size_t node, Event event);
  void die(std::size_t node, const Write* write);
  void fail_call(std::size_t node);
  void send_all(std::size_t node);

  SearchLimits limits_;
  base::Random random_;
  std::vector<Node> nodes_;
  std::vector<DiskState> disks_;
  std::vector<std::optional<Write>> writing_;  // of a leader
  std::vector<Message> messages_;
  bool changed_ = false;
};

}  // namespace squall::vault::raft::test
