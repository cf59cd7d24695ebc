#include "tests/raft/local_model.hpp"

#include <algorithm>

#include "harness/vault/raft/log_store.hpp"
#include "harness/vault/raft/recovery.hpp"

namespace squall::vault::raft::test {
namespace {

constexpr std::size_t never_dies = ~std::size_t{0};
constexpr std::uint64_t request_number = 77;  // of every request; its answer repeats it
constexpr std::uint64_t answered = 78;        // of the call in a pipeline whose answer or failure comes

std::string id_of(std::size_t node) { return "n" + std::to_string(node); }

template <class Find>
Log log_of(Find find) {
  Log out{};
  for (std::size_t i = 0; i < log_max; ++i)
    if (const Entry* entry = find(i + 1))
      out[i] = static_cast<std::uint8_t>(entry->term * 8 + static_cast<std::uint8_t>(entry->type));
  return out;
}

std::uint8_t voters_of(const Configuration& configuration) {
  std::uint8_t out = 0;
  for (const Server& server : configuration.servers)
    if (server.suffrage == Suffrage::voter)
      out = static_cast<std::uint8_t>(out | 1U << node_number(server.id));
  return out;
}

std::string text_of(const Node& node, const DiskState& disk, const Names& names) {
  std::string text;
  Inspect::encode(node, names, text);
  text += '#';
  text += static_cast<char>(disk.term);
  text += static_cast<char>(disk.vote.term);
  for (const Entry& entry : disk.entries) encode(entry, names, text);
  return text;
}

bool on_disk(const DiskState& disk, const Entry& entry) {
  return std::any_of(disk.entries.begin(), disk.entries.end(), [&](const Entry& other) {
    return other.index == entry.index && other.term == entry.term;
  });
}

// What a message promises must be on the disk of who sends it.
std::string broken_promise(const Node& node, const DiskState& disk, const Message& message,
                           const Message* request) {
  const auto untold = [&](Term term) { return term > disk.term; };
  if (auto* vote = std::get_if<VoteReply>(&message.body)) {
    if (untold(vote->term)) return "a term was told before it was on the disk";
    if (vote->granted && disk.vote != Vote{vote->term, message.to_address})
      return "a vote before it was on the disk";
  } else if (auto* ask = std::get_if<VoteRequest>(&message.body)) {
    if (untold(ask->term)) return "a term was told before it was on the disk";
    if (has_vote(node.latest_configuration(), node.options().id) &&
        disk.vote != Vote{ask->term, message.from_address})
      return "a campaign before its vote was on the disk";
  } else if (auto* append = std::get_if<AppendRequest>(&message.body)) {
    if (untold(append->term)) return "a term was told before it was on the disk";
    if (!append->entries.empty() && !on_disk(disk, append->entries.back()))
      return "entries sent before they were on the leader's disk";
  } else if (auto* answer = std::get_if<AppendReply>(&message.body)) {
    if (untold(answer->term)) return "a term was told before it was on the disk";
    const auto* asked = request ? std::get_if<AppendRequest>(&request->body) : nullptr;
    if (answer->success && asked && !asked->entries.empty() && !on_disk(disk, asked->entries.back()))
      return "entries acknowledged before they were on the disk";
  }
  return {};
}

std::string broken_by_record(const Node& node, const DiskState& disk, const Write& record) {
  if (record.term && *record.term < disk.term) return "term went back";
  if (record.vote && record.vote->term == disk.vote.term && record.vote->candidate != disk.vote.candidate)
    return "two votes in one term";
  if (record.truncate_from && node.role() == Role::leader) return "a leader cut its own log";
  if (record.truncate_from && record.truncate_from <= node.commit_index())
    return "a committed entry was cut off";
  return {};
}

}  // namespace

const std::array<Names, permutations>& LocalModel::names() {
  static constexpr std::array<Names, permutations> all{
      {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};
  return all;
}

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
      first.servers.push_back({i < limits.voters ? Suffrage::voter : Suffrage::nonvoter, id_of(i), id_of(i)});
  return find_server(first, id_of(number)) ? bootstrap({}, first).disk : DiskState{};
}

Node started(const SearchLimits& limits, std::size_t number, const DiskState& disk, std::uint64_t seed) {
  Options options;
  options.id = options.address = id_of(number);  // so that a vote names its server
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

LocalModel::LocalModel(const SearchLimits& limits) : limits_(limits) {}

StateId LocalModel::initial(std::size_t number) {
  const DiskState disk = first_disk(limits_, number);
  Node node = started(limits_, number, disk);
  Inspect::calm(node);
  return intern(node, disk);
}

Hashes hashes_at_rest(const Node& node, const DiskState& disk) {
  Node resting = node;
  Inspect::empty_pipelines(resting);
  Hashes out;
  for (std::size_t i = 0; i < permutations; ++i)
    out[i] = base::hash64(text_of(resting, disk, LocalModel::names()[i]));
  return out;
}

StateId LocalModel::intern(const Node& node, const DiskState& disk) {
  std::string text = text_of(node, disk, names()[0]);
  auto [known, fresh] = state_ids_.try_emplace(std::move(text), static_cast<StateId>(states_.size()));
  if (fresh) {
    const auto find_on_disk = [&](Index index) -> const Entry* {
      for (const Entry& entry : disk.entries)
        if (entry.index == index) return &entry;
      return nullptr;
    };
    states_.push_back({node, disk, hashes_at_rest(node, disk),
                       log_of([&](Index index) { return node.log().find(index); }), log_of(find_on_disk)});
  }
  return known->second;
}

std::uint32_t LocalModel::intern(const Message& message, Index request_last) {
  const bool reply = is_reply(message);
  Hashes hashes;
  std::string first;
  for (std::size_t i = 0; i < permutations; ++i) {
    std::string text;
    text += static_cast<char>(names()[i][node_number(message.from)]);
    text += static_cast<char>(names()[i][node_number(message.to)]);
    text += static_cast<char>(request_last);
    encode(message.body, names()[i], text);
    hashes[i] = base::hash64(text);
    if (i == 0) first = std::move(text);
  }
  auto [known, fresh] =
      content_ids_.try_emplace(std::move(first), static_cast<std::uint32_t>(contents_.size()));
  if (fresh) {
    Term term = 0;
    if (auto* append = std::get_if<AppendRequest>(&message.body)) term = append->term;
    if (auto* vote = std::get_if<VoteRequest>(&message.body)) term = vote->term;
    contents_.push_back({node_number(message.from), node_number(message.to), reply, term, request_last,
                         message.body, hashes});
  }
  return known->second;
}

MessageId LocalModel::intern(const Message& message, const Node& sender, Index request_last) {
  const std::uint8_t kind =
      is_reply(message) ? std::uint8_t{call_of_request} : Inspect::kind_of(sender, message.call);
  return intern(message, request_last) << 3 | kind;
}

MessageId LocalModel::renamed(MessageId message, std::size_t permutation) {
  if (permutation == 0) return message;
  if (renamed_.size() <= message >> 3) renamed_.resize(contents_.size() + 64);
  if (std::uint32_t known = renamed_[message >> 3][permutation]) return (known - 1) << 3 | (message & 7);
  const Names& to = names()[permutation];
  const auto rename = [&](const std::string& id) { return id_of(to[node_number(id)]); };
  const Content& what = content(message);
  Message other{
      id_of(to[what.from]), id_of(to[what.from]), id_of(to[what.to]), id_of(to[what.to]), 0, what.body};
  if (auto* append = std::get_if<AppendRequest>(&other.body))
    for (Entry& entry : append->entries) {
      if (!entry.configuration) continue;
      auto configuration = std::make_shared<Configuration>(*entry.configuration);
      for (Server& server : configuration->servers) server.id = server.address = rename(server.id);
      entry.configuration = std::move(configuration);
    }
  const std::uint32_t id = intern(other, what.request_last);
  renamed_[message >> 3][permutation] = id + 1;
  return id << 3 | (message & 7);
}

const LocalSteps& LocalModel::deliver(StateId at, MessageId message) {
  const Content& what = content(message);
  const MessageId as = what.reply ? message : message & ~MessageId{7};
  const std::uint64_t key = std::uint64_t{at} << 32 | as;
  if (const std::uint32_t* known = delivered_.find(key)) return remembered_[*known];
  LocalSteps steps;
  Node node = states_[at].node;
  std::uint64_t number = what.reply ? 0 : request_number;
  if (what.reply)
    for (const LiveCall& call : Inspect::live_calls(node))
      if (call.peer == what.from && call.kind == (message & 7)) number = call.number ? call.number : answered;
  if (number == answered) Inspect::put_into_pipeline(node, id_of(what.from), answered, what.request_last);
  const Event event =
      Receive{{id_of(what.from), id_of(what.from), id_of(what.to), id_of(what.to), number, what.body}};
  if (number && !Inspect::waits(node, event)) try_event(at, std::move(node), event, steps);
  delivered_.insert(key, static_cast<std::uint32_t>(remembered_.size()));
  return remembered_.emplace_back(std::move(steps));
}

const LocalSteps& LocalModel::own(StateId at) {
  if (own_.size() < states_.size()) own_.resize(states_.size() * 2);
  if (own_[at]) return remembered_[own_[at] - 1];
  LocalSteps steps;
  const Node& node = states_[at].node;
  if (limits_.crashes) crash(at, steps);
  if (Inspect::leads_into_write(node)) {
    try_with_failed_calls(at, StorageDone{Inspect::write_under_way(node).id, ""}, steps);
  } else if (may_expire(limits_, node)) {
    Node before = node;
    Inspect::expire_role(before);
    try_event(at, std::move(before), Tick{}, steps);
  }
  if (node.role() == Role::leader) own_of_leader(at, steps);
  std::erase_if(steps, [](const LocalStep& step) { return step.nothing && step.broken.empty(); });
  remembered_.push_back(std::move(steps));
  if (own_.size() < states_.size()) own_.resize(states_.size() * 2);
  own_[at] = static_cast<std::uint32_t>(remembered_.size());
  return remembered_.back();
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
    const Server* server = find_server(node.latest_configuration(), id_of(i));
    if (!server) change(ChangeCommand::add_nonvoter, id_of(i));
    if (!server || server->suffrage == Suffrage::nonvoter) change(ChangeCommand::add_voter, id_of(i));
    if (server) change(ChangeCommand::remove_server, id_of(i));
    if (server && server->suffrage == Suffrage::voter) change(ChangeCommand::demote_voter, id_of(i));
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
      if (run.step.broken.empty())
        run.step.broken = broken_promise(run.node, run.disk, message, request ? &*request : nullptr);
      run.messages.push_back(std::move(message));
    }
    for (const Entry& entry : effects.apply) {
      if (entry.index != ++applied) run.step.broken = "entries applied out of order";
      run.step.applied.push_back(entry);
    }
    if (led && !effects.apply.empty()) {
      run.step.commits_as_leader = true;
      run.step.electorate = voters_of(run.node.latest_configuration());
    }
    if (run.node.commit_index() > run.node.last_index()) run.step.broken = "commit index beyond the log";
    if (run.node.commit_index() < states_[at].node.commit_index()) run.step.broken = "commit went back";
    if (!effects.write || Inspect::leads_into_write(run.node)) return true;
    for (const Write& record : records_of(*effects.write)) {
      if (parts == dies_after) return false;
      if (run.step.broken.empty()) run.step.broken = broken_by_record(run.node, run.disk, record);
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
