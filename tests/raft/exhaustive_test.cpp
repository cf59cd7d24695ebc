// Exhaustive search: every state that three nodes can reach, visited once each up to renaming of the nodes,
// with messages lost and overtaking each other; safety is checked in every state, the number of states is
// printed. Two elected terms and three entries; and one elected term with a proposal, a crash with restart, a
// repeated message and a change of membership, as far as they fit into a test run together.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <iostream>
#include <map>
#include <unordered_set>

#include "harness/vault/raft/log_store.hpp"
#include "harness/vault/raft/node.hpp"
#include "harness/vault/raft/recovery.hpp"

namespace squall::vault::raft::test {

namespace {

constexpr std::size_t node_count = 3;
using Names = std::array<std::size_t, node_count>;  // what each node is called in a state's hash

std::size_t number_of(const std::string& id) { return static_cast<std::size_t>(id[1] - '0'); }

}  // namespace

// Reads and pushes what only a search may: whether an answer would still meet its call, and the timer of a
// role.
struct Inspect {
  static void expire(Node& node) {
    node.role_timer_ = node.now_;
    node.last_contact_ = node.now_ - 1h;
  }

  // What an answer with this number would do at the caller.
  static std::uint64_t meaning(const Node& node, std::uint64_t call) {
    if (node.role_ == Role::candidate && call >= node.vote_calls_from_ &&
        call - node.vote_calls_from_ < node.granted_.size())
      return 1;
    for (const Peer& peer : node.peers_) {
      if (peer.call == call) return 2;
      for (std::size_t i = 0; i < peer.in_flight.size(); ++i)
        if (peer.in_flight[i].call == call) return 3 + i;
    }
    return 0;
  }

  static void hash(const Node& node, const Names& names, std::string& out) {
    const auto put = [&](std::uint64_t value) { out += std::to_string(value) + ","; };
    put(static_cast<std::uint64_t>(node.role_));
    put(node.term_);
    put(node.vote_.term);
    put(node.vote_.candidate.empty() ? 9 : names[number_of(node.vote_.candidate)]);
    put(node.commit_);
    put(node.leader_id_.empty() ? 9 : names[number_of(node.leader_id_)]);
    put(node.latest_index_);
    put(node.committed_index_);
    for (Index i = node.log_.first_index(); i && i <= node.log_.last_index(); ++i)
      put(node.log_.find(i)->term);
    out += '|';
    std::array<std::uint64_t, node_count> per_node{};
    if (node.role_ == Role::candidate)
      for (std::size_t i = 0; i < node.granted_.size(); ++i)
        per_node[names[number_of(node.electorate_->servers[i].id)]] = node.granted_[i];
    for (const Peer& peer : node.peers_)
      per_node[names[number_of(peer.server.id)]] = peer.next_index * 1000 + peer.match_index * 100 +
                                                   peer.pipelined * 50 + (peer.call != 0) * 25 +
                                                   peer.pipeline_next + peer.in_flight.size() * 10000 +
                                                   peer.call_last * 100000 + peer.failures * 1000000;
    for (const std::uint64_t value : per_node) put(value);
    put(node.waiting_changes_.size());
  }
};

namespace {

const Time the_time = Time(1h);

struct World {
  std::vector<Node> nodes;
  std::array<DiskState, node_count> disks;
  std::vector<Message> messages;  // under way
  std::map<Term, std::size_t> leaders;
  std::vector<Term> committed;  // the term of each committed entry
  std::size_t proposals = 0, crashes = 0, repeats = 0, changes = 0;
  std::uint64_t lives = 1;
};

struct Limits {
  Term term_max = 3;
  Index entries_max = 3;
  std::size_t proposals = 0, crashes = 0, repeats = 0, changes = 0;
  Bug bug = Bug::none;
  std::size_t states_max = 3'000'000;  // beyond this the limits are wrong
};

struct Found {
  std::size_t states = 0;
  std::string violation;
};

class Search {
 public:
  explicit Search(const Limits& limits) : limits_(limits) {}

  Found run() {
    push(first());
    while (!open_.empty() && found_.violation.empty() && found_.states < limits_.states_max) {
      const World world = std::move(open_.front());
      open_.pop_front();
      expand(world);
    }
    return found_;
  }

 private:
  World first() {
    World world;
    Configuration configuration;
    for (std::size_t i = 0; i < node_count; ++i)
      configuration.servers.push_back({Suffrage::voter, "n" + std::to_string(i), std::to_string(i)});
    for (Server& server : configuration.servers)
      server.address = server.id;  // so that a vote names its server
    const DiskState disk = bootstrap({}, configuration).disk;
    for (std::size_t i = 0; i < node_count; ++i) {
      world.disks[i] = disk;
      world.nodes.push_back(start(world, i));
    }
    return world;
  }

  Node start(World& world, std::size_t i) {
    Options options;
    options.id = options.address = "n" + std::to_string(i);
    options.log_level = LogLevel::none;
    options.shutdown_on_remove = false;
    options.bug = limits_.bug;
    Node node(options, base::Random(++world.lives));
    node.step(Start{world.disks[i]}, the_time);
    return node;
  }

  // Everything that can happen next.
  void expand(const World& world) {
    for (std::size_t m = 0; m < world.messages.size(); ++m) {
      const std::size_t to = number_of(world.messages[m].to);
      World next = world;
      Message message = next.messages[m];
      next.messages.erase(next.messages.begin() + static_cast<std::ptrdiff_t>(m));
      act(std::move(next), to, Receive{message});
      if (world.repeats == limits_.repeats) continue;
      World again = world;
      ++again.repeats;
      act(std::move(again), to, Receive{message});
    }
    for (std::size_t i = 0; i < node_count; ++i) {
      const Node& node = world.nodes[i];
      if (node.role() != Role::leader && node.term() < limits_.term_max) {
        World next = world;
        Inspect::expire(next.nodes[i]);
        act(std::move(next), i, Tick{});
      }
      if (node.role() == Role::leader && node.last_index() < limits_.entries_max) {
        if (world.proposals < limits_.proposals) {
          World next = world;
          ++next.proposals;
          act(std::move(next), i, Propose{0, std::make_shared<const std::string>("x")});
        }
        if (world.changes < limits_.changes) {
          World next = world;
          ++next.changes;
          const std::string gone = "n" + std::to_string((i + 1) % node_count);
          act(std::move(next), i, ChangeMembership{0, {ChangeCommand::remove_server, gone, "", 0}});
        }
      }
      if (world.crashes < limits_.crashes) {
        World next = world;
        ++next.crashes;
        next.nodes[i] = start(next, i);
        push(std::move(next));
      }
    }
  }

  void act(World world, std::size_t i, Event event) {
    std::deque<Event> events{std::move(event)};
    while (!events.empty()) {
      Effects effects = world.nodes[i].step(std::move(events.front()), the_time);
      events.pop_front();
      for (Message& message : effects.messages)
        if (number_of(message.to) < node_count) world.messages.push_back(std::move(message));
      for (const Entry& entry : effects.apply) apply(world, entry);
      if (effects.became == Role::leader) lead(world, i);
      if (!effects.write) continue;
      apply_write(world.disks[i], *effects.write);
      events.push_back(StorageDone{effects.write->id, ""});
    }
    push(std::move(world));
  }

  void violated(const char* what) {
    if (found_.violation.empty()) found_.violation = what;
  }

  void apply(World& world, const Entry& entry) {
    if (entry.index <= world.committed.size()) {
      if (world.committed[entry.index - 1] != entry.term) violated("state machine safety");
    } else {
      world.committed.push_back(entry.term);
    }
  }

  void lead(World& world, std::size_t i) {
    const Node& node = world.nodes[i];
    auto [leader, fresh] = world.leaders.try_emplace(node.term(), i);
    if (!fresh && leader->second != i) violated("two leaders in one term");
    for (Index index = 1; index <= world.committed.size(); ++index) {
      const Entry* entry = node.log().find(index);
      if (world.committed[index - 1] < node.term() && (!entry || entry->term != world.committed[index - 1]))
        violated("leader completeness");
    }
  }

  void check(const World& world) {
    for (const Node& a : world.nodes)
      for (const Node& b : world.nodes)
        for (Index i = std::min(a.last_index(), b.last_index()); i > 1; --i)
          if (a.log().find(i)->term == b.log().find(i)->term &&
              a.log().find(i - 1)->term != b.log().find(i - 1)->term)
            violated("log matching");
  }

  void push(World world) {
    // An answer that meets no call does nothing, and is the same as a lost one.
    std::erase_if(world.messages, [&](const Message& message) {
      return is_reply(message) && Inspect::meaning(world.nodes[number_of(message.to)], message.call) == 0;
    });
    if (!seen_.insert(hash(world)).second) return;
    ++found_.states;
    check(world);
    open_.push_back(std::move(world));
  }

  std::uint64_t hash(const World& world) const {
    Names names{0, 1, 2};
    std::uint64_t least = ~std::uint64_t{0};
    do {
      std::array<std::string, node_count> parts;
      for (std::size_t i = 0; i < node_count; ++i) Inspect::hash(world.nodes[i], names, parts[names[i]]);
      std::vector<std::string> under_way;
      for (const Message& message : world.messages) under_way.push_back(text(world, message, names));
      std::sort(under_way.begin(), under_way.end());
      std::uint64_t value = world.proposals * 1000 + world.crashes * 100 + world.repeats * 10 + world.changes;
      for (const std::string& part : parts) value = base::hash64(part, value);
      for (const std::string& part : under_way) value = base::hash64(part, value);
      least = std::min(least, value);
    } while (std::next_permutation(names.begin(), names.end()));
    return least;
  }

  static std::string text(const World& world, const Message& message, const Names& names) {
    const bool answer = is_reply(message);
    const std::size_t from = number_of(message.from), to = number_of(message.to);
    std::string out;
    const auto put = [&](std::uint64_t value) { out += std::to_string(value) + ","; };
    put(message.body.index());
    put(names[from]);
    put(names[to]);
    put(Inspect::meaning(world.nodes[answer ? to : from], message.call));
    if (auto* a = std::get_if<AppendRequest>(&message.body)) {
      put(a->term), put(a->prev_index), put(a->prev_term), put(a->leader_commit);
      for (const Entry& entry : a->entries) put(entry.term), put(static_cast<std::uint64_t>(entry.type));
    } else if (auto* b = std::get_if<AppendReply>(&message.body)) {
      put(b->term), put(b->last_log), put(b->success), put(b->no_retry_backoff);
    } else if (auto* c = std::get_if<VoteRequest>(&message.body)) {
      put(c->term), put(c->last_log_index), put(c->last_log_term);
    } else if (auto* d = std::get_if<VoteReply>(&message.body)) {
      put(d->term), put(d->granted);
    }
    return out;
  }

  Limits limits_;
  Found found_;
  std::deque<World> open_;
  std::unordered_set<std::uint64_t> seen_;
};

void expect_safe(const char* name, const Limits& limits) {
  const Found found = Search(limits).run();
  std::cout << name << ": " << found.states << " states\n";
  EXPECT_EQ(found.violation, "");
  EXPECT_LT(found.states, limits.states_max) << "not every state was visited";
  EXPECT_GT(found.states, 100u);
}

#if defined(__SANITIZE_ADDRESS__)
constexpr Term most_terms = 2;  // the sanitizers make the larger search a matter of many minutes
#else
constexpr Term most_terms = 3;
#endif

TEST(RaftExhaustive, TwoTermsWithLossAndReordering) { expect_safe("two terms", {.term_max = most_terms}); }

TEST(RaftExhaustive, OneTermWithProposalCrashAndRepetition) {
  expect_safe("proposal, crash, repetition", {.term_max = 2, .proposals = 1, .crashes = 1, .repeats = 1});
}

TEST(RaftExhaustive, OneTermWithAMembershipChangeAndACrash) {
  expect_safe("membership, crash", {.term_max = 2, .proposals = 1, .crashes = 1, .changes = 1});
}

TEST(RaftExhaustive, OneTermWithAMembershipChangeAndRepetition) {
  expect_safe("membership, repetition", {.term_max = 2, .proposals = 1, .repeats = 1, .changes = 1});
}

TEST(RaftExhaustive, FindsPlantedBugs) {
  for (const Bug bug : {Bug::votes_twice_in_a_term, Bug::quorum_is_half, Bug::vote_ignores_log})
    EXPECT_NE(Search({.bug = bug}).run().violation, "");
}

}  // namespace
}  // namespace squall::vault::raft::test
