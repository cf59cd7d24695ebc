// The situations of elections that Ongaro's dissertation ("Consensus: Bridging Theory and Practice", 2014)
// and etcd's raft_paper_test name, each under its name, on single nodes fed by hand. named_logs_test.cpp and
// named_leaders_test.cpp have the rest.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/raft/single.hpp"

namespace squall::vault::raft::test {
namespace {

// Section 3.3: terms.

TEST(RaftPaper, FollowerUpdateTermFromMessage) {
  Single s(3, {{1, 1}});
  s.append("n1", 4, 1, 1, {});
  EXPECT_EQ(s.node.term(), 4u);
  EXPECT_EQ(s.node.role(), Role::follower);
}

TEST(RaftPaper, CandidateUpdateTermFromMessage) {
  Single s(3, {{1, 1}});
  s.campaign();
  s.append("n1", 9, 1, 1, {});
  EXPECT_EQ(s.node.role(), Role::follower);
  EXPECT_EQ(s.node.term(), 9u);
}

TEST(RaftPaper, LeaderUpdateTermFromMessage) {
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

// How long a server of this seed waits, as a follower or after a campaign.
Duration election_timeout(std::uint64_t seed, bool candidate) {
  Single s(3, {{1, 1}}, 1, seed);
  if (candidate) s.campaign();
  return s.wake_at() - s.now;
}

void expect_randomized_between_one_and_two(bool candidate) {
  std::vector<Duration> waits;
  for (std::uint64_t seed = 0; seed < 40; ++seed) waits.push_back(election_timeout(seed, candidate));
  std::sort(waits.begin(), waits.end());
  EXPECT_EQ(std::unique(waits.begin(), waits.end()), waits.end());
  EXPECT_GE(waits.front(), 5s);
  EXPECT_LT(waits.front(), 6s);
  EXPECT_GT(waits.back(), 9s);
  EXPECT_LT(waits.back(), 10s);
}

TEST(RaftPaper, FollowerElectionTimeoutRandomized) { expect_randomized_between_one_and_two(false); }
TEST(RaftPaper, CandidateElectionTimeoutRandomized) { expect_randomized_between_one_and_two(true); }

// Of five servers the first has 100 ms to ask the others, far more than a round of calls takes: in how many
// of a hundred rounds is a second one earlier than that?
int conflicts(bool candidate) {
  int close = 0;
  for (std::uint64_t round = 0; round < 100; ++round) {
    std::vector<Duration> waits;
    for (std::uint64_t i = 0; i < 5; ++i) waits.push_back(election_timeout(5 * round + i, candidate));
    std::sort(waits.begin(), waits.end());
    close += waits[1] - waits[0] < 100ms;
  }
  return close;
}

TEST(RaftPaper, FollowersElectionTimeoutNonconflict) { EXPECT_LT(conflicts(false), 20); }
TEST(RaftPaper, CandidatesElectionTimeoutNonconflict) { EXPECT_LT(conflicts(true), 20); }

// A candidate tells the end of its log, and asks every other voter.
TEST(RaftPaper, VoteRequest) {
  using Log = std::vector<std::pair<Index, Term>>;
  for (const auto& [taken, term] : {std::pair<Log, Term>{{{2, 1}}, 2}, {{{2, 1}, {3, 2}}, 3}}) {
    Single s(3, {{1, 1}});
    s.append("n1", term, 1, 1, taken);
    s.campaign();
    const auto requests = s.sent<VoteRequest>();
    ASSERT_EQ(requests.size(), 2u);
    EXPECT_NE(requests[0].to, requests[1].to);
    for (const Message& one : requests) {
      const auto& request = std::get<raft::VoteRequest>(one.body);
      EXPECT_EQ(request.term, term + 1);
      EXPECT_EQ(request.last_log_index, taken.back().first);
      EXPECT_EQ(request.last_log_term, taken.back().second);
    }
  }
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
