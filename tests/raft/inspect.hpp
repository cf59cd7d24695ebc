// What only a search may see of a node, and do to it: its state as bytes, with everything in it that can
// change what it does and nothing else; its calls under way; its timers, to be let off one at a time.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "harness/vault/raft/node.hpp"

namespace squall::vault::raft::test {

constexpr std::size_t search_nodes = 3;
// What each node is called. A state is encoded under every permutation, and the least hash names it.
using Names = std::array<std::uint8_t, search_nodes>;

inline std::string node_id(std::size_t number) { return "n" + std::to_string(number); }
inline std::size_t node_number(const std::string& id) { return static_cast<std::size_t>(id[1] - '0'); }

// Which call of its sender a request or an answer belongs to. Numbers of calls go up for ever; what matters
// is whether the sender still waits, and as what.
enum CallKind : std::uint8_t {
  call_dead = 0,       // nobody waits: an answer does nothing
  call_vote = 1,       // of the campaign under way
  call_single = 2,     // replication, call by call
  call_pipelined = 3,  // any of the pipeline's
  call_of_request = 7  // of an answer just made: that of its request
};

struct LiveCall {
  std::size_t peer;
  std::uint8_t kind;
  std::uint64_t number;  // of call_pipelined: 0, see empty_pipeline
};

struct Inspect {
  // No timer is due, no call has been waiting, no failure is remembered: time is left out of the search, and
  // each timer goes off when the search says so.
  static void calm(Node& node);
  // The timer of the role goes off at the next Tick, and nobody was heard for an hour.
  static void expire_role(Node& node);
  static void expire_commit(Node& node, std::size_t peer);     // tells its commit index, sends what is new
  static void expire_heartbeat(Node& node, std::size_t peer);  // sends a heartbeat
  static bool may_send(const Node& node, const Peer& peer);
  // A pipeline takes more calls than the search has to send, and never waits for one. So which of them are
  // under way is left to the network: a node at rest has none, and the one that is answered is put in.
  static void empty_pipelines(Node& node);
  static void put_into_pipeline(Node& node, const std::string& peer, std::uint64_t number, Index last);

  static std::vector<LiveCall> live_calls(const Node& node);
  static std::uint8_t kind_of(const Node& node, std::uint64_t number);
  static bool waits(const Node& node, const Event& event) { return node.must_wait(event); }
  static bool leads_into_write(const Node& node) { return node.pending_ == Node::Pending::lead; }
  static const Write& write_under_way(const Node& node) { return node.writing_; }

  static void encode(const Node& node, const Names& names, std::string& out);
};

void encode(const Configuration& configuration, const Names& names, std::string& out);
void encode(const Entry& entry, const Names& names, std::string& out);
void encode(const Body& body, const Names& names, std::string& out);

}  // namespace squall::vault::raft::test
