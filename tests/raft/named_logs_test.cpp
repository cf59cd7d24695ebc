// The situations of logs, membership and reads that Ongaro's dissertation and etcd's raft_paper_test name,
// each under its name, on single nodes fed by hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/raft/single.hpp"

namespace squall::vault::raft::test {
namespace {

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

TEST(RaftPaper, FollowerCheckMsgApp) {
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

// Section 6.4: reads.

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

}  // namespace
}  // namespace squall::vault::raft::test
