#include "tests/raft/world_search.hpp"

#include <algorithm>
#include <bit>

namespace squall::vault::raft::test {
namespace {

std::uint8_t kind_of(MessageId message) { return static_cast<std::uint8_t>(message & 7); }
MessageId with_kind(MessageId message, std::uint8_t kind) { return (message & ~MessageId{7}) | kind; }

bool nothing_of(const LocalSteps& steps) {
  return std::all_of(steps.begin(), steps.end(), [](const LocalStep& step) { return step.nothing; });
}

// In order, each once; one whose answer nobody awaits does what one with an awaited answer does, and less.
void tidy(std::vector<MessageId>& messages) {
  if (!std::is_sorted(messages.begin(), messages.end())) std::sort(messages.begin(), messages.end());
  messages.erase(std::unique(messages.begin(), messages.end()), messages.end());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < messages.size(); ++i)
    if (kind_of(messages[i]) != call_dead || i + 1 == messages.size() ||
        messages[i] >> 3 != messages[i + 1] >> 3)
      messages[kept++] = messages[i];
  messages.resize(kept);
}

// The renaming that makes of a world whose least hash is under `from` the one whose least hash is under `to`.
std::size_t renaming(std::size_t from, std::size_t to) {
  const auto& all = LocalModel::names();
  Names names{};
  for (std::size_t i = 0; i < search_nodes; ++i)
    for (std::size_t j = 0; j < search_nodes; ++j)
      if (all[to][j] == all[from][i]) names[i] = static_cast<std::uint8_t>(j);
  return static_cast<std::size_t>(std::find(all.begin(), all.end(), names) - all.begin());
}

}  // namespace

WorldSearch::WorldSearch(const SearchLimits& limits) : limits_(limits), model_(limits) {}

Found WorldSearch::run(void (*progress)(const Found&, std::size_t)) {
  for (std::size_t i = 0; i < search_nodes; ++i) next_.nodes[i] = model_.initial(i);
  reach();
  for (std::size_t turn = 1; open_count_ && found_.violation.empty(); ++turn) {
    if (limits_.states_max && found_.states >= limits_.states_max) break;
    expand(World(*next_open()));  // a copy: it may turn out to follow from itself
    if (progress && turn % (1 << 18) == 0) progress(found_, open_count_);
  }
  found_.complete = open_count_ == 0;
  found_.local_states = model_.state_count();
  found_.contents = model_.content_count();
  return found_;
}

void WorldSearch::expand(const World& world) {
  for (const MessageId message : world.messages) {
    const std::size_t to = model_.content(message).to;
    for (const LocalStep& step : model_.deliver(world.nodes[to], message))
      if (!step.nothing || (kind_of(message) != call_dead && !step.sent.empty()) || step.broken)
        follow(world, to, step, kind_of(message));
  }
  for (std::size_t i = 0; i < search_nodes; ++i)
    for (const LocalStep& step : model_.own(world.nodes[i]))
      if (!step.changes || !world.history.changed) follow(world, i, step, call_dead);
}

void WorldSearch::follow(const World& world, std::size_t node, const LocalStep& step,
                         std::uint8_t request_kind) {
  ++found_.steps;
  next_.nodes = world.nodes;
  next_.nodes[node] = step.to;
  next_.history = world.history;
  next_.history.changed = world.history.changed || step.changes;
  carry_messages(world, node, step, request_kind);
  note(node, step, world.nodes[node]);
  if (found_.violation.empty()) reach();
}

void WorldSearch::carry_messages(const World& world, std::size_t node, const LocalStep& step,
                                 std::uint8_t request_kind) {
  next_.messages.clear();
  for (MessageId message : world.messages) {
    const Content& what = model_.content(message);
    const bool own_call = (what.reply ? what.to : what.from) == node;
    if (own_call && kind_of(message) != call_dead)
      message = with_kind(message, step.kinds[what.reply ? what.from : what.to][kind_of(message)]);
    if (!does_nothing_any_more(message)) next_.messages.push_back(message);
  }
  for (MessageId message : step.sent) {
    if (kind_of(message) == call_of_request) message = with_kind(message, request_kind);
    if (!does_nothing_any_more(message)) next_.messages.push_back(message);
  }
  tidy(next_.messages);
}

// An answer that nobody awaits, a request of an earlier term than its receiver has on disk, a vote that is
// counted, an acknowledgement of what is known to be there: as good as lost.
bool WorldSearch::does_nothing_any_more(MessageId message) {
  const Content& what = model_.content(message);
  const StateId receiver = next_.nodes[what.to];
  if (!what.reply) return kind_of(message) == call_dead && what.term < model_.state(receiver).disk.term;
  return kind_of(message) == call_dead ||
         (kind_of(message) != call_single && nothing_of(model_.deliver(receiver, message)));
}

void WorldSearch::violated(std::optional<Invariant> broken) {
  if (broken && found_.violation.empty()) found_.violation = name_of(*broken);
}

void WorldSearch::note(std::size_t node, const LocalStep& step, StateId before) {
  const LocalState& state = model_.state(step.to);
  violated(step.broken);
  next_.history.voted(node, state.disk);
  for (const Entry& entry : step.applied) violated(next_.history.applied(entry, state.node.term()));
  if (step.commits_as_leader) check_commit(node, step);
  if (step.leads) violated(next_.history.leads(node, state));
  if (model_.state(before).log != state.log) check_logs(node);
}

// What a leader commits is of its own term, and on the disks of a majority.
void WorldSearch::check_commit(std::size_t node, const LocalStep& step) {
  const Entry& last = step.applied.back();
  if (last.term != model_.state(next_.nodes[node]).node.term()) violated(Invariant::commit_in_own_term);
  const std::uint8_t code = next_.history.committed[last.index - 1];
  int holders = 0;
  for (std::size_t i = 0; i < search_nodes; ++i)
    holders += (step.electorate >> i & 1) && model_.state(next_.nodes[i]).on_disk[last.index - 1] == code;
  if (2 * holders <= std::popcount(step.electorate)) violated(Invariant::commit_by_majority);
}

void WorldSearch::check_logs(std::size_t node) {
  const Log& ours = model_.state(next_.nodes[node]).log;
  for (std::size_t other = 0; other < search_nodes; ++other) {
    if (other == node) continue;
    const Log& theirs = model_.state(next_.nodes[other]).log;
    bool differ = false;
    for (std::size_t i = 0; i < log_max; ++i) {
      if (ours[i] && ours[i] >> 3 == theirs[i] >> 3 && (differ || ours[i] != theirs[i]))
        violated(differ ? Invariant::one_past_per_entry : Invariant::one_entry_per_place);
      differ = differ || ours[i] != theirs[i];
    }
  }
}

// What `next_` holds was reached: a new state, or one more way to a known one.
void WorldSearch::reach() {
  std::array<const LocalState*, search_nodes> nodes{};
  for (std::size_t i = 0; i < search_nodes; ++i) nodes[i] = &model_.state(next_.nodes[i]);
  next_.history.forget(nodes, limits_.term_max);
  std::uint64_t orbit = 1;
  const std::uint64_t hash = least_hash(next_, orbit);
  if (const std::uint32_t* place = known_.find(hash)) {
    World& known = worlds_[*place];
    if (!join(known) || known.open) return;
    return open(known, *place);
  }
  const auto place = static_cast<std::uint32_t>(worlds_.size());
  known_.insert(hash, place);
  worlds_.push_back(next_);
  open(worlds_.back(), place);
  ++found_.states;
  found_.without_renaming += orbit;
}

void WorldSearch::open(World& world, std::uint32_t place) {
  world.open = true;
  const std::size_t at = rank(world);
  if (open_.size() <= at) open_.resize(at + 1);
  open_[at].push_back(place);
  ++open_count_;
}

WorldSearch::World* WorldSearch::next_open() {
  for (auto& places : open_) {
    if (places.empty()) continue;
    World& world = worlds_[places.front()];
    places.pop_front();
    --open_count_;
    world.open = false;
    return &world;
  }
  return nullptr;
}

// Grows with almost every step that sends something new.
std::size_t WorldSearch::rank(const World& world) const {
  std::size_t out = world.history.changed;
  for (const StateId id : world.nodes) {
    const LocalState& state = model_.state(id);
    out += 16 * state.disk.term + state.disk.entries.size();
  }
  for (const std::uint8_t entry : world.history.committed) out += entry != 0;
  return out;
}

// True if the known state learns of messages that it did not have.
bool WorldSearch::join(World& known) {
  scratch_ = next_.messages;
  if (known.permutation != next_.permutation) {
    const std::size_t names = renaming(next_.permutation, known.permutation);
    for (MessageId& message : scratch_) message = model_.renamed(message, names);
    std::sort(scratch_.begin(), scratch_.end());
  }
  if (std::includes(known.messages.begin(), known.messages.end(), scratch_.begin(), scratch_.end()))
    return false;
  scratch_.insert(scratch_.end(), known.messages.begin(), known.messages.end());
  tidy(scratch_);
  if (scratch_ == known.messages) return false;
  known.messages = scratch_;
  known.messages.shrink_to_fit();
  return true;
}

bool WorldSearch::has_seen(const std::vector<Node>& nodes, const std::vector<DiskState>& disks) {
  std::array<Hashes, search_nodes> hashes{};
  const auto hash_nodes = [&](auto hashes_of) {
    for (std::size_t i = 0; i < search_nodes; ++i) hashes[i] = hashes_of(i);
    return least_hash_together(hashes);
  };
  if (together_.size() == 0)
    for (const World& world : worlds_)
      together_.insert(hash_nodes([&](std::size_t i) { return model_.state(world.nodes[i]).hashes; }));
  return together_.contains(hash_nodes([&](std::size_t i) { return hashes_at_rest(nodes[i], disks[i]); }));
}

std::uint64_t WorldSearch::least_hash_together(const std::array<Hashes, search_nodes>& nodes) {
  std::uint64_t least = ~std::uint64_t{0};
  for (std::size_t p = 0; p < permutations; ++p) {
    std::uint64_t sum = 0;
    for (const Hashes& hashes : nodes) sum += hashes[p];
    least = std::min(least, mix(sum) | 1);
  }
  return least;
}

// The least of the hashes under every renaming of the nodes; how many differ is how many states it stands
// for.
std::uint64_t WorldSearch::least_hash(World& world, std::uint64_t& orbit) {
  if (!(world.history == hashed_)) {
    hashed_ = world.history;
    for (std::size_t p = 0; p < permutations; ++p) history_hashes_[p] = hashed_.hash(LocalModel::names()[p]);
  }
  Hashes sums = history_hashes_;
  const std::size_t count = limits_.rename ? permutations : 1;
  for (const StateId id : world.nodes) {
    const Hashes& hashes = model_.state(id).hashes;
    for (std::size_t p = 0; p < count; ++p) sums[p] += hashes[p];
  }
  for (std::size_t p = 0; p < count; ++p) sums[p] = mix(sums[p]);
  const auto least = std::min_element(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(count));
  world.permutation = static_cast<std::uint8_t>(least - sums.begin());
  const std::uint64_t hash = *least;
  std::sort(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(count));
  orbit = static_cast<std::uint64_t>(
      std::unique(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(count)) - sums.begin());
  return hash;
}

}  // namespace squall::vault::raft::test
