// What goes wrong in the workbench, and what the clients and the operator do meanwhile.
#include <algorithm>

#include "tests/raft/cluster.hpp"

namespace squall::vault::raft::test {

std::optional<std::size_t> Cluster::leader() const {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i] && nodes_[i]->role() == Role::leader &&
        (!best || nodes_[i]->term() > nodes_[*best]->term()))
      best = i;
  return best;
}

bool Cluster::partitioned() const { return std::find(cuts_.begin(), cuts_.end(), true) != cuts_.end(); }

void Cluster::note_rare(std::size_t server, const Effects& effects, Role before) {
  const Node& node = *servers_[server].node;
  if (effects.restore && before == Role::follower && node.commit_index() > 0 && node.last_contact() == now_)
    tally_.note(Rare::snapshot_while_lagging);
  if (effects.shut_down) tally_.note(Rare::leader_removes_itself);
  if (effects.became == Role::candidate) {
    if (before == Role::candidate)
      for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (i != server && nodes_[i] && nodes_[i]->role() == Role::candidate &&
            nodes_[i]->term() == node.term())
          tally_.note(Rare::split_vote);
    const auto lead = leader();
    if (lead && !has_vote(nodes_[*lead]->latest_configuration(), node.options().id))
      tally_.note(Rare::removed_server_campaigns);
  }
  if (before == Role::leader && effects.became == Role::follower && partitioned())
    tally_.note(Rare::leader_deposed_by_lost_quorum);
  for (const Message& message : effects.messages) {
    auto* vote = std::get_if<VoteReply>(&message.body);
    if (vote && vote->granted && !effects.write && node.last_contact() != now_)
      tally_.note(Rare::duplicate_vote_request);
  }
}

void Cluster::client() {
  if (chaos_) at(Duration(random_.between(20, 250) * 1'000'000), What::client, 0);
  // Mostly whoever leads, at times whoever believes to, at times anybody.
  std::vector<std::size_t> believers;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i] && nodes_[i]->role() == Role::leader) believers.push_back(i);
  std::size_t server = any();
  if (!believers.empty() && random_.below(10)) server = believers[random_.below(believers.size())];
  if (!nodes_[server]) return;
  const std::size_t burst = random_.below(8) ? 1 : random_.below(12) + 1;
  for (std::size_t i = 0; i < burst && nodes_[server]; ++i) {
    const Ticket ticket = ask(Asked::write, server);
    step(server, Propose{ticket, std::make_shared<const std::string>("w" + std::to_string(ticket) +
                                                                     std::string(random_.below(120), '+'))});
  }
  for (std::size_t believer : believers) read(believer);
}

void Cluster::read(std::size_t server) {
  if (!nodes_[server]) return;
  if (nodes_[server]->holds_lease(now_)) {
    oracle_.read_served(server, oracle_.last_acknowledged());
    tally_.note(Rare::lease_read);
  }
  if (random_.below(3) == 0) step(server, VerifyLeader{ask(Asked::verify, server)});
}

void Cluster::cut() {
  std::fill(cuts_.begin(), cuts_.end(), false);
  const std::size_t count = servers_.size();
  switch (random_.below(5)) {
    case 0:
      return;  // everything is connected again
    case 1: {  // one server alone, often the leader
      const std::size_t alone = random_.below(2) ? leader().value_or(any()) : any();
      for (std::size_t i = 0; i < count; ++i)
        cuts_[alone * count + i] = cuts_[i * count + alone] = i != alone;
      return;
    }
    case 2: {  // two halves
      std::vector<bool> side(count);
      for (std::size_t i = 0; i < count; ++i) side[i] = random_.below(2);
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < count; ++j) cuts_[i * count + j] = side[i] != side[j];
      return;
    }
    case 3:  // single links, one way
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t from = any(), to = any();
        if (from != to) cuts_[from * count + to] = true;
      }
      return;
    case 4: {  // one server hears nothing, or is not heard
      const std::size_t deaf = leader().value_or(any());
      const bool hears = random_.below(2);
      for (std::size_t i = 0; i < count; ++i)
        if (i != deaf) cuts_[hears ? deaf * count + i : i * count + deaf] = true;
      return;
    }
  }
}

void Cluster::change_membership() {
  const auto lead = leader();
  if (!lead) return;
  const std::size_t target = any();
  const Configuration& now = nodes_[*lead]->latest_configuration();
  const std::string id = "n" + std::to_string(target), address = id + ":8201";
  const auto* known = find_server(now, id);
  Change change{ChangeCommand::add_nonvoter, id, address, 0};
  Asked what = Asked::membership;
  if (known && known->suffrage == Suffrage::nonvoter) {
    change.command = ChangeCommand::add_voter;
    what = Asked::promotion;
  } else if (known) {
    if (voter_count(now) <= 2) return;
    change.command = random_.below(3) ? ChangeCommand::remove_server : ChangeCommand::demote_voter;
  } else if (random_.below(3) == 0) {
    change.command = ChangeCommand::add_voter;
  }
  step(*lead, ChangeMembership{ask(what, *lead), change});
  if (!nodes_[*lead]) return;
  if (random_.below(4) == 0) {  // a second one at once: it has to wait
    const std::size_t other = any();
    const std::string second = "n" + std::to_string(other);
    const bool drop = has_vote(nodes_[*lead]->latest_configuration(), second) && voter_count(now) > 3;
    step(*lead, ChangeMembership{ask(Asked::membership, *lead),
                                 {drop ? ChangeCommand::remove_server : ChangeCommand::add_voter, second,
                                  second + ":8201", 0}});
  }
  if (nodes_[*lead] && random_.below(5) == 0) {
    if (what == Asked::promotion) tally_.note(Rare::nonvoter_promoted_while_leader_dies);
    crash(*lead);
    at(Duration(random_.between(600, 4000) * 1'000'000), What::restart, *lead);
  }
}

void Cluster::disturb_disk() {
  Server& s = servers_[any()];
  const std::size_t server = static_cast<std::size_t>(&s - servers_.data());
  if (random_.below(2)) {
    s.disk_full = true;
    at(Duration(random_.between(200, 3000) * 1'000'000), What::unfill, server);
  } else {
    s.sync_delay = random_.below(2) ? Duration(0) : Duration(random_.between(10, 900) * 1'000'000);
  }
}

void Cluster::fault() {
  if (!chaos_) return;
  at(Duration(random_.between(50, 1800) * 1'000'000), What::fault, 0);
  switch (random_.below(12)) {
    case 0:
    case 1:
    case 2:
      return cut();
    case 3:
    case 4:
    case 5: {
      const std::size_t victim = random_.below(2) ? leader().value_or(any()) : any();
      crash(victim);
      // Longer than the lease: a server that comes back has forgotten whom it followed.
      at(Duration(random_.between(600, 4000) * 1'000'000), What::restart, victim);
      return;
    }
    case 6:
      loss_ = static_cast<std::uint32_t>(random_.below(3) ? 0 : random_.below(30));
      duplication_ = static_cast<std::uint32_t>(random_.below(20));
      delay_ = random_.below(3) ? 5ms : Duration(random_.between(1, 300) * 1'000'000);
      return;
    case 7:
      return disturb_disk();
    case 8:
    case 9:
      return change_membership();
    case 10: {
      const auto lead = leader();
      if (!lead) return;
      const std::string target = random_.below(2) ? "" : "n" + std::to_string(any());
      return step(*lead, TransferLeadership{ask(Asked::transfer, *lead), target});
    }
    case 11: {
      const std::size_t server = any();
      if (!nodes_[server]) return;
      const auto& view = oracle_.view(server);
      return step(server, TakeSnapshot{ask(Asked::other, server), view.applied, snapshot_bytes(view.digest)});
    }
  }
}

}  // namespace squall::vault::raft::test
