#include "tests/raft/random_walk.hpp"

#include "harness/vault/raft/log_store.hpp"

namespace squall::vault::raft::test {
namespace {

constexpr std::size_t messages_max = 60;

}  // namespace

RandomWalk::RandomWalk(const SearchLimits& limits, std::uint64_t seed)
    : limits_(limits), random_(seed), writing_(search_nodes) {
  for (std::size_t i = 0; i < search_nodes; ++i) {
    disks_.push_back(first_disk(limits, i));
    nodes_.push_back(started(limits, i, disks_[i]));
    Inspect::calm(nodes_[i]);
  }
}

bool RandomWalk::somebody_leads() const {
  for (const Node& node : nodes_)
    if (node.role() == Role::leader) return true;
  return false;
}

void RandomWalk::step() {
  const std::size_t i = random_.below(search_nodes);
  Node& node = nodes_[i];
  switch (random_.below(24)) {
    case 0:
      if (!may_expire(limits_, node)) return;
      Inspect::expire_role(node);
      return act(i, Tick{});
    case 1:
      return die(i, writing_[i] ? &*writing_[i] : nullptr);
    case 2:
      return fail_call(i);
    case 3:
    case 4:
      if (node.role() == Role::leader && !writing_[i] && node.last_index() < limits_.entries_max)
        act(i, Propose{0, std::make_shared<const std::string>("x")});
      return;
    case 5: {
      if (!limits_.one_change || changed_ || node.role() != Role::leader || writing_[i] ||
          node.last_index() >= limits_.entries_max)
        return;
      changed_ = true;
      const std::string id = "n" + std::to_string(random_.below(search_nodes));
      const Server* server = find_server(node.latest_configuration(), id);
      const auto command = server
                               ? random_.below(2) ? ChangeCommand::remove_server : ChangeCommand::demote_voter
                           : random_.below(2) ? ChangeCommand::add_voter
                                              : ChangeCommand::add_nonvoter;
      return act(i, ChangeMembership{0, {command, id, id, 0}});
    }
    case 6:
    case 7:
    case 8:
    case 9:
      if (writing_[i]) {
        const Write write = std::move(*writing_[i]);
        writing_[i].reset();
        apply_write(disks_[i], write);
        act(i, StorageDone{write.id, ""});
      }
      return;
    default:
      return deliver();
  }
}

void RandomWalk::deliver() {
  if (messages_.empty()) return;
  const std::size_t which = random_.below(messages_.size());
  Message message = messages_[which];
  const std::size_t to = node_number(message.to);
  if (Inspect::waits(nodes_[to], Receive{message})) return;
  if (random_.below(3)) {
    std::swap(messages_[which], messages_.back());
    messages_.pop_back();
  }
  if (random_.below(8)) act(to, Receive{std::move(message)});
}

void RandomWalk::fail_call(std::size_t i) {
  for (const Peer& peer : nodes_[i].peers()) {
    if (random_.below(2)) continue;
    if (peer.call) return act(i, CallFailed{peer.call, "lost"});
    if (!peer.in_flight.empty()) return act(i, CallFailed{peer.in_flight.back().call, "lost"});
  }
}

void RandomWalk::act(std::size_t i, Event event) {
  for (;;) {
    Effects effects;
    nodes_[i].step(std::move(event), search_time, effects);
    for (Message& message : effects.messages) messages_.push_back(std::move(message));
    if (!effects.write) break;
    if (Inspect::leads_into_write(nodes_[i])) {
      writing_[i] = std::move(*effects.write);
      break;
    }
    if (random_.below(12) == 0) return die(i, &*effects.write);
    apply_write(disks_[i], *effects.write);
    event = StorageDone{effects.write->id, ""};
  }
  Inspect::calm(nodes_[i]);
  send_all(i);
  while (messages_.size() > messages_max) messages_.erase(messages_.begin());
}

void RandomWalk::die(std::size_t i, const Write* write) {
  if (write) {
    const std::vector<Write> records = records_of(*write);
    const std::size_t kept = random_.below(records.size() + 1);
    for (std::size_t r = 0; r < kept; ++r) apply_write(disks_[i], records[r]);
  }
  writing_[i].reset();
  nodes_[i] = started(limits_, i, disks_[i], random_.next());
  Inspect::calm(nodes_[i]);
}

// As the search has it; into a pipeline only what is new, and an empty call at times.
void RandomWalk::send_all(std::size_t i) {
  for (std::size_t p = 0; p < nodes_[i].peers().size(); ++p) {
    const Peer& peer = nodes_[i].peers()[p];
    if (!Inspect::may_send(nodes_[i], peer)) continue;
    if (peer.pipelined && peer.pipeline_next > nodes_[i].last_index() && random_.below(8)) continue;
    Inspect::expire_commit(nodes_[i], p);
    Effects effects;
    nodes_[i].step(Tick{}, search_time, effects);
    for (Message& message : effects.messages) messages_.push_back(std::move(message));
  }
  if (nodes_[i].role() == Role::leader && random_.below(6) == 0 && !nodes_[i].peers().empty()) {
    Inspect::expire_heartbeat(nodes_[i], random_.below(nodes_[i].peers().size()));
    Effects effects;
    nodes_[i].step(Tick{}, search_time, effects);
    for (Message& message : effects.messages) messages_.push_back(std::move(message));
  }
  Inspect::calm(nodes_[i]);
}

}  // namespace squall::vault::raft::test
