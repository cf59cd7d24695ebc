#include "tests/raft/inspect.hpp"

namespace squall::vault::raft::test {
namespace {

constexpr Duration far = 1000h;

template <class... Values>
void put(std::string& out, Values... values) {
  ((out += static_cast<char>(values)), ...);
}

std::uint8_t name_of(const std::string& id, const Names& names) {
  return id.empty() ? search_nodes : names[node_number(id)];
}

}  // namespace

void Inspect::calm(Node& node) {
  node.role_timer_ = node.snapshot_timer_ = node.now_ + far;
  node.last_contact_ = node.now_;
  for (Peer& peer : node.peers_) {
    peer.commit_at = peer.heartbeat_at = node.now_ + far;
    peer.retry_at = peer.sent_at = peer.last_contact = peer.promised_at = peer.heartbeat_sent_at = node.now_;
    peer.heartbeat_call = 0;
    peer.failures = peer.heartbeat_failures = 0;
  }
}

void Inspect::expire_role(Node& node) {
  node.role_timer_ = node.now_;
  node.last_contact_ = node.now_ - 1h;
  for (Peer& peer : node.peers_) peer.last_contact = node.now_ - 1h;
}

void Inspect::expire_commit(Node& node, std::size_t peer) { node.peers_[peer].commit_at = node.now_; }

void Inspect::expire_heartbeat(Node& node, std::size_t peer) { node.peers_[peer].heartbeat_at = node.now_; }

bool Inspect::may_send(const Node& node, const Peer& peer) {
  return node.role_ == Role::leader && !peer.stopped && !peer.call;
}

void Inspect::empty_pipelines(Node& node) {
  for (Peer& peer : node.peers_) peer.in_flight.clear();
}

void Inspect::put_into_pipeline(Node& node, const std::string& peer, std::uint64_t number, Index last) {
  node.find_peer(peer)->in_flight = {{number, node.now_, last}};
}

std::vector<LiveCall> Inspect::live_calls(const Node& node) {
  std::vector<LiveCall> out;
  if (node.role_ == Role::candidate && node.loop_role_ == Role::candidate && node.electorate_)
    for (std::size_t i = 0; i < node.granted_.size(); ++i)
      out.push_back({node_number(node.electorate_->servers[i].id), call_vote, node.vote_calls_from_ + i});
  for (const Peer& peer : node.peers_) {
    const std::size_t number = node_number(peer.server.id);
    if (peer.stopped) continue;
    if (peer.call) out.push_back({number, call_single, peer.call});
    if (peer.pipelined) out.push_back({number, call_pipelined, 0});
  }
  return out;
}

std::uint8_t Inspect::kind_of(const Node& node, std::uint64_t number) {
  for (const Peer& peer : node.peers_)
    for (const Peer::Sent& sent : peer.in_flight)
      if (sent.call == number) return call_pipelined;
  for (const LiveCall& call : live_calls(node))
    if (call.number == number) return call.kind;
  return call_dead;
}

void encode(const Configuration& configuration, const Names& names, std::string& out) {
  std::array<char, search_nodes> servers{};
  for (const Server& server : configuration.servers)
    servers[names[node_number(server.id)]] = server.suffrage == Suffrage::voter ? 1 : 2;
  out.append(servers.data(), servers.size());
}

void encode(const Entry& entry, const Names& names, std::string& out) {
  put(out, entry.term, entry.type);
  if (entry.configuration) encode(*entry.configuration, names, out);
}

// Times, tickets and the numbers of calls are left out, and so is what a role or a state left behind that
// nothing reads before it is set again.
void Inspect::encode(const Node& node, const Names& names, std::string& out) {
  using test::encode;
  put(out, name_of(node.options_.id, names), node.role_, node.loop_role_, node.pending_, node.stopped_,
      node.term_, node.vote_.term == node.term_ ? name_of(node.vote_.candidate, names) : search_nodes,
      node.commit_, node.applied_, name_of(node.leader_id_, names), node.latest_index_, node.committed_index_,
      node.candidate_from_transfer_, node.log_.first_index(), node.log_.size());
  for (Index i = node.log_.first_index(); i && i <= node.log_.last_index(); ++i)
    encode(*node.log_.find(i), names, out);
  encode(*node.latest_, names, out);
  encode(*node.committed_, names, out);
  if (node.pending_ != Node::Pending::none) {
    put(out, node.writing_.entries.size());
    for (const Entry& entry : node.writing_.entries) encode(entry, names, out);
  }
  if (node.role_ == Role::candidate && node.electorate_) {
    std::array<char, search_nodes> granted{};
    for (std::size_t i = 0; i < node.granted_.size(); ++i)
      granted[names[node_number(node.electorate_->servers[i].id)]] = node.granted_[i];
    out.append(granted.data(), granted.size());
    put(out, node.granted_count_, node.votes_needed_);
    encode(*node.electorate_, names, out);
  }
  if (node.role_ != Role::leader) return;
  put(out, node.term_start_, node.own_match_, node.step_down_, node.removed_, node.waiting_changes_.size());
  for (const ChangeMembership& waiting : node.waiting_changes_)
    put(out, waiting.change.command, name_of(waiting.change.id, names));
  std::array<std::string, search_nodes> peers;
  for (const Peer& peer : node.peers_) {
    std::string& text = peers[names[node_number(peer.server.id)]];
    put(text, 1, peer.server.suffrage, peer.next_index, peer.match_index, peer.stopped, peer.call != 0,
        peer.pipelined);
    if (peer.call) put(text, peer.call_last, peer.goal);
    if (peer.pipelined) put(text, peer.pipeline_next);
  }
  for (const std::string& text : peers) out += text + '/';
}

void encode(const Body& body, const Names& names, std::string& out) {
  put(out, body.index());
  if (auto* append = std::get_if<AppendRequest>(&body)) {
    put(out, append->term, append->prev_index, append->prev_term, append->leader_commit);
    for (const Entry& entry : append->entries) {
      put(out, entry.index);
      encode(entry, names, out);
    }
  } else if (auto* answer = std::get_if<AppendReply>(&body)) {
    put(out, answer->term, answer->success);  // its end is looked at in a refusal alone
    if (!answer->success) put(out, answer->last_log);
  } else if (auto* vote = std::get_if<VoteRequest>(&body)) {
    put(out, vote->term, vote->last_log_index, vote->last_log_term, vote->leadership_transfer);
  } else if (auto* reply = std::get_if<VoteReply>(&body)) {
    put(out, reply->term, reply->granted);
  }
}

}  // namespace squall::vault::raft::test
