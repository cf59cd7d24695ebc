// The situations of elections that Ongaro's dissertation ("Consensus: Bridging Theory and Practice", 2014)
// and etcd's raft_paper_test name, each under its name, on single nodes fed by hand. named_logs_test.cpp has
// the rest.
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

// Section 4.2.3: who is disturbed.

TEST(RaftPaper, AServerWithALeaderRefusesItsVoteBeforeItLooksAtTheTerm) {
  Single s(3, {{1, 1}});
  s.append("n1", 2, 1, 1, {});
  EXPECT_FALSE(s.ask_vote("n2", 7, 9, 9).granted);
  EXPECT_EQ(s.node.term(), 2u);
  EXPECT_TRUE(s.ask_vote("n2", 7, 9, 9, true).granted) << "unless leadership is handed over";
}

TEST(RaftPaper, PreVoteLeavesTheTermAlone) {
  Single s(3, {{1, 1}}, 1, 1, Bug::none, true);
  s.campaign();
  EXPECT_EQ(s.node.term(), 1u);
  for (int i = 0; i < 5; ++i) s.tick();
  EXPECT_EQ(s.node.term(), 1u) << "alone, it never gets to a campaign";
}

}  // namespace
}  // namespace squall::vault::raft::test
