// The situations that Ongaro's dissertation ("Consensus: Bridging Theory and Practice", 2014) and etcd's
// raft_paper_test name, each under its name, on single nodes fed by hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/raft/single.hpp"

namespace squall::vault::raft::test {
namespace {

// Section 3.3: terms.

TEST(RaftPaper, FollowerUpdatesTermFromMessage) {
  Single s(3, {{1, 1}});
  s.append("n1", 4, 1, 1, {});
  EXPECT_EQ(s.node.term(), 4u);
  EXPECT_EQ(s.node.role(), Role::follower);
}

TEST(RaftPaper, CandidateUpdatesTermFromMessage) {
  Single s(3, {{1, 1}});
  s.campaign();
  s.append("n1", 9, 1, 1, {});
  EXPECT_EQ(s.node.role(), Role::follower);
  EXPECT_EQ(s.node.term(), 9u);
}

TEST(RaftPaper, LeaderUpdatesTermFromMessage) {
  Single s(3, {{1, 1}});
  s.lead();
  s.append("n1", s.node.term() + 1, 1, 1, {});
  EXPECT_EQ(s.node.role(), Role::follower);
}

TEST(RaftPaper, RejectStaleTermMessage) {
  Single s(3, {{1, 1}, {2, 3}}, 3);
  const auto reply = s.append("n1", 2, 2, 3, {{3, 2}});
  EXPECT_FALSE(reply.success);
  EXPECT_EQ(reply.term, 3u);
  EXPECT_EQ(s.node.last_index(), 2u);
}

// Section 3.4: leader election.

TEST(RaftPaper, StartAsFollower) { EXPECT_EQ(Single(3, {{1, 1}}).node.role(), Role::follower); }

TEST(RaftPaper, FollowerStartElection) {
  Single s(3, {{1, 1}});
  s.campaign();
  EXPECT_EQ(s.node.role(), Role::candidate);
  EXPECT_EQ(s.node.term(), 2u);
  EXPECT_EQ(s.node.vote(), (Vote{2, "n0:8201"}));
  EXPECT_EQ(s.sent<VoteRequest>().size(), 2u);
}

TEST(RaftPaper, CandidateStartNewElection) {
  Single s(3, {{1, 1}});
  s.campaign();
  s.tick();
  EXPECT_EQ(s.node.term(), 3u);
  EXPECT_EQ(s.node.role(), Role::candidate);
}

TEST(RaftPaper, LeaderElectionInOneRoundRPC) {
  struct Case {
    std::size_t servers, granted;
    Role role;
  };
  for (const Case& c : {Case{1, 0, Role::leader}, Case{3, 1, Role::leader}, Case{5, 2, Role::leader},
                        Case{5, 4, Role::leader}, Case{3, 0, Role::candidate}, Case{5, 1, Role::candidate}}) {
    Single s(c.servers, {{1, 1}});
    s.campaign();
    const auto requests = s.sent<VoteRequest>();
    for (std::size_t i = 0; i < c.granted; ++i) s.answer(requests[i], VoteReply{2, true});
    EXPECT_EQ(s.node.role(), c.role) << c.servers << " servers, " << c.granted << " granted";
  }
}

TEST(RaftPaper, VotesOfOneServerCountOnce) {
  Single s(5, {{1, 1}});
  s.campaign();
  const auto requests = s.sent<VoteRequest>();
  s.answer(requests[0], VoteReply{2, true});
  s.answer(requests[0], VoteReply{2, true});
  EXPECT_EQ(s.node.role(), Role::candidate);
}

TEST(RaftPaper, AVoteOfAnEarlierCampaignDoesNotCount) {
  Single s(3, {{1, 1}});
  s.campaign();
  const auto late = s.sent<VoteRequest>();
  s.tick();
  s.answer(late[0], VoteReply{2, true});
  EXPECT_EQ(s.node.role(), Role::candidate);
}

TEST(RaftPaper, FollowerVote) {
  Single s(3, {{1, 1}});
  EXPECT_TRUE(s.ask_vote("n1", 2, 1, 1).granted);
  EXPECT_TRUE(s.ask_vote("n1", 2, 1, 1).granted) << "the same candidate again";
  EXPECT_FALSE(s.ask_vote("n2", 2, 1, 1).granted) << "first come, first served";
}

TEST(RaftPaper, AVoteSurvivesARestart) {
  Single s(3, {{1, 1}});
  s.ask_vote("n1", 2, 1, 1);
  s.restart();
  EXPECT_FALSE(s.ask_vote("n2", 2, 1, 1).granted);
}

TEST(RaftPaper, CandidateFallback) {
  Single s(3, {{1, 1}});
  s.campaign();
  s.append("n2", s.node.term(), 1, 1, {});
  EXPECT_EQ(s.node.role(), Role::follower);
  EXPECT_EQ(s.node.leader_id(), "n2");
}

TEST(RaftPaper, ElectionTimeoutsAreRandomizedBetweenOneAndTwo) {
  std::vector<Duration> waits;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Single s(3, {{1, 1}}, 1, seed);
    waits.push_back(s.wake_at() - s.now);
    EXPECT_GE(waits.back(), 5s);
    EXPECT_LT(waits.back(), 10s);
  }
  std::sort(waits.begin(), waits.end());
  EXPECT_EQ(std::unique(waits.begin(), waits.end()), waits.end());
}

// Section 3.6.1: who may be elected. (index, term) of the voter's and the candidate's last entry.

TEST(RaftPaper, VoterChecksWhoseLogIsMoreUpToDate) {
  struct Case {
    std::vector<std::pair<Index, Term>> ours;
    Index index;
    Term term;
    bool granted;
  };
  const Case cases[] = {
      {{{1, 1}}, 1, 1, true},
      {{{1, 1}}, 2, 1, true},
      {{{1, 1}, {2, 1}}, 1, 1, false},
      {{{1, 1}}, 1, 2, true},
      {{{1, 1}}, 2, 2, true},
      {{{1, 1}, {2, 1}}, 1, 2, true},
      {{{1, 1}, {2, 2}}, 2, 1, false},
      {{{1, 1}, {2, 2}}, 3, 1, false},
      {{{1, 1}, {2, 2}, {3, 2}}, 2, 1, false},
  };
  for (const Case& c : cases) {
    Single s(3, c.ours, 2);
    EXPECT_EQ(s.ask_vote("n1", 3, c.index, c.term).granted, c.granted) << c.index << ' ' << c.term;
  }
}

// Section 3.5: log replication.

TEST(RaftPaper, LeaderStartReplicationOnlyWhenItsOwnDiskHasTheEntry) {
  Single s(3, {{1, 1}});
  s.lead();
  s.acknowledge("n1");
  s.messages.clear();
  s.hold_disk = true;
  s.propose("x");
  for (const Message& m : s.sent<AppendRequest>())
    EXPECT_TRUE(std::get<AppendRequest>(m.body).entries.empty());
  s.messages.clear();
  s.release_disk();
  EXPECT_FALSE(s.sent<AppendRequest>().empty());
}

TEST(RaftPaper, LeaderCommitEntryByMajority) {
  for (const std::size_t servers : {std::size_t{3}, std::size_t{5}}) {
    Single s(servers, {{1, 1}});
    s.lead();
    const Index noop = s.node.last_index();
    std::size_t acks = 0;
    for (std::size_t i = 1; i < servers && s.node.commit_index() < noop; ++i, ++acks)
      s.acknowledge("n" + std::to_string(i));
    EXPECT_EQ(acks, servers / 2);
    EXPECT_EQ(s.node.commit_index(), noop);
  }
}

TEST(RaftPaper, FollowerCommitEntry) {
  Single s(3, {{1, 1}});
  s.append("n1", 2, 1, 1, {{2, 2}, {3, 2}}, 2);
  EXPECT_EQ(s.node.commit_index(), 2u);
  EXPECT_EQ(s.node.applied_index(), 2u);
  s.append("n1", 2, 3, 2, {}, 3);
  EXPECT_EQ(s.node.commit_index(), 3u);
}

TEST(RaftPaper, FollowerCheckPreviousEntry) {
  Single s(3, {{1, 1}, {2, 2}}, 2);
  EXPECT_TRUE(s.append("n1", 2, 2, 2, {}).success);
  EXPECT_FALSE(s.append("n1", 2, 2, 1, {}).success) << "of another term";
  const auto missing = s.append("n1", 2, 3, 3, {});
  EXPECT_FALSE(missing.success);
  EXPECT_EQ(missing.last_log, 2u);
  EXPECT_TRUE(missing.no_retry_backoff);
}

TEST(RaftPaper, FollowerAppendEntriesDeletesConflictsAndKeepsAgreement) {
  Single s(3, {{1, 1}, {2, 2}, {3, 2}}, 2);
  s.append("n1", 3, 1, 1, {{2, 2}});  // repeated: nothing behind it is cut
  EXPECT_EQ(s.node.last_index(), 3u);
  s.append("n1", 3, 1, 1, {{2, 3}});
  EXPECT_EQ(s.node.last_index(), 2u);
  EXPECT_EQ(s.node.last_term(), 3u);
}

// Figure 3.6 (figure 7 of the paper): a leader of term 8 with log 1 1 1 4 4 5 5 6 6 6 brings any of six
// followers to its own log.
TEST(RaftPaper, Figure7LeaderSyncFollowerLog) {
  const std::vector<Term> leader{1, 1, 1, 4, 4, 5, 5, 6, 6, 6};
  const std::vector<std::vector<Term>> followers{
      {1, 1, 1, 4, 4, 5, 5, 6, 6},          {1, 1, 1, 4},          {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6},
      {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}, {1, 1, 1, 4, 4, 4, 4}, {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3},
  };
  const auto log_of = [](const std::vector<Term>& terms) {
    std::vector<std::pair<Index, Term>> out;
    for (Term term : terms) out.emplace_back(out.size() + 1, term);
    return out;
  };
  for (const auto& terms : followers) {
    Single lead(3, log_of(leader), 7), follow(3, log_of(terms), 7);
    follow.rename("n1");
    lead.lead();
    lead.converse(follow);
    ASSERT_EQ(follow.node.last_index(), lead.node.last_index());
    for (Index i = 1; i <= lead.node.last_index(); ++i)
      EXPECT_EQ(follow.node.log().find(i)->term, lead.node.log().find(i)->term) << "entry " << i;
  }
}

// Figure 3.7 (figure 8 of the paper): an entry of an old term on a majority is not committed by counting; an
// entry of the leader's own term commits it too.
TEST(RaftPaper, Figure8LeaderOnlyCommitsLogFromCurrentTerm) {
  Single s(5, {{1, 1}, {2, 2}}, 3);
  s.options.max_append_entries = 1;
  s.restart();
  s.lead();
  for (const char* peer : {"n1", "n2", "n3"}) s.acknowledge_up_to(peer, 2);
  EXPECT_EQ(s.node.commit_index(), 0u);
  for (const char* peer : {"n1", "n2"}) s.acknowledge(peer);
  EXPECT_EQ(s.node.commit_index(), 3u);
}

// Section 4: membership.

TEST(RaftPaper, AChangeOfMembershipWaitsForTheOneBefore) {
  Single s(3, {{1, 1}});
  s.lead();
  s.change({ChangeCommand::add_nonvoter, "n5", "n5:8201", 0});
  EXPECT_EQ(s.node.latest_configuration_index(), 1u) << "the term has committed nothing yet";
  s.acknowledge("n1");
  EXPECT_EQ(s.node.latest_configuration_index(), 3u);
  s.change({ChangeCommand::add_nonvoter, "n6", "n6:8201", 0});
  EXPECT_EQ(s.node.latest_configuration_index(), 3u);
  s.acknowledge("n1");
  EXPECT_EQ(s.node.latest_configuration_index(), 4u);
}

TEST(RaftPaper, ALeaderThatRemovesItselfLeavesWhenThatIsCommitted) {
  Single s(3, {{1, 1}});
  s.lead();
  s.acknowledge("n1");
  s.change({ChangeCommand::remove_server, "n0", "", 0});
  s.acknowledge("n1");
  EXPECT_EQ(s.node.role(), Role::leader) << "it does not count itself any more: two of two are needed";
  s.acknowledge("n2");
  EXPECT_EQ(s.node.role(), Role::follower);
  EXPECT_TRUE(s.shut_down);
}

TEST(RaftPaper, ARemovedServerIsRefusedAVote) {
  Single s(3, {{1, 1}});
  EXPECT_FALSE(s.ask_vote("n9", 5, 9, 9).granted);
  EXPECT_EQ(s.node.term(), 1u) << "and its term does not count";
}

// Section 6.4: reads, and 4.2.3: who is disturbed.

TEST(RaftPaper, AServerWithALeaderRefusesItsVoteBeforeItLooksAtTheTerm) {
  Single s(3, {{1, 1}});
  s.append("n1", 2, 1, 1, {});
  EXPECT_FALSE(s.ask_vote("n2", 7, 9, 9).granted);
  EXPECT_EQ(s.node.term(), 2u);
  EXPECT_TRUE(s.ask_vote("n2", 7, 9, 9, true).granted) << "unless leadership is handed over";
}

TEST(RaftPaper, OnlyAnAnswerToALaterHeartbeatVerifiesALeader) {
  for (const Bug bug : {Bug::none, Bug::verify_counts_old_heartbeats}) {
    Single s(3, {{1, 1}}, 1, 7, bug);
    s.lead();
    s.acknowledge("n1");
    s.tick_until([&] { return !s.heartbeats().empty(); });
    const Message early = s.heartbeats().front();
    s.messages.clear();
    const Ticket ticket = s.verify();
    s.answer(early, AppendReply{s.node.term(), 1, true, false});
    EXPECT_EQ(s.done(ticket), bug != Bug::none) << "an answer to a heartbeat sent before proves nothing";
  }
}

TEST(RaftPaper, PreVoteLeavesTheTermAlone) {
  Single s(3, {{1, 1}}, 1, 1, Bug::none, true);
  s.campaign();
  EXPECT_EQ(s.node.term(), 1u);
  for (int i = 0; i < 5; ++i) s.tick();
  EXPECT_EQ(s.node.term(), 1u) << "alone, it never gets to a campaign";
}

TEST(RaftPaper, ALeaderWithoutAQuorumStepsDownWithinItsLease) {
  Single s(3, {{1, 1}});
  s.lead();
  const Time since = s.now;
  s.tick_until([&] { return s.node.role() != Role::leader; });
  EXPECT_LE(s.now - since, 2600ms);
}

// The library commits up to the end of its log on the word of a request that ends before the logs part.
TEST(RaftPaper, CommitToTheEndOfTheLogIsUnsafeWhenARequestEndsEarly) {
  for (const bool as_library : {true, false}) {
    Single s(3, {{1, 1}, {2, 1}, {3, 1}}, 1, 1, Bug::none, false, as_library);
    s.append("n1", 2, 1, 1, {{2, 1}}, 3);  // entry 3 of the leader is of term 2, and was not in this request
    EXPECT_EQ(s.node.commit_index(), as_library ? 3u : 2u);
  }
}

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

}  // namespace
}  // namespace squall::vault::raft::test
