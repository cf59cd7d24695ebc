// What a node does with an event, tried on the real Node: once through to the end, and once for each record
// of a write after which the machine may die.
#include <algorithm>

#include "harness/vault/raft/log_store.hpp"
#include "harness/vault/raft/recovery.hpp"
#include "tests/raft/local_checks.hpp"
#include "tests/raft/local_model.hpp"

namespace squall::vault::raft::test {
namespace {

constexpr std::size_t never_dies = ~std::size_t{0};

std::uint8_t voters_of(const Configuration& configuration) {
  std::uint8_t out = 0;
  for (const Server& server : configuration.servers)
    if (server.suffrage == Suffrage::voter)
      out = static_cast<std::uint8_t>(out | 1U << node_number(server.id));
  return out;
}

}  // namespace

std::vector<Write> records_of(const Write& write) {
  std::vector<Write> out;
  const auto next = [&]() -> Write& { return out.emplace_back(); };
  if (write.term) next().term = write.term;
  if (write.vote) next().vote = write.vote;
  if (write.truncate_from) next().truncate_from = write.truncate_from;
  for (const Entry& entry : write.entries) next().entries = {entry};
  return out;
}

DiskState first_disk(const SearchLimits& limits, std::size_t number) {
  Configuration first;
  for (std::size_t i = 0; i < search_nodes; ++i)
    if (i < limits.voters || limits.others_are_nonvoters)
      first.servers.push_back(
          {i < limits.voters ? Suffrage::voter : Suffrage::nonvoter, node_id(i), node_id(i)});
  return find_server(first, node_id(number)) ? bootstrap({}, first).disk : DiskState{};
}

Node started(const SearchLimits& limits, std::size_t number, const DiskState& disk, std::uint64_t seed) {
  Options options;
  options.id = options.address = node_id(number);  // so that a vote names its server
  options.log_level = LogLevel::none;
  options.shutdown_on_remove = false;
  options.bug = limits.bug;
  Node node(options, base::Random(seed));
  node.step(Start{disk}, search_time);
  return node;
}

bool may_expire(const SearchLimits& limits, const Node& node) {
  if (node.write_under_way()) return false;
  const bool campaigns =
      node.role() == Role::candidate ||
      (node.role() == Role::follower && has_vote(node.latest_configuration(), node.options().id));
  return !campaigns || node.term() < limits.term_max;
}

void LocalModel::own_of_leader(StateId at, LocalSteps& out) {
  const Node& node = states_[at].node;
  for (const Peer& peer : node.peers()) {
    if (peer.call) try_event(at, node, CallFailed{peer.call, "lost"}, out);
    if (!peer.pipelined || peer.stopped) continue;
    Node before = node;
    Inspect::put_into_pipeline(before, peer.server.id, answered, 0);
    try_event(at, std::move(before), CallFailed{answered, "lost"}, out);
  }
  if (Inspect::leads_into_write(node) || node.last_index() >= limits_.entries_max) return;
  try_event(at, node, Propose{0, std::make_shared<const std::string>("x")}, out);
  if (limits_.one_change) change_membership(at, out);
}

void LocalModel::change_membership(StateId at, LocalSteps& out) {
  const Node& node = states_[at].node;
  const std::size_t from = out.size();
  const auto change = [&](ChangeCommand command, const std::string& id) {
    try_event(at, node, ChangeMembership{0, {command, id, id, 0}}, out);
  };
  for (std::size_t i = 0; i < search_nodes; ++i) {
    const Server* server = find_server(node.latest_configuration(), node_id(i));
    if (!server) change(ChangeCommand::add_nonvoter, node_id(i));
    if (!server || server->suffrage == Suffrage::nonvoter) change(ChangeCommand::add_voter, node_id(i));
    if (server) change(ChangeCommand::remove_server, node_id(i));
    if (server && server->suffrage == Suffrage::voter) change(ChangeCommand::demote_voter, node_id(i));
  }
  for (std::size_t i = from; i < out.size(); ++i) out[i].changes = true;
}

// A removed server is told so if no call to it is under way: the calls may have failed a moment before.
void LocalModel::try_with_failed_calls(StateId at, const Event& event, LocalSteps& out) {
  const std::vector<Peer>& peers = states_[at].node.peers();
  for (std::size_t failed = 0; failed < std::size_t{1} << peers.size(); ++failed) {
    Node node = states_[at].node;
    bool all = true;
    for (std::size_t i = 0; i < peers.size(); ++i) {
      if (!(failed >> i & 1)) continue;
      all = all && peers[i].call;
      if (peers[i].call) node.step(CallFailed{peers[i].call, "lost"}, search_time);
    }
    if (all) try_event(at, std::move(node), event, out);
  }
}

// The machine dies, and with it what was not on the disk: of a write under way any number of records is.
void LocalModel::crash(StateId at, LocalSteps& out) {
  const Node& node = states_[at].node;
  DiskState disk = states_[at].disk;
  std::vector<Write> records;
  if (Inspect::leads_into_write(node)) records = records_of(Inspect::write_under_way(node));
  for (std::size_t i = 0;; ++i) {
    finish(at, {node, disk, {}, {}, 0}, true, out);
    if (i == records.size()) return;
    apply_write(disk, records[i]);
  }
}

// Once through to the end, and once for each record after which the machine may die on the way.
void LocalModel::try_event(StateId at, Node before, const Event& event, LocalSteps& out) {
  for (std::size_t dies_after = never_dies;;) {
    Run run{before, states_[at].disk, {}, {}, 0};
    std::size_t parts = 0;
    const bool lives = carry_out(at, before, event, dies_after, run, parts);
    const bool as_if_not_begun = !lives && parts == 0 && run.messages.empty();
    if (!as_if_not_begun) finish(at, std::move(run), !lives, out);
    if (lives && dies_after != never_dies) return void(out.pop_back());  // beyond the last record
    if (!limits_.crashes) return;
    dies_after = dies_after == never_dies ? 0 : dies_after + 1;
  }
}

// Only a leader's own write takes time, because a leader goes on meanwhile; every other node stands still
// while its disk writes, so that nothing can tell whether it took any. False: the node died on the way.
bool LocalModel::carry_out(StateId at, Node before, Event event, std::size_t dies_after, Run& run,
                           std::size_t& parts) {
  const auto* received = std::get_if<Receive>(&event);
  const std::optional<Message> request =
      received ? std::optional<Message>(received->message) : std::optional<Message>();
  if (request)
    if (auto* append = std::get_if<AppendRequest>(&request->body); append && !append->entries.empty())
      run.request_last = append->entries.back().index;
  run.node = std::move(before);
  if (Inspect::leads_into_write(run.node) && std::holds_alternative<StorageDone>(event))
    for (const Write& record : records_of(Inspect::write_under_way(run.node))) apply_write(run.disk, record);
  Index applied = run.node.applied_index();
  const bool led = run.node.role() == Role::leader;
  for (;;) {
    Effects effects;
    run.node.step(std::move(event), search_time, effects);
    run.step.leads = run.step.leads || (!led && effects.became == Role::leader);
    for (Message& message : effects.messages) {
      if (!run.step.broken)
        run.step.broken = broken_promise(run.node, run.disk, message, request ? &*request : nullptr);
      run.messages.push_back(std::move(message));
    }
    for (const Entry& entry : effects.apply) {
      if (entry.index != ++applied) run.step.broken = Invariant::applied_in_order;
      run.step.applied.push_back(entry);
    }
    if (led && !effects.apply.empty()) {
      run.step.commits_as_leader = true;
      run.step.electorate = voters_of(run.node.latest_configuration());
    }
    if (run.node.commit_index() > run.node.last_index()) run.step.broken = Invariant::commit_within_log;
    if (run.node.commit_index() < states_[at].node.commit_index())
      run.step.broken = Invariant::commit_never_back;
    if (!effects.write || Inspect::leads_into_write(run.node)) return true;
    for (const Write& record : records_of(*effects.write)) {
      if (parts == dies_after) return false;
      if (!run.step.broken) run.step.broken = broken_by_record(run.node, run.disk, record);
      apply_write(run.disk, record);
      ++parts;
    }
    if (parts == dies_after) return false;
    event = StorageDone{effects.write->id, ""};
  }
}

// A leader sends whatever it has to say as soon as it may. That loses no behaviour: what is sent may never
// arrive, a call under way may fail at any time and is then made again, and while it is under way a leader
// can do all that it could without it, but for what try_with_failed_calls tries.
void LocalModel::send_all(Run& run) {
  for (std::size_t i = 0; i < run.node.peers().size(); ++i) {
    if (!Inspect::may_send(run.node, run.node.peers()[i])) continue;
    Inspect::expire_commit(run.node, i);
    Effects effects;
    run.node.step(Tick{}, search_time, effects);
    for (Message& message : effects.messages) run.messages.push_back(std::move(message));
  }
}

void LocalModel::finish(StateId at, Run run, bool restarted, LocalSteps& out) {
  const Node& before = states_[at].node;
  if (restarted) run.node = started(limits_, node_number(before.options().id), run.disk);
  Inspect::calm(run.node);
  send_all(run);
  LocalStep step = std::move(run.step);
  for (const Message& message : run.messages)
    step.sent.push_back(intern(message, run.node, is_reply(message) ? run.request_last : 0));
  Inspect::empty_pipelines(run.node);
  Inspect::calm(run.node);
  step.to = intern(run.node, run.disk);
  if (!restarted && run.node.term() == before.term())
    for (const LiveCall& was : Inspect::live_calls(before))
      for (const LiveCall& is : Inspect::live_calls(run.node))
        if (was.peer == is.peer && was.kind == is.kind && was.number == is.number)
          step.kinds[was.peer][was.kind] = is.kind;
  if (step.to == at) {  // what a pipeline says here was sent on the way here
    std::erase_if(step.sent, [](MessageId id) { return (id & 7) == call_pipelined; });
    step.nothing =
        step.applied.empty() && !step.leads &&
        std::all_of(step.sent.begin(), step.sent.end(), [&](MessageId id) { return content(id).reply; });
  }
  if (step.to != at)
    for (MessageId beat : heartbeats(step.to)) step.sent.push_back(beat);
  out.push_back(std::move(step));
}

// Heartbeats are under way from whoever leads, always: sending one changes nothing at the leader, and so
// does its answer. The first step that shows a new peer puts its heartbeat on the network.
std::vector<MessageId> LocalModel::heartbeats(StateId at) {
  std::vector<MessageId> out;
  const Node& leader = states_[at].node;
  if (leader.role() != Role::leader) return out;
  for (std::size_t i = 0; i < leader.peers().size(); ++i) {
    Node node = leader;
    Inspect::expire_heartbeat(node, i);
    Effects effects;
    node.step(Tick{}, search_time, effects);
    for (const Message& message : effects.messages) out.push_back(intern(message, leader, 0) & ~MessageId{7});
  }
  return out;
}

}  // namespace squall::vault::raft::test
