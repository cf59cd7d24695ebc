#include "tests/raft/cluster.hpp"

#include <algorithm>

#include "harness/vault/raft/recovery.hpp"

namespace squall::vault::raft::test {
namespace {

constexpr std::size_t rewrite_from_bytes = 8
                                           << 10;  // small, so that files are written anew in most histories

std::string id_of(std::size_t server) { return "n" + std::to_string(server); }
std::string address_of(std::size_t server) { return id_of(server) + ":8201"; }

std::size_t voters_for(const ClusterOptions& options, base::Random& random) {
  if (options.servers) return options.servers;
  const std::uint64_t draw = random.below(20);
  return draw < 13 ? 3 : draw < 17 ? 5 : 7;
}

}  // namespace

Cluster::Cluster(const ClusterOptions& options, Tally& tally)
    : options_(options), tally_(tally), random_(options.seed), oracle_(0, tally) {
  const std::size_t voters = voters_for(options, random_);
  for (std::size_t i = 0; i < voters + 2; ++i) {
    servers_.emplace_back();
    servers_.back().disk = LogStore(options.bug, rewrite_from_bytes);
    if (i < voters) initial_.servers.push_back({Suffrage::voter, id_of(i), address_of(i)});
  }
  nodes_.assign(servers_.size(), nullptr);
  cuts_.assign(servers_.size() * servers_.size(), false);
  oracle_ = Oracle(servers_.size(), tally);

  // Vault's timings in small: the same order of sizes, fewer events between two elections.
  node_options_.heartbeat_timeout = node_options_.election_timeout = 1s;
  node_options_.leader_lease_timeout = 500ms;
  node_options_.commit_timeout = 120ms;
  node_options_.rpc_timeout = 1500ms;
  node_options_.snapshot_interval = Duration(random_.between(1, 10) * 1'000'000'000);
  node_options_.snapshot_threshold = random_.below(30) + 4;
  node_options_.trailing_logs = random_.below(8);
  node_options_.max_append_entries = random_.below(2) ? 64 : random_.below(4) + 1;
  node_options_.commit_to_log_end = node_options_.max_append_entries == 64;
  node_options_.snapshot_chunk_bytes = 50;
  node_options_.shutdown_on_remove = random_.below(2);
  node_options_.pre_vote = options.pre_vote;
  node_options_.log_level = options.story ? LogLevel::info : LogLevel::none;
  node_options_.bug = options.bug;

  for (std::size_t i = 0; i < voters; ++i) {
    const Prepared prepared = bootstrap({}, initial_);
    Write write;
    write.term = prepared.disk.term;
    write.entries = prepared.disk.entries;
    servers_[i].disk.append(write);
    servers_[i].disk.sync();
    oracle_.synced(i, write);
  }
  for (std::size_t i = 0; i < servers_.size(); ++i) boot(i);
  at(10ms, What::client, 0);
  at(1s, What::fault, 0);
}

void Cluster::boot(std::size_t server) {
  Server& s = servers_[server];
  if (s.node) return;
  ++s.life;
  DiskState disk = s.disk.recover();
  oracle_.recovered(server, disk);
  if (s.tail_left) tally_.note(Rare::restart_with_torn_tail);
  s.tail_left = false;
  node_options_.id = id_of(server);
  node_options_.address = address_of(server);
  s.node.emplace(node_options_, base::Random(random_.next()));
  nodes_[server] = &*s.node;
  step(server, Start{std::move(disk)});
}

void Cluster::crash(std::size_t server) {
  Server& s = servers_[server];
  if (!s.node) return;
  s.node.reset();
  nodes_[server] = nullptr;
  s.wake_at = Time::max();
  s.writing.reset();
  s.tail_left = s.disk.crash(random_);
  ++s.life;
  oracle_.died(server);
}

void Cluster::at(Duration delay, What what, std::size_t server, std::uint64_t life, std::uint32_t message) {
  queue_.push({now_ + delay, ++order_, what, static_cast<std::uint32_t>(server), life, message});
}

std::uint32_t Cluster::keep(Message message) {
  if (free_slots_.empty()) {
    slots_.push_back(std::move(message));
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  slots_[slot] = std::move(message);
  return slot;
}

void Cluster::step(std::size_t server, Event event) {
  Server& s = servers_[server];
  const Role before = s.node->role();
  ++tally_.events;
  effects_.clear();
  s.node->step(std::move(event), now_, effects_);
  Effects effects = std::move(effects_);
  effects_ = {};
  if (options_.story)
    for (const LogLine& line : effects.log)
      *options_.story << base::to_seconds(now_.time_since_epoch()) << " n" << server << ' ' << line.text
                      << '\n';
  note_rare(server, effects, before);
  carry_out(server, effects);
}

// In an order that the contract allows: apply, send, then write.
void Cluster::carry_out(std::size_t server, Effects& effects) {
  Server& s = servers_[server];
  Node& node = *s.node;
  if (effects.write) oracle_.wrote(server, node, *effects.write);
  if (effects.became == Role::leader) oracle_.became_leader(server, node, nodes_, now_);
  if (effects.restore) oracle_.restored(server, *effects.restore);
  for (const Entry& entry : effects.apply) oracle_.applied(server, node, entry);
  for (Message& message : effects.messages) {
    oracle_.sent(server, node, message);
    transmit(server, std::move(message));
  }
  for (const Outcome& outcome : effects.outcomes) answer(server, outcome);
  oracle_.after_step(server, node, nodes_, now_);
  s.wake_at = effects.wake_at.value_or(Time::max());
  if (effects.write) {
    s.disk.append(*effects.write);
    s.writing = std::move(*effects.write);
    const Duration delay = s.sync_delay.count()
                               ? Duration(random_.below(static_cast<std::uint64_t>(s.sync_delay.count())))
                               : Duration(random_.below(2'000'000));
    at(delay, What::synced, server, s.life);
  }
  if (effects.want_snapshot && node.applied_index() > 0) {
    const auto& view = oracle_.view(server);
    if (!node.write_under_way()) step(server, TakeSnapshot{0, view.applied, snapshot_bytes(view.digest)});
  }
  if (!effects.panic.empty() || effects.shut_down) {
    crash(server);
    at(Duration(random_.between(600, 3000) * 1'000'000), What::restart, server);
  }
}

void Cluster::answer(std::size_t server, const Outcome& outcome) {
  const Question question = questions_[outcome.ticket - 1];
  const bool good = outcome.error.empty();
  switch (question.what) {
    case Asked::write:
      if (good) oracle_.acknowledged(outcome.index);
      break;
    case Asked::verify:
      if (!good || question.life != servers_[server].life) break;
      oracle_.read_served(server, question.must_see);
      tally_.note(Rare::verified_read);
      break;
    case Asked::membership:
    case Asked::promotion:
      if (good && partitioned()) tally_.note(Rare::membership_change_under_partition);
      break;
    case Asked::transfer:
      tally_.note(good ? Rare::transfer_that_succeeds : Rare::transfer_that_fails);
      break;
    case Asked::restore:
      if (!good) throw Violation(Invariant::restored_everywhere, ": refused, " + outcome.error);
      restored_from_outside_ = true;
      break;
    case Asked::other:
      break;
  }
}

void Cluster::transmit(std::size_t from, Message message) {
  const std::size_t to = Oracle::index_of(message.to);
  const bool request = !is_reply(message);
  const std::uint64_t life = servers_[from].life;
  if (cut_between(from, to) || random_.below(100) < loss_) {
    // A broken connection tells the caller, a black hole does not.
    if (request && random_.below(2))
      at(Duration(random_.between(1, 60) * 1'000'000), What::call_failed, from, life,
         keep(std::move(message)));
    return;
  }
  const auto flight = [&] {
    return Duration(500'000) + Duration(random_.below(static_cast<std::uint64_t>(delay_.count())));
  };
  // A call to take over is never repeated by a connection; everything else must stand it.
  if (random_.below(100) < duplication_ && !std::holds_alternative<TimeoutNowRequest>(message.body))
    at(flight() * 3, What::deliver, to, 0, keep(message));
  at(flight(), What::deliver, to, life, keep(std::move(message)));
}

void Cluster::happen(const Happening& h) {
  Server& s = servers_[h.server];
  switch (h.what) {
    case What::deliver: {
      Message message = std::move(slots_[h.message]);
      free_slots_.push_back(h.message);
      const std::size_t from = Oracle::index_of(message.from);
      if (!s.node) {
        if (!is_reply(message) && h.life == servers_[from].life && !cut_between(h.server, from))
          at(1ms, What::call_failed, from, h.life, keep(std::move(message)));
        return;
      }
      oracle_.received(h.server, message);
      return step(h.server, Receive{std::move(message)});
    }
    case What::call_failed: {
      const std::uint64_t call = slots_[h.message].call;
      free_slots_.push_back(h.message);
      if (s.node && s.life == h.life) step(h.server, CallFailed{call, "connection reset"});
      return;
    }
    case What::synced: {
      if (!s.node || s.life != h.life || !s.writing) return;
      const Write write = std::move(*s.writing);
      s.writing.reset();
      if (s.disk_full && (write.term || write.vote || !write.entries.empty() || write.snapshot)) {
        s.disk.abandon();
        tally_.note(write.vote ? Rare::disk_full_in_an_election : Rare::disk_refuses_entries);
        return step(h.server, StorageDone{write.id, "no space left on device"});
      }
      s.disk.sync();
      oracle_.synced(h.server, write);
      return step(h.server, StorageDone{write.id, ""});
    }
    case What::client:
      return client();
    case What::fault:
      return fault();
    case What::restart:
      if (!s.stays_down) boot(h.server);
      return;
    case What::unfill:
      s.disk_full = false;
      return;
  }
}

bool Cluster::advance(Time until) {
  std::size_t sleeper = 0;
  for (std::size_t i = 1; i < servers_.size(); ++i)
    if (servers_[i].wake_at < servers_[sleeper].wake_at) sleeper = i;
  const Time wake = servers_[sleeper].wake_at;
  const Time next = queue_.empty() ? Time::max() : queue_.top().at;
  if (std::min(wake, next) > until) return false;
  if (wake < next) {
    now_ = std::max(now_, wake);
    servers_[sleeper].wake_at = Time::max();
    step(sleeper, Tick{});
    return true;
  }
  const Happening happening = queue_.top();
  queue_.pop();
  now_ = happening.at;
  happen(happening);
  return true;
}

void Cluster::run() {
  const Time end = now_ + options_.chaos;
  while (advance(end)) {
  }
  now_ = end;
  heal();
  check_liveness();
}

}  // namespace squall::vault::raft::test
