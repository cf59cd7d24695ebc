// What a leader does, as Ongaro's dissertation and etcd's raft_paper_test name it: heartbeats, what it counts
// as committed, configurations in use, leadership handed over, leases. On single nodes fed by hand.
#include <gtest/gtest.h>

#include <set>

#include "tests/raft/single.hpp"

namespace squall::vault::raft::test {
namespace {

// Section 3.4: heartbeats to all, with nothing in them.
TEST(RaftPaper, LeaderBcastBeat) {
  Single s(3, {{1, 1}});
  s.lead();
  s.messages.clear();
  std::set<std::string> beaten;
  const Time end = s.now + 1s;  // heartbeat_timeout / 10, and as much again at most
  while (s.wake_at() <= end) {
    s.tick();
    for (const Message& beat : s.heartbeats()) {
      const auto& request = std::get<AppendRequest>(beat.body);
      EXPECT_EQ(request.term, s.node.term());
      EXPECT_TRUE(request.entries.empty());
      beaten.insert(beat.to);
    }
  }
  EXPECT_EQ(beaten, (std::set<std::string>{"n1", "n2"}));
}

// Section 3.5: the entry is committed, and its client answered, when a majority has it.
TEST(RaftPaper, LeaderAcknowledgeCommit) {
  struct Case {
    std::size_t servers, acknowledged;
    bool committed;
  };
  for (const Case& c :
       {Case{1, 0, true}, Case{3, 0, false}, Case{3, 1, true}, Case{3, 2, true}, Case{5, 0, false},
        Case{5, 1, false}, Case{5, 2, true}, Case{5, 3, true}, Case{5, 4, true}}) {
    Single s(c.servers, {{1, 1}});
    s.lead();
    const Ticket ticket = s.propose("x");
    for (std::size_t i = 1; i <= c.acknowledged; ++i) s.acknowledge("n" + std::to_string(i));
    EXPECT_EQ(s.node.commit_index() == s.node.last_index(), c.committed)
        << c.servers << ' ' << c.acknowledged;
    EXPECT_EQ(s.done(ticket), c.committed) << c.servers << ' ' << c.acknowledged;
  }
}

// Section 3.5: what precedes a committed entry is committed with it, whoever's term it is of.
TEST(RaftPaper, LeaderCommitPrecedingEntries) {
  using Log = std::vector<std::pair<Index, Term>>;
  for (const Log& log : {Log{{1, 1}}, Log{{1, 1}, {2, 2}}, Log{{1, 1}, {2, 1}, {3, 2}}}) {
    Single s(3, log, 2);
    s.lead();
    s.propose("x");
    EXPECT_EQ(s.node.commit_index(), 0u);
    s.acknowledge("n1");
    EXPECT_EQ(s.node.commit_index(), log.size() + 2) << "with the term's first entry and the proposal";
    EXPECT_EQ(s.node.applied_index(), s.node.commit_index());
  }
}

// Section 4.1: a configuration is in use as soon as it is in the log.
TEST(RaftPaper, ANewConfigurationIsUsedAtOnce) {
  Single s(3, {{1, 1}});
  s.lead();
  s.acknowledge("n1");
  const Index before = s.node.commit_index();
  s.change({ChangeCommand::add_voter, "n3", "n3:8201", 0});
  s.acknowledge("n1");
  EXPECT_EQ(s.node.commit_index(), before) << "two of four are no majority";
  s.acknowledge("n2");
  EXPECT_EQ(s.node.commit_index(), before + 1);
}

// Section 4.2.1: a server that catches up has no vote and does not count.
TEST(RaftPaper, ANonVoterIsSentEntriesAndNotCounted) {
  Single s(3, {{1, 1}});
  s.lead();
  s.acknowledge("n1");
  s.change({ChangeCommand::add_nonvoter, "n3", "n3:8201", 0});
  s.acknowledge("n1");
  const Index before = s.node.commit_index();
  s.propose("x");
  s.acknowledge("n3");
  EXPECT_EQ(s.node.commit_index(), before);
  s.acknowledge("n1");
  EXPECT_EQ(s.node.commit_index(), before + 1);
}

// Section 3.10: first the target's log, then the word to campaign; no proposals meanwhile.
TEST(RaftPaper, LeadershipTransferBringsTheTargetUpToDateFirst) {
  Single s(3, {{1, 1}});
  s.lead();
  s.acknowledge("n1");
  const Ticket ticket = ++s.ticket;
  s.step(TransferLeadership{ticket, "n2"});
  EXPECT_TRUE(s.sent<TimeoutNowRequest>().empty());
  EXPECT_EQ(s.outcomes[s.propose("x")], "leadership transfer in progress");
  s.acknowledge("n2");
  ASSERT_EQ(s.sent<TimeoutNowRequest>().size(), 1u);
  const Message word = s.sent<TimeoutNowRequest>().front();
  EXPECT_EQ(word.to, "n2");
  s.answer(word, TimeoutNowReply{});
  EXPECT_TRUE(s.done(ticket));
}

TEST(RaftPaper, LeadershipTransferIsGivenUpAfterAnElectionTimeout) {
  Single s(5, {{1, 1}});
  s.lead();
  for (const char* peer : {"n1", "n2"}) s.acknowledge(peer);
  const Ticket ticket = ++s.ticket;
  const Time since = s.now;
  s.step(TransferLeadership{ticket, "n4"});
  while (!s.outcomes.contains(ticket) && s.now - since < 6s) {
    s.tick();
    for (const Message& beat : s.heartbeats())
      if (beat.to != "n4") s.answer(beat, AppendReply{s.node.term(), s.node.last_index(), true, false});
    s.messages.clear();
  }
  EXPECT_EQ(s.outcomes[ticket], "leadership transfer timeout");
  EXPECT_EQ(s.now - since, 5s);
  EXPECT_EQ(s.node.role(), Role::leader);
  EXPECT_FALSE(s.outcomes.contains(s.propose("x"))) << "it takes proposals again";
}

// Section 6.4.1: a lease runs from when a call was sent that a majority answered, and not before the term's
// first commit.
TEST(RaftPaper, ALeaseNeedsAMajorityAndTheTermsFirstCommit) {
  Single s(3, {{1, 1}});
  s.lead();
  s.tick_until([&] { return !s.heartbeats().empty(); });
  const Message beat = s.heartbeats().front();
  s.answer(beat, AppendReply{s.node.term(), 1, true, false});
  EXPECT_FALSE(s.node.holds_lease(s.now)) << "nothing of this term is committed";
  s.acknowledge(beat.to);
  const Time now = s.now;
  EXPECT_TRUE(s.node.holds_lease(now));
  EXPECT_FALSE(s.node.holds_lease(now + 2500ms));
  s.step(TransferLeadership{99, beat.to});
  ASSERT_FALSE(s.sent<TimeoutNowRequest>().empty());
  EXPECT_FALSE(s.node.holds_lease(now)) << "it was offered away";
}

}  // namespace
}  // namespace squall::vault::raft::test
