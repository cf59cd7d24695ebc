// The oracle itself: the invariants that no planted bug breaks are broken here by hand, one step after what
// is still allowed; and every invariant is broken by one or the other.
#include "tests/raft/oracle.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/raft/planted_bugs.hpp"
#include "tests/raft/single.hpp"

namespace squall::vault::raft::test {
namespace {

struct ByHand {
  Invariant breaks;
  void (*allowed)(Oracle&, Single&);
  void (*then)(Oracle&, Single&);
};

ConfigurationPtr voters(std::initializer_list<const char*> ids) {
  auto configuration = std::make_shared<Configuration>();
  for (const char* id : ids)
    configuration->servers.push_back({Suffrage::voter, id, std::string(id) + ":8201"});
  return configuration;
}

Entry configuration_entry(Index index, ConfigurationPtr configuration) {
  return {index, 1, EntryType::configuration, nullptr, std::move(configuration)};
}

// Each begins with a lone server that leads its cluster of one, its vote on the disk.
const std::array by_hand = {
    ByHand{Invariant::leader_append_only,
           [](Oracle& oracle, Single& s) {
             Write more;
             more.entries = {{3, 2, EntryType::command, nullptr, nullptr}};
             oracle.wrote(0, s.node, more);
           },
           [](Oracle& oracle, Single& s) {
             Write cut;
             cut.truncate_from = 2;
             oracle.wrote(0, s.node, cut);
           }},
    // Allowed: the power goes while a snapshot takes the place of a log that contradicts it (seed 807239).
    ByHand{Invariant::disk_keeps_entries,
           [](Oracle& oracle, Single& s) {
             Write install;
             install.snapshot = std::make_shared<Snapshot>(Snapshot{1, 1, voters({"n0"}), 1, {}});
             install.drop_log = true;
             oracle.wrote(0, s.node, install);
             DiskState left = s.disk;
             left.entries.clear();
             left.snapshot = install.snapshot;
             oracle.recovered(0, left);
           },
           [](Oracle& oracle, Single& s) {
             oracle.recovered(0, s.disk);
             DiskState less = s.disk;
             less.entries.pop_back();
             oracle.recovered(0, less);
           }},
    ByHand{Invariant::one_leader_per_term,
           [](Oracle& oracle, Single& s) { oracle.became_leader(0, s.node, {&s.node}, s.now); },
           [](Oracle& oracle, Single& s) { oracle.became_leader(1, s.node, {&s.node}, s.now); }},
    ByHand{Invariant::snapshot_of_committed,
           [](Oracle& oracle, Single& s) {
             oracle.applied(0, s.node, configuration_entry(1, voters({"n0"})));
             Snapshot snapshot{1, 1, voters({"n0"}), 1, snapshot_bytes(oracle.digest())};
             oracle.restored(1, snapshot);
           },
           [](Oracle& oracle, Single&) {
             oracle.restored(1, Snapshot{2, 1, voters({"n0"}), 1, snapshot_bytes(oracle.digest())});
           }},
    ByHand{Invariant::configurations_overlap,
           [](Oracle& oracle, Single& s) {
             oracle.applied(0, s.node, configuration_entry(1, voters({"n0", "n1", "n2"})));
             oracle.applied(0, s.node, configuration_entry(2, voters({"n0", "n1", "n2", "n3"})));
           },
           [](Oracle& oracle, Single& s) {
             oracle.applied(0, s.node, configuration_entry(3, voters({"n0", "n1", "n4"})));
           }},
    ByHand{Invariant::lease_beside_newer_leader,
           [](Oracle& oracle, Single& s) { oracle.after_step(0, s.node, {&s.node}, s.now); },
           [](Oracle& oracle, Single& s) {
             Single newer(1, {{1, 1}}, 7);
             newer.lead();
             oracle.after_step(0, s.node, {&s.node, &newer.node}, s.now);
           }},
};

class BrokenByHand : public testing::TestWithParam<ByHand> {};

TEST_P(BrokenByHand, IsCaught) {
  Single s(1, {{1, 1}});
  s.lead();
  ASSERT_EQ(s.node.role(), Role::leader);
  ASSERT_TRUE(s.node.holds_lease(s.now));
  Tally tally;
  Oracle oracle(5, tally);
  Write vote;
  vote.term = s.node.term();
  vote.vote = s.node.vote();
  vote.entries = s.disk.entries;
  oracle.synced(0, vote);
  GetParam().allowed(oracle, s);
  try {
    GetParam().then(oracle, s);
    ADD_FAILURE() << "not caught";
  } catch (const Violation& violation) {
    EXPECT_EQ(name_of(violation.invariant), name_of(GetParam().breaks));
  }
}

INSTANTIATE_TEST_SUITE_P(Raft, BrokenByHand, testing::ValuesIn(by_hand), [](const auto& row) {
  return "Invariant" + std::to_string(static_cast<std::size_t>(row.param.breaks));
});

TEST(Invariants, EachIsBrokenByAPlantedBugOrByHand) {
  std::set<Invariant> broken;
  for (const Planted& one : planted) broken.insert(one.breaks);
  for (const ByHand& one : by_hand) broken.insert(one.breaks);
  for (std::size_t i = 0; i < invariant_names.size(); ++i)
    EXPECT_TRUE(broken.contains(static_cast<Invariant>(i)))
        << "a check that may not be able to fail: " << invariant_names[i];
}

}  // namespace
}  // namespace squall::vault::raft::test
