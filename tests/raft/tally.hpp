// How often each rare state was reached. A run that never reaches one has not tested it, and fails.
#pragma once
#include <array>
#include <cstdint>
#include <ostream>
#include <string_view>

namespace squall::vault::raft::test {

enum class Rare : std::size_t {
  split_vote,
  truncation_of_three_or_more,
  snapshot_while_lagging,
  membership_change_under_partition,
  transfer_that_fails,
  transfer_that_succeeds,
  nonvoter_promoted_while_leader_dies,
  disk_full_in_an_election,
  disk_refuses_entries,
  restart_with_torn_tail,
  leader_removes_itself,
  leader_deposed_by_lost_quorum,
  removed_server_campaigns,
  duplicate_vote_request,
  old_term_entry_committed_with_new,
  lease_read,
  verified_read,
  nobody_electable,
  snapshot_from_outside,
  count
};

constexpr std::array<std::string_view, static_cast<std::size_t>(Rare::count)> rare_names = {
    "split vote",
    "truncation of three or more entries",
    "snapshot while lagging",
    "change of membership under partition",
    "transfer that fails",
    "transfer that succeeds",
    "non-voter promoted while the leader dies",
    "disk full in an election",
    "disk refuses entries",
    "restart with a torn tail",
    "leader removes itself",
    "leader deposed by lost quorum",
    "removed server campaigns",
    "duplicate vote request",
    "old term's entry committed with a new one",
    "read from a lease",
    "read after verification",
    "nobody electable by the library's rules",
    "snapshot from outside restored",
};

class Tally {
 public:
  void note(Rare rare) { ++counts_[static_cast<std::size_t>(rare)]; }
  std::uint64_t count(Rare rare) const { return counts_[static_cast<std::size_t>(rare)]; }
  void add(const Tally& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    events += other.events;
  }
  void print(std::ostream& out) const {
    for (std::size_t i = 0; i < counts_.size(); ++i)
      out << "  " << rare_names[i] << ": " << counts_[i] << '\n';
    out << "  events: " << events << '\n';
  }

  std::uint64_t events = 0;

 private:
  std::array<std::uint64_t, static_cast<std::size_t>(Rare::count)> counts_{};
};

}  // namespace squall::vault::raft::test
