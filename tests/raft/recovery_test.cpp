// What comes from outside: a snapshot that is restored on a leader, and peers.json.
#include <gtest/gtest.h>

#include "harness/vault/raft/peers_json.hpp"
#include "tests/raft/cluster.hpp"
#include "tests/raft/single.hpp"

namespace squall::vault::raft::test {
namespace {

TEST(RaftRestore, ASnapshotFromOutsideLeavesAHoleBehindEverything) {
  for (const Index taken_at : {Index{2}, Index{100}}) {
    Single s(3, {{1, 1}, {2, 1}}, 1);
    s.lead();
    s.acknowledge("n1");
    const Index before = s.node.last_index();
    const Ticket lost = s.propose("aborted");
    s.messages.clear();
    const Ticket ticket = s.restore(taken_at, "state");
    const Index hole = std::max(before + 1, taken_at) + 1;
    ASSERT_TRUE(s.node.snapshot());
    EXPECT_EQ(s.node.snapshot()->index, hole);
    EXPECT_EQ(s.node.snapshot()->term, s.node.term());
    EXPECT_EQ(s.node.snapshot()->configuration_index, 1u) << "the latest configuration, not one from outside";
    EXPECT_EQ(s.node.applied_index(), hole);
    EXPECT_EQ(s.node.last_index(), hole + 1) << "an entry of its own behind the hole";
    EXPECT_EQ(s.restored, "state");
    EXPECT_EQ(s.outcomes[lost], "snapshot restored while committing log");
    EXPECT_FALSE(s.outcomes.contains(ticket));
    s.install_on("n1");
    EXPECT_TRUE(s.done(ticket)) << "a majority has the entry behind the snapshot";
    s.restart();
    EXPECT_EQ(s.node.last_index(), hole + 1);
    EXPECT_EQ(s.node.snapshot()->data, "state");
  }
}

TEST(RaftRestore, IsRefusedElsewhereThanOnALeaderAndWhileMembersChange) {
  Single s(3, {{1, 1}});
  EXPECT_EQ(s.outcomes[s.restore(1, "x")], "node is not the leader");
  s.lead();
  s.acknowledge("n1");
  s.change({ChangeCommand::add_nonvoter, "n5", "n5:8201", 0});
  EXPECT_EQ(s.outcomes[s.restore(1, "x")],
            "cannot restore snapshot now, wait until the configuration entry at 3 has been applied (have "
            "applied 1)");
  s.acknowledge("n1");
  s.step(TransferLeadership{99, "n1"});
  EXPECT_EQ(s.outcomes[s.restore(1, "x")], "leadership transfer in progress");
}

// Its answer was lost, and it took a snapshot: the leader does not know, and sends what lies behind that
// again. (Refused, as the library does, the leader goes back to the first entry and never gets past the
// snapshot if that holds more than a request does; seed 229620 of 3 servers.)
TEST(RaftSnapshot, AFollowerTakesWhatContinuesAnEntryBehindItsSnapshot) {
  Single s(3, {{1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}});
  s.append("n1", 1, 5, 1, {}, 5);
  s.snapshot_all("state");
  ASSERT_TRUE(s.node.log().empty());
  EXPECT_TRUE(s.append("n1", 1, 2, 1, {{3, 1}, {4, 1}}).success);
  EXPECT_TRUE(s.append("n1", 1, 4, 1, {{5, 1}, {6, 1}}).success);
  EXPECT_EQ(s.node.last_index(), 6u);
}

TEST(RaftSnapshot, ALeaderWithNothingButASnapshotSendsItToWhoLacksTheFirstEntry) {
  Single s(3, {{1, 1}});
  s.lead();
  s.acknowledge("n1");
  s.snapshot_all("state");
  ASSERT_TRUE(s.node.log().empty());
  for (int i = 0; i < 100 && s.sent<InstallRequest>().empty(); ++i) {
    for (const Message& request : s.take_messages())
      if (auto* append = std::get_if<AppendRequest>(&request.body); append && request.to == "n2")
        s.answer(request, AppendReply{s.node.term(), 0, append->prev_index == 0, append->prev_index != 0});
    s.tick();
  }
  EXPECT_FALSE(s.sent<InstallRequest>().empty());
}

// installSnapshot of the library leaves a candidate as it is unless the term is newer, and only a follower
// ever forgets its leader: once that leader is gone, this vote is lost to everybody.
TEST(RaftSnapshot, ACandidateThatIsSentOneByItsTermsLeaderRefusesItsVoteForEver) {
  Single s(3, {{1, 1}});
  s.campaign();
  ASSERT_EQ(s.node.role(), Role::candidate);
  s.receive("n1",
            InstallRequest{s.node.term(), 9, 1, s.node.log().find(1)->configuration, 1, 100, 0, "a piece"},
            7);
  EXPECT_EQ(s.node.role(), Role::candidate);
  EXPECT_EQ(s.node.leader_id(), "n1");
  for (int election = 0; election < 5; ++election) {
    const Term before = s.node.term();
    s.tick_until([&] { return s.node.term() > before; });
    EXPECT_FALSE(s.ask_vote("n2", s.node.term() + 1, 20, 1).granted);
  }
  EXPECT_TRUE(s.ask_vote("n1", s.node.term() + 1, 20, 1).granted) << "but for the leader itself";
}

// The second: a candidate learns that it has no vote any more, and stays a candidate.
TEST(RaftSnapshot, SearchesInWhichACandidateLocksAClusterUpSaySo) {
  for (const ClusterOptions& options :
       {ClusterOptions{.seed = 681172, .servers = 5}, {.seed = 296484, .servers = 3}}) {
    Tally tally;
    Cluster(options, tally).run();
    EXPECT_EQ(tally.count(Rare::nobody_electable), 1u) << options.seed;
  }
}

TEST(RaftRecovery, PeersJsonReplacesTheConfigurationAndCommitsTheLog) {
  Single s(3, {{1, 1}, {2, 1}, {3, 2}}, 2);
  const Configuration alone{{{Suffrage::voter, "n0", "n0:8201"}}};
  const auto bytes = [](const SnapshotPtr&, const std::vector<Entry>& log) {
    return std::to_string(log.size());
  };
  const Prepared recovered = recover_cluster(s.disk, alone, bytes);
  ASSERT_EQ(recovered.error, "");
  EXPECT_EQ(recovered.disk.snapshot->index, 3u);
  EXPECT_EQ(recovered.disk.snapshot->data, "3");
  EXPECT_TRUE(recovered.disk.entries.empty());
  s.disk = recovered.disk;
  s.restart();
  s.campaign();
  EXPECT_EQ(s.node.role(), Role::leader);
  EXPECT_EQ(recover_cluster({}, alone, bytes).error,
            "refused to recover cluster with no initial state, this is probably an operator error");
  EXPECT_EQ(bootstrap(s.disk, alone).error, "bootstrap only works on new clusters");
}

TEST(RaftRecovery, PeersJsonIsReadAsTheLibraryReadsIt) {
  const PeersJson read = parse_peers_json(
      R"([{"id": "n1", "address": "a:1"}, {"ID": "n2", "address": "b:1", "non_voter": false, "more": 1}] and so on)");
  EXPECT_EQ(read.error, "");
  EXPECT_EQ(read.configuration,
            (Configuration{{{Suffrage::voter, "n1", "a:1"}, {Suffrage::voter, "n2", "b:1"}}}));
}

TEST(RaftRecovery, APeersJsonThatIsWrongIsRefusedInVaultsWords) {
  const std::string failed = "raft recovery failed to parse peers.json: ";
  const std::pair<std::string, std::string> cases[] = {
      {"", "EOF"},
      {R"([{"id": "n1")", "unexpected EOF"},
      {"peers", "invalid character 'p' looking for beginning of value"},
      {"{}", "json: cannot unmarshal object into Go value of type []raft.configEntry"},
      {R"(["n1"])", "json: cannot unmarshal string into Go value of type raft.configEntry"},
      {R"([{"id": 7, "address": "a:1"}])",
       "json: cannot unmarshal number into Go struct field configEntry.id of type raft.ServerID"},
      {R"([{"id": "n1", "address": "a:1", "non_voter": "no"}])",
       "json: cannot unmarshal string into Go struct field configEntry.non_voter of type bool"},
      {"null", "need at least one voter in configuration: {[]}"},
      {R"([{"address": "a:1"}])", "empty ID in configuration: {[{Voter  a:1}]}"},
      {R"([{"id": "n1"}])", "empty address in configuration: {Voter n1 }"},
      {R"([{"id": "n1", "address": "a:1"}, {"id": "n1", "address": "b:1"}])",
       "found duplicate ID in configuration: n1"},
      {R"([{"id": "n1", "address": "a:1"}, {"id": "n2", "address": "a:1"}])",
       "found duplicate address in configuration: a:1"},
      {R"([{"id": "n1", "address": "a:1", "non_voter": true}])",
       "need at least one voter in configuration: {[{Nonvoter n1 a:1}]}"}};
  for (const auto& [bytes, why] : cases) EXPECT_EQ(parse_peers_json(bytes).error, failed + why) << bytes;
  EXPECT_EQ(parse_peers_json(
                R"([{"id": "n1", "address": "a:1"}, {"id": "n2", "address": "b:1", "non_voter": true}])")
                .error,
            "raft recovery failed to parse configuration for node \"n2\": setting `non_voter` is only "
            "supported in enterprise");
}

}  // namespace
}  // namespace squall::vault::raft::test
