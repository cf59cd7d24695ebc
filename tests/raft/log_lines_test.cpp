// What a node logs where a real Vault 1.14.9 was seen to log: the same lines in the same order, with the
// names and numbers of the test; and the words of hashicorp/raft 1.3.10 for what was not seen.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/raft/single.hpp"

namespace squall::vault::raft::test {
namespace {

using Lines = std::vector<std::string>;

Lines take_log(Single& node) { return std::exchange(node.lines, {}); }

// A leader n0 and its follower n1, who have the same log and talk in a pipeline.
struct Pair {
  Pair() {
    follower.options.trailing_logs = Options{}.trailing_logs;
    follower.rename("n1");
    leader.lead();
    leader.converse(follower);
    for (int i = 0; i < 20; ++i) exchange();
    take_log(leader);
    take_log(follower);
  }

  void exchange() {
    leader.tick();
    for (const Message& request : leader.take_messages()) {
      follower.messages.clear();
      follower.now = leader.now;
      follower.step(Receive{request});
      for (const Message& reply : follower.take_messages()) leader.step(Receive{reply});
    }
  }

  Single leader{2, {{1, 1}}}, follower{2, {{1, 1}}};
};

// Snapshot restore on the active of three: the lines of the library, and their order, on it and on a standby.
TEST(RaftLogLines, OfASnapshotFromOutside) {
  Pair pair;
  const Index hole = pair.leader.node.last_index() + 1;
  pair.leader.restore(hole - 1, std::string(15835, 'x'));
  for (int i = 0; i < 20; ++i) pair.exchange();
  const std::string number = std::to_string(hole);
  const auto progress = [&](Single& node) {
    for (std::string& line : node.lines)
      if (const auto id = line.find("id="); id != std::string::npos)
        line.erase(line.rfind('-', line.find(' ', id)),
                   line.find(' ', id) - line.rfind('-', line.find(' ', id)));
    return "snapshot restore progress: id=2-" + number + " last-index=" + number +
           " last-term=2 size-in-bytes=0 read-bytes=0 percent-complete=\"NaN%\"";
  };
  const std::string restored = progress(pair.leader), missing = "failed to get log: index=" + number;
  EXPECT_EQ(
      take_log(pair.leader),
      (Lines{"copied to local snapshot: bytes=15835", restored, "restored user snapshot: index=1",
             missing + " error=\"log not found\"",
             "aborting pipeline replication: peer=\"{Voter n1 n1:8201}\"",
             missing + " error=\"log not found\"", "pipelining replication: peer=\"{Voter n1 n1:8201}\""}));
  EXPECT_EQ(progress(pair.follower), restored);
  EXPECT_EQ(take_log(pair.follower),
            (Lines{"snapshot network transfer progress: read-bytes=15835 percent-complete=\"100.00%\"",
                   "copied to local snapshot: bytes=15835", restored, "Installed remote snapshot"}));
}

// kill -9 of a follower: error=EOF where the connection broke, quotes where the text has spaces.
TEST(RaftLogLines, OfCallsThatFail) {
  Single s(3, {{1, 1}});
  s.lead();
  const auto beats_n1 = [&s] {
    const auto all = s.heartbeats();
    return std::count_if(all.begin(), all.end(), [](const Message& one) { return one.to == "n1"; });
  };
  std::size_t calls = 0, beats = 0;
  const std::string refused = "dial tcp n1:8201: connect: connection refused";
  for (const std::string& error : {std::string("EOF"), refused}) {
    const std::string shown = error == refused ? '"' + refused + '"' : error;
    s.tick_until([&] { return beats_n1() > 0; });
    for (const Message& request : s.sent<AppendRequest>()) {
      if (request.to != "n1") continue;
      take_log(s);
      s.step(CallFailed{request.call, error});
      const bool heartbeat = std::get<AppendRequest>(request.body).prev_index == 0;
      ++(heartbeat ? beats : calls);
      EXPECT_EQ(take_log(s),
                Lines{heartbeat ? "failed to heartbeat to: peer=n1:8201 backoff time=10ms error=" + shown
                                : "failed to appendEntries to: peer=\"{Voter n1 n1:8201}\" error=" + shown});
    }
    s.messages.clear();
  }
  EXPECT_EQ(beats, 2u);
  EXPECT_GE(calls, 1u);
  Single candidate(3, {{1, 1}});
  candidate.campaign();
  const Message request = candidate.sent<VoteRequest>().front();
  take_log(candidate);
  candidate.step(CallFailed{request.call, "EOF"});
  EXPECT_EQ(take_log(candidate),
            Lines{"failed to make requestVote RPC: target=\"{Voter n1 n1:8201}\" error=EOF term=2"});
}

TEST(RaftLogLines, OfASnapshotThatCannotBeSent) {
  Single s(3, {{1, 1}});
  s.lead();
  s.acknowledge("n1");
  s.snapshot_all("state");
  while (s.sent<InstallRequest>().empty()) {
    for (const Message& request : s.take_messages())
      if (request.to == "n2") s.answer(request, AppendReply{s.node.term(), 0, false, true});
    s.tick();
  }
  take_log(s);
  s.step(CallFailed{s.sent<InstallRequest>().front().call, "EOF"});
  EXPECT_EQ(take_log(s), (Lines{"failed to install snapshot: id=bolt-snapshot error=EOF",
                                "failed to send snapshot to: peer=\"{Voter n2 n2:8201}\" error=EOF"}));
}

// Nothing is said of a log that is not longer than what is kept anyway.
TEST(RaftLogLines, OfWhatASnapshotCuts) {
  for (const std::uint64_t kept : {10, 5, 2}) {
    Single s(3, {{1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 1}});
    s.options.trailing_logs = kept;
    s.restart();
    s.append("n1", 1, 6, 1, {}, 6);
    take_log(s);
    s.step(TakeSnapshot{1, 3, "three"});
    Lines expected{"starting snapshot up to: index=3", "snapshot complete up to: index=3"};
    if (kept == 5) expected.insert(expected.begin() + 1, "compacting logs: from=1 to=1");
    if (kept == 2) expected.insert(expected.begin() + 1, "compacting logs: from=1 to=3");
    EXPECT_EQ(take_log(s), expected);
    if (kept != 5) continue;
    s.step(TakeSnapshot{2, 4, "four"});
    EXPECT_EQ(take_log(s), (Lines{"starting snapshot up to: index=4", "no logs to truncate",
                                  "snapshot complete up to: index=4"}));
  }
}

TEST(RaftLogLines, OfATransfer) {
  Single s(3, {{1, 1}});
  s.options.log_level = LogLevel::debug;
  s.restart();
  s.lead();
  s.acknowledge("n1");
  s.step(TransferLeadership{7, "n1"});
  take_log(s);
  s.step(CallFailed{s.sent<TimeoutNowRequest>().front().call, "EOF"});
  EXPECT_EQ(take_log(s), Lines{"failed to make TimeoutNow RPC to n1: EOF"});
}

}  // namespace
}  // namespace squall::vault::raft::test
