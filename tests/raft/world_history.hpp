// What was, as far as it can still matter: the part of a state in the exhaustive search that no node holds.
#pragma once
#include <optional>

#include "tests/raft/local_model.hpp"

namespace squall::vault::raft::test {

struct History {
  std::array<std::uint8_t, terms_max> leader{};                           // 1 + node, of terms 2 and up
  std::array<std::array<std::uint8_t, search_nodes>, terms_max> votes{};  // of each node: 1 + candidate
  Log committed{}, committed_in{};  // first at each place, and in which leader's term
  bool changed = false;             // the one change of membership was asked for
  bool operator==(const History&) const = default;

  // Each tells the invariant that this breaks, if it does.
  std::optional<Invariant> applied(const Entry& entry, Term in);
  std::optional<Invariant> leads(std::size_t node, const LocalState& state);
  void voted(std::size_t node, const DiskState& disk);

  // Two states that differ in nothing else have the same future; so that they become one state, this leaves
  // out: votes for who does not count votes of that term any more, the leader of a term that every disk is
  // beyond (nobody takes a message of it, nobody can lead in it again), and in which term an entry was
  // committed where every leader yet to come must have it, or none can come.
  void forget(const std::array<const LocalState*, search_nodes>& nodes, Term term_max);

  std::uint64_t hash(const Names& names) const;
};

std::uint64_t mix(std::uint64_t value);  // every bit of the argument reaches every bit of the result

}  // namespace squall::vault::raft::test
