// What a raft node is told once: who it is, its timings (Vault's defaults: hashicorp/raft config.go times
// Vault's performance_multiplier of 5, physical/raft/raft.go), and for tests a planted bug.
#pragma once
#include <string>

#include "emulator/base/time.hpp"
#include "harness/vault/raft/effects.hpp"

namespace squall::vault::raft {

// Small, realistic mistakes that only tests switch on, to see that the checks catch them (README.md has the
// table). Each is named for what the node then does.
enum class Bug : std::uint8_t {
  none,
  vote_not_persisted,
  term_not_persisted,
  term_from_log_on_restart,
  vote_before_sync,
  ack_before_sync,
  leader_counts_itself_before_sync,
  acknowledged_before_commit,
  acknowledged_a_commit_late,
  commit_of_old_term_by_counting,
  quorum_is_half,
  quorum_counts_nonvoter,
  commit_beyond_log,
  commit_goes_back,
  commit_from_stale_reply,
  prev_term_not_checked,
  gap_accepted,
  truncation_without_term_check,
  conflict_not_truncated,
  truncation_keeps_configuration,
  configuration_used_once_committed,
  two_changes_at_once,
  change_before_own_commit,
  removed_server_votes,
  votes_twice_in_a_term,
  vote_ignores_log,
  vote_compares_index_alone,
  duplicate_votes_counted,
  stale_votes_counted,
  term_not_raised_by_campaign,
  older_term_adopted,
  newer_term_ignored_by_leader,
  lease_too_long,
  read_before_own_commit,
  read_without_quorum,
  verify_counts_old_heartbeats,
  lease_kept_after_transfer,
  transfer_skips_catching_up,
  snapshot_forgets_configuration,
  snapshot_keeps_conflicting_log,
  snapshot_goes_back,
  snapshot_not_applied_from,
  snapshot_piece_taken_twice,
  restore_without_entry_behind,
  next_index_never_lowered,
  pre_vote_raises_term,
  torn_tail_accepted,  // these three are the log store's
  synced_record_dropped,
  rewrite_forgets_term,
  count
};

// Whether one can be switched on: in the copy of this library that the tests build (tests/raft), and nowhere
// else.
#ifdef SQUALL_RAFT_BUGS
inline constexpr bool bugs_can_be_planted = true;
#else
inline constexpr bool bugs_can_be_planted = false;
#endif

struct Options {
  std::string id;
  std::string address;  // host:port

  Duration heartbeat_timeout = 5s;  // a follower campaigns when its leader was silent for one to two of these
  Duration election_timeout = 5s;   // a candidate tries again after one to two of these
  Duration leader_lease_timeout = 2500ms;
  Duration commit_timeout = 50ms;     // a leader tells its commit index every one to two of these
  Duration rpc_timeout = 10s;         // a call without an answer has failed
  Duration snapshot_interval = 120s;  // whether one is due is asked every one to two of these
  int first_timeout_multiplier = 1;   // of the first wait after a start for a leader; Vault: 3 unless alone
  std::uint64_t snapshot_threshold = 8192;  // entries since the last snapshot
  std::uint64_t trailing_logs = 10240;      // kept behind a snapshot for followers that lag
  std::uint64_t max_append_entries = 64;
  std::uint64_t max_pipelined_calls = 128;
  std::uint64_t snapshot_chunk_bytes = 1 << 20;
  // A follower commits up to the end of its log, as the library does, or only as far as a request shows its
  // log to be the leader's. The first is unsafe where a request ends before the two logs part: after refused
  // writes have sent the leader back by more than max_append_entries (tests/raft/named_logs_test.cpp shows
  // it).
  bool commit_to_log_end = true;
  bool pre_vote = false;           // off in Vault 1.14 (raft 1.3.10), on in later libraries
  bool shutdown_on_remove = true;  // a leader that removed itself asks to be stopped
  LogLevel log_level = LogLevel::info;
  Bug bug = Bug::none;  // without effect unless bugs_can_be_planted
};

}  // namespace squall::vault::raft
