// The loop: which event goes where, what must wait for the disk, and the entering and leaving of roles
// (hashicorp/raft raft.go: run, runFollower, processRPC; api.go: NewRaft).
#include "harness/vault/raft/node.hpp"

#include <algorithm>
#include <cassert>

namespace squall::vault::raft {
namespace {

// One thing to do for each alternative of a variant.
template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

constexpr Time never = Time::max();
constexpr std::size_t spare_max = 64;  // messages whose memory is kept

bool is_heartbeat(const Message& message) {
  auto* request = std::get_if<AppendRequest>(&message.body);
  return request && request->entries.empty() && request->prev_index == 0 && request->leader_commit == 0;
}

}  // namespace

Node::Node(Options options, base::Random random)
    : options_(std::move(options)),
      random_(random),
      latest_(std::make_shared<Configuration>()),
      committed_(latest_) {}

Effects Node::step(Event event, Time now) {
  Effects effects;
  step(std::move(event), now, effects);
  return effects;
}

void Node::step(Event event, Time now, Effects& effects) {
  if (stopped_) return;
  assert(now >= now_);
  now_ = now;
  out_ = &effects;
  if (must_wait(event)) {
    waiting_.push_back(std::move(event));
  } else {
    dispatch(event);
    if (auto* handled = std::get_if<Receive>(&event)) recycle(std::move(handled->message));
  }
  settle();
  while (!stopped_ && pending_ == Pending::none && !waiting_.empty()) {
    Event next = std::move(waiting_.front());
    waiting_.pop_front();
    dispatch(next);
    settle();
  }
  schedule();
  out_ = nullptr;
}

// While the disk writes, the library's main loop stands still; its heartbeat fast path and the goroutines
// that replicate to followers do not.
bool Node::must_wait(const Event& event) const {
  if (pending_ == Pending::none || std::holds_alternative<StorageDone>(event)) return false;
  if (std::holds_alternative<Tick>(event)) return false;  // tick() leaves alone what must wait
  if (role_ == Role::leader) {
    if (std::holds_alternative<CallFailed>(event)) return false;
    auto* receive = std::get_if<Receive>(&event);
    return !receive || !is_reply(receive->message);
  }
  const bool log_or_snapshot =
      pending_ == Pending::append || pending_ == Pending::install || pending_ == Pending::take;
  auto* receive = std::get_if<Receive>(&event);
  if (!receive || !log_or_snapshot || role_ != Role::follower) return true;
  return !is_heartbeat(receive->message) || std::get<AppendRequest>(receive->message.body).term != term_;
}

void Node::dispatch(Event& event) {
  std::visit(Overloaded{
                 [&](Start& e) { start(e); },
                 [&](Receive& e) { receive(e.message); },
                 [&](CallFailed& e) { call_failed(e); },
                 [&](Tick&) { tick(); },
                 [&](StorageDone& e) { storage_done(e); },
                 [&](Propose& e) { propose(e); },
                 [&](ChangeMembership& e) { change_membership(e); },
                 [&](TransferLeadership& e) { transfer_leadership(e); },
                 [&](TakeSnapshot& e) { take_snapshot(e); },
                 [&](RestoreSnapshot& e) { restore_snapshot(e); },
                 [&](VerifyLeader& e) { verify_leader(e); },
             },
             event);
}

void Node::receive(Message& message) {
  std::visit(Overloaded{
                 [&](AppendRequest&) { on_append(message); },
                 [&](AppendReply& e) { on_append_reply(message, e); },
                 [&](VoteRequest& e) { e.pre_vote ? on_pre_vote(message) : on_vote(message); },
                 [&](VoteReply& e) { on_vote_reply(message, e); },
                 [&](InstallRequest&) { on_install(message); },
                 [&](InstallReply& e) { on_install_reply(message, e); },
                 [&](TimeoutNowRequest&) { on_timeout_now(message); },
                 [&](TimeoutNowReply&) {
                   if (transfer_.active && transfer_.call == message.call) end_transfer("");
                 },
             },
             message.body);
}

void Node::start(Start& event) {
  term_ = event.disk.term;
  vote_ = event.disk.vote;
  snapshot_ = event.disk.snapshot;
  log_.assign(std::move(event.disk.entries));
  if (bug(Bug::term_from_log_on_restart)) term_ = log_.last_term();
  call_ = random_.next() >> 16;  // so that an answer to an earlier life of this node meets nobody
  if (snapshot_) {
    commit_ = applied_ = snapshot_->index;
    out_->restore = snapshot_;
  }
  rescan_configurations();
  if (logs(LogLevel::info))
    log(LogLevel::info, "initial configuration: index=", latest_index_, " servers=\"", describe(*latest_),
        "\"");
  snapshot_timer_ = now_ + random_between(options_.snapshot_interval);
  enter_role();
}

// The role may have changed while the event was handled; the old loop is left and the new one entered only
// now, as in the library, whose loops look at the state between two events.
void Node::settle() {
  if (step_down_ && loop_role_ == Role::leader && role_ == Role::leader && pending_ == Pending::none)
    set_role(Role::follower);
  while (!stopped_ && pending_ == Pending::none && (loop_role_ != role_ || run_again_)) {
    run_again_ = false;
    leave_role();
    loop_role_ = role_;
    enter_role();
  }
}

void Node::enter_role() {
  out_->became = role_;
  switch (role_) {
    case Role::follower:
      log(LogLevel::info, "entering follower state: follower=\"", self(),
          "\" leader-address=", leader_address_, " leader-id=", leader_id_);
      warned_ = false;
      role_timer_ = now_ + random_between(options_.heartbeat_timeout *
                                          (contacted_ ? 1 : options_.first_timeout_multiplier));
      return;
    case Role::candidate:
      return campaign();
    case Role::leader:
      return lead();
  }
}

void Node::leave_role() {
  if (loop_role_ == Role::candidate) candidate_from_transfer_ = false;
  if (loop_role_ == Role::leader) leave_leadership();
}

void Node::set_role(Role role) {
  set_leader("", "");
  role_ = role;
}

void Node::set_leader(const std::string& address, const std::string& id) {
  if (leader_address_ != address) leader_address_ = address;
  if (leader_id_ != id) leader_id_ = id;
}

void Node::tick() {
  if (pending_ != Pending::none && role_ != Role::leader) return;
  switch (role_) {
    case Role::follower:
      follower_tick();
      break;
    case Role::candidate:
      candidate_tick();
      break;
    case Role::leader:
      leader_tick();
      break;
  }
  if (now_ < snapshot_timer_) return;
  snapshot_timer_ = now_ + random_between(options_.snapshot_interval);
  const Index since = snapshot_ ? snapshot_->index : 0;
  if (log_.last_index() >= since + options_.snapshot_threshold) out_->want_snapshot = true;
}

// The earliest of all timers.
void Node::schedule() {
  if (stopped_) return;
  Time at = snapshot_timer_;
  const bool main_loop = pending_ == Pending::none;
  if (main_loop) at = std::min(at, role_timer_);
  if (role_ == Role::leader && loop_role_ == Role::leader) {
    for (const Peer& peer : peers_) {
      if (peer.stopped) continue;
      const Time send =
          peer.call ? peer.sent_at + options_.rpc_timeout : std::max(peer.commit_at, peer.retry_at);
      const Time beat =
          peer.heartbeat_call ? peer.heartbeat_sent_at + options_.rpc_timeout : peer.heartbeat_at;
      at = std::min({at, send, beat});
      if (!peer.in_flight.empty()) at = std::min(at, peer.in_flight.front().at + options_.rpc_timeout);
    }
    if (transfer_.active) at = std::min(at, transfer_.deadline);
  } else if (!main_loop) {
    at = never;
  }
  if (at != never) out_->wake_at = at;
}

void Node::stop(std::string panic) {
  stopped_ = true;
  out_->panic = std::move(panic);
  log(LogLevel::error, out_->panic);
}

Index Node::last_index() const { return std::max(log_.last_index(), snapshot_ ? snapshot_->index : 0); }

Term Node::last_term() const {
  if (snapshot_ && snapshot_->index > log_.last_index()) return snapshot_->term;
  return log_.last_term();
}

void Node::apply_to(Index index) {
  if (index <= applied_) {
    log(LogLevel::warn, "skipping application of old log: index=", index);
    return;
  }
  for (Index i = applied_ + 1; i <= index; ++i) {
    const Entry* entry = log_.find(i);
    assert(entry || (bugs_can_be_planted && options_.bug != Bug::none));
    if (entry) out_->apply.push_back(*entry);
  }
  applied_ = index;
}

Message& Node::compose(const std::string& to, const std::string& address, std::uint64_t call) {
  if (out_->spare.empty()) {
    out_->messages.emplace_back();
  } else {
    out_->messages.push_back(std::move(out_->spare.back()));
    out_->spare.pop_back();
  }
  Message& message = out_->messages.back();
  message.from = options_.id;
  message.from_address = options_.address;
  message.to = to;
  message.to_address = address;
  message.call = call;
  return message;
}

// Keeps the memory of a message that was handled, but not what it held. One that waits for the disk was moved
// from, and comes when it was handled.
void Node::recycle(Message&& message) {
  if (message.from.empty() || out_->spare.size() >= spare_max) return;
  if (auto* append = std::get_if<AppendRequest>(&message.body); append && append->entries.capacity() > 0) {
    append->entries.clear();
    out_->spare_entries.push_back(std::move(append->entries));
  }
  message.body = TimeoutNowReply{};
  out_->spare.push_back(std::move(message));
}

void Node::reply(const Message& to, Body body) {
  compose(to.from, to.from_address, to.call).body = std::move(body);
}

std::uint64_t Node::send(const Server& to, Body body) {
  compose(to.id, to.address, ++call_).body = std::move(body);
  return call_;
}

void Node::outcome(Ticket ticket, Index index, std::string error) {
  if (ticket) out_->outcomes.push_back({ticket, index, std::move(error)});
}

std::string Node::self() const {
  return "Node at " + options_.address + " [" + std::string(role_name(role_)) + "]";
}

Duration Node::random_between(Duration timeout) {
  return timeout + Duration(random_.below(static_cast<std::uint64_t>(timeout.count())));
}

}  // namespace squall::vault::raft
