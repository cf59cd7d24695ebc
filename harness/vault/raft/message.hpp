// What raft nodes say to each other (hashicorp/raft commands.go). The library speaks in calls with one answer
// each; here a call and its answer are two messages that carry the same number.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "harness/vault/raft/types.hpp"

namespace squall::vault::raft {

// A heartbeat is one without entries and with nothing in prev_index and leader_commit.
struct AppendRequest {
  Term term = 0;
  Index prev_index = 0;
  Term prev_term = 0;
  Index leader_commit = 0;
  std::vector<Entry> entries;
};

struct AppendReply {
  Term term = 0;
  Index last_log = 0;  // before the entries were stored
  bool success = false;
  bool no_retry_backoff = false;
};

struct VoteRequest {
  Term term = 0;
  Index last_log_index = 0;
  Term last_log_term = 0;
  bool leadership_transfer = false;
  bool pre_vote = false;  // asks what the answer would be; changes nothing
};

struct VoteReply {
  Term term = 0;
  bool granted = false;
  bool pre_vote = false;
};

// One piece of a snapshot. The receiver answers each with the offset that it wants next.
struct InstallRequest {
  Term term = 0;
  Index last_log_index = 0;
  Term last_log_term = 0;
  ConfigurationPtr configuration;
  Index configuration_index = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t offset = 0;
  std::string data;
};

struct InstallReply {
  Term term = 0;
  bool success = false;  // this piece was taken
  bool installed = false;
  Index has_up_to = 0;  // if installed: of the committed entries
  std::uint64_t next_offset = 0;
};

// The library's carries no term; here one that was on its way for so long that the term has passed is
// ignored, which over its connections cannot happen.
struct TimeoutNowRequest {
  Term term = 0;
};
struct TimeoutNowReply {};

using Body = std::variant<AppendRequest, AppendReply, VoteRequest, VoteReply, InstallRequest, InstallReply,
                          TimeoutNowRequest, TimeoutNowReply>;

struct Message {
  std::string from;
  std::string from_address;
  std::string to;
  std::string to_address;
  std::uint64_t call = 0;  // unique per caller; the answer repeats it
  Body body;
};

inline bool is_reply(const Message& message) { return message.body.index() % 2 == 1; }

}  // namespace squall::vault::raft
