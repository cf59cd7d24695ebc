// One node, n0 of n0..n(k-1), with a disk that works and a tester who plays all the others.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/vault/raft/log_store.hpp"
#include "harness/vault/raft/node.hpp"
#include "harness/vault/raft/recovery.hpp"

namespace squall::vault::raft::test {

struct Single {
  // `log`: index and term of each entry; the first is the configuration of the servers.
  Single(std::size_t servers, const std::vector<std::pair<Index, Term>>& log, Term term = 1,
         std::uint64_t seed = 1, Bug bug = Bug::none, bool pre_vote = false, bool commit_to_log_end = true)
      : options{.id = "n0", .address = "n0:8201"}, random(seed), node(options, random) {
    options.pre_vote = pre_vote;
    options.bug = bug;
    options.commit_to_log_end = commit_to_log_end;
    options.trailing_logs = 0;
    auto configuration = std::make_shared<Configuration>();
    for (std::size_t i = 0; i < servers; ++i) {
      const std::string id = "n" + std::to_string(i);
      configuration->servers.push_back({Suffrage::voter, id, id + ":8201"});
    }
    disk.term = term;
    for (const auto& [index, of] : log) {
      Entry entry{index, of, EntryType::command, nullptr, nullptr};
      if (index == 1) entry.type = EntryType::configuration, entry.configuration = configuration;
      disk.entries.push_back(entry);
    }
    restart();
  }

  void rename(const std::string& id) {
    options.id = id;
    options.address = id + ":8201";
    restart();
  }

  void restart() {
    node = Node(options, random);
    step(Start{disk});
  }

  void step(Event event) {
    Effects effects = node.step(std::move(event), now);
    take(effects);
  }

  void tick() {
    now = std::max(now, wake);
    step(Tick{});
  }
  template <class Condition>
  void tick_until(Condition condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) tick();
  }
  Time wake_at() const { return wake; }

  void campaign() {
    messages.clear();
    tick_until([&] { return node.role() != Role::follower; });
  }

  // Wins an election with the vote of as many as are needed.
  void lead() {
    campaign();
    for (const Message& request : sent<VoteRequest>()) answer(request, VoteReply{node.term(), true});
  }

  void receive(const std::string& from, Body body, std::uint64_t number) {
    step(Receive{{from, from + ":8201", options.id, options.address, number, std::move(body)}});
  }
  void answer(const Message& request, Body body) { receive(request.to, std::move(body), request.call); }

  AppendReply append(const std::string& from, Term term, Index prev, Term prev_term,
                     const std::vector<std::pair<Index, Term>>& log, Index commit = 0) {
    AppendRequest request{term, prev, prev_term, commit, {}};
    for (const auto& [index, of] : log)
      request.entries.push_back({index, of, EntryType::command, nullptr, nullptr});
    messages.clear();
    receive(from, std::move(request), ++call);
    return std::get<AppendReply>(messages.back().body);
  }

  VoteReply ask_vote(const std::string& from, Term term, Index index, Term last_term, bool transfer = false) {
    messages.clear();
    receive(from, VoteRequest{term, index, last_term, transfer}, ++call);
    return std::get<VoteReply>(messages.back().body);
  }

  // Answers what the leader sends to `peer` as a server would that takes everything, up to `index`.
  void acknowledge(const std::string& peer) { acknowledge_up_to(peer, node.last_index()); }
  void acknowledge_up_to(const std::string& peer, Index index) {
    for (int i = 0; i < 200; ++i) {
      const Peer* known = find(peer);
      if (!known || known->match_index >= index) return;
      bool answered = false;
      for (const Message& request : take_messages()) {
        auto* append = std::get_if<AppendRequest>(&request.body);
        if (!append) continue;
        if (request.to != peer) {
          messages.push_back(request);
          continue;
        }
        const Index last = append->prev_index + append->entries.size();
        const bool beyond = append->prev_index >= index;
        if (last > index && !beyond) continue;
        answer(request, AppendReply{node.term(), index - 1, !beyond, beyond});
        answered = true;
      }
      if (!answered) tick();
    }
  }

  template <class Kind>
  std::vector<Message> sent() const {
    std::vector<Message> out;
    for (const Message& message : messages)
      if (std::holds_alternative<Kind>(message.body)) out.push_back(message);
    return out;
  }
  std::vector<Message> heartbeats() const {
    std::vector<Message> out;
    for (const Message& message : sent<AppendRequest>())
      if (std::get<AppendRequest>(message.body).prev_index == 0) out.push_back(message);
    return out;
  }
  std::vector<Message> take_messages() { return std::exchange(messages, {}); }

  // Carries messages between this leader and a follower until the logs are one.
  void converse(Single& follower) {
    const auto same = [&] {
      return follower.node.last_index() == node.last_index() && follower.node.last_term() == node.last_term();
    };
    for (int i = 0; i < 200 && !same(); ++i) {
      const auto requests = take_messages();
      bool any = false;
      for (const Message& request : requests) {
        if (request.to != follower.options.id) continue;
        any = true;
        follower.messages.clear();
        follower.step(Receive{request});
        for (const Message& reply : follower.take_messages()) step(Receive{reply});
      }
      if (!any) tick();
    }
  }

  Ticket propose(const std::string& data) {
    step(Propose{++ticket, std::make_shared<const std::string>(data)});
    return ticket;
  }
  Ticket change(const Change& change) {
    step(ChangeMembership{++ticket, change});
    return ticket;
  }
  Ticket verify() {
    step(VerifyLeader{++ticket});
    return ticket;
  }
  Ticket restore(Index taken_at, const std::string& data) {
    step(RestoreSnapshot{++ticket, taken_at, data});
    return ticket;
  }
  // Of all that is applied; nothing stays in the log behind it.
  void snapshot_all(const std::string& data) { step(TakeSnapshot{++ticket, node.applied_index(), data}); }
  // Answers as a server would that lacks everything before the leader's snapshot, and takes that.
  void install_on(const std::string& peer) {
    const auto behind = [&] { return find(peer) && find(peer)->match_index < node.last_index(); };
    for (int i = 0; i < 200 && behind(); ++i) {
      bool answered = false;
      for (const Message& request : take_messages()) {
        if (request.to != peer) continue;
        if (auto* install = std::get_if<InstallRequest>(&request.body)) {
          answer(request, InstallReply{node.term(), true, true, install->last_log_index, 0});
          answered = true;
        } else if (auto* append = std::get_if<AppendRequest>(&request.body)) {
          const bool has = append->prev_index == 0 || append->prev_index == node.snapshot()->index;
          answer(request, AppendReply{node.term(), 0, has, !has});
          answered = true;
        }
      }
      if (!answered) tick();
    }
  }
  bool done(Ticket of) const { return outcomes.contains(of) && outcomes.at(of).empty(); }

  void release_disk() {
    hold_disk = false;
    if (!held) return;
    const Write write = std::move(*held);
    held.reset();
    apply_write(disk, write);
    step(StorageDone{write.id, ""});
  }

  Options options;
  base::Random random;
  Node node;
  DiskState disk;
  Time now = Time(1h);
  Time wake = Time(1h);
  std::vector<Message> messages;
  std::map<Ticket, std::string> outcomes;
  Ticket ticket = 0;  // the last one given out
  bool shut_down = false;
  std::vector<std::string> lines;  // that it logged
  std::string restored;            // the state machine's bytes
  bool hold_disk = false;

 private:
  const Peer* find(const std::string& id) const {
    for (const Peer& peer : node.peers())
      if (peer.server.id == id) return &peer;
    return nullptr;
  }

  void take(Effects& effects) {
    for (Message& message : effects.messages) messages.push_back(std::move(message));
    for (const Outcome& outcome : effects.outcomes) outcomes[outcome.ticket] = outcome.error;
    for (LogLine& line : effects.log) lines.push_back(std::move(line.text));
    if (effects.wake_at) wake = *effects.wake_at;
    shut_down = shut_down || effects.shut_down;
    if (effects.restore) restored = effects.restore->data;
    if (!effects.write) return;
    held = std::move(*effects.write);
    if (!hold_disk) release_disk();
  }

  std::optional<Write> held;
  std::uint64_t call = 0;
};

}  // namespace squall::vault::raft::test
