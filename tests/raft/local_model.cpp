#include "tests/raft/local_model.hpp"

#include <algorithm>

#include "harness/vault/raft/log_store.hpp"
#include "harness/vault/raft/recovery.hpp"

namespace squall::vault::raft::test {
namespace {

constexpr std::uint64_t request_number = 77;  // of every request; its answer repeats it

template <class Find>
Log log_of(Find find) {
  Log out{};
  for (std::size_t i = 0; i < log_max; ++i)
    if (const Entry* entry = find(i + 1))
      out[i] = static_cast<std::uint8_t>(entry->term * 8 + static_cast<std::uint8_t>(entry->type));
  return out;
}

std::string text_of(const Node& node, const DiskState& disk, const Names& names) {
  std::string text;
  Inspect::encode(node, names, text);
  text += '#';
  text += static_cast<char>(disk.term);
  // A vote of an earlier term is never looked at again.
  const bool voted = disk.vote.term == disk.term && !disk.vote.candidate.empty();
  text += static_cast<char>(voted ? names[node_number(disk.vote.candidate)] : search_nodes);
  for (const Entry& entry : disk.entries) encode(entry, names, text);
  return text;
}

}  // namespace

const std::array<Names, permutations>& LocalModel::names() {
  static constexpr std::array<Names, permutations> all{
      {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};
  return all;
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
  const auto rename = [&](const std::string& id) { return node_id(to[node_number(id)]); };
  const Content& what = content(message);
  Message other{node_id(to[what.from]),
                node_id(to[what.from]),
                node_id(to[what.to]),
                node_id(to[what.to]),
                0,
                what.body};
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
  if (number == answered) Inspect::put_into_pipeline(node, node_id(what.from), answered, what.request_last);
  const Event event = Receive{
      {node_id(what.from), node_id(what.from), node_id(what.to), node_id(what.to), number, what.body}};
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
  std::erase_if(steps, [](const LocalStep& step) { return step.nothing && !step.broken; });
  remembered_.push_back(std::move(steps));
  if (own_.size() < states_.size()) own_.resize(states_.size() * 2);
  own_[at] = static_cast<std::uint32_t>(remembered_.size());
  return remembered_.back();
}

}  // namespace squall::vault::raft::test
