#include "tests/raft/world_history.hpp"

#include <algorithm>

namespace squall::vault::raft::test {

std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93ULL;
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93ULL;
  return value ^ value >> 32;
}

std::optional<Invariant> History::applied(const Entry& entry, Term in) {
  const std::size_t at = entry.index - 1;
  const auto code = static_cast<std::uint8_t>(entry.term * 8 + static_cast<std::uint8_t>(entry.type));
  if (committed[at] && committed[at] != code) return Invariant::state_machine_safety;
  if (committed[at]) return std::nullopt;
  committed[at] = code;
  committed_in[at] = static_cast<std::uint8_t>(in);
  return std::nullopt;
}

std::optional<Invariant> History::leads(std::size_t node, const LocalState& state) {
  const Term term = state.node.term();
  if (leader[term - 2]) return Invariant::one_leader_per_term;
  leader[term - 2] = static_cast<std::uint8_t>(1 + node);
  for (std::size_t i = 0; i < log_max; ++i)
    if (committed[i] && committed_in[i] < term && state.log[i] != committed[i])
      return Invariant::leader_completeness;
  return std::nullopt;
}

void History::voted(std::size_t node, const DiskState& disk) {
  if (disk.vote.candidate.empty() || disk.vote.term != disk.term || disk.term == 1) return;
  votes[disk.term - 2][node] = static_cast<std::uint8_t>(1 + node_number(disk.vote.candidate));
}

void History::forget(const std::array<const LocalState*, search_nodes>& nodes, Term term_max) {
  Term lowest = term_max;
  Term next_leads = term_max + 1;  // the least in which somebody may come to lead
  std::array<Term, search_nodes> campaigns{};
  for (std::size_t i = 0; i < search_nodes; ++i) {
    const Term term = nodes[i]->disk.term;
    const bool candidate = nodes[i]->node.role() == Role::candidate;
    if (candidate) campaigns[i] = term;
    lowest = std::min(lowest, term);
    next_leads = std::min(next_leads, candidate ? term : term + 1);
  }
  for (std::size_t i = 0; i < terms_max; ++i) {
    const Term term = i + 2;
    if (term < lowest) leader[i] = 0;
    for (std::uint8_t& vote : votes[i])
      if (vote && campaigns[vote - 1U] != term) vote = 0;
  }
  for (std::size_t i = 0; i < log_max; ++i)
    if (committed[i] && (committed_in[i] < next_leads || next_leads > term_max)) committed_in[i] = 1;
}

std::uint64_t History::hash(const Names& names) const {
  std::uint64_t out = changed;
  for (std::size_t i = 0; i < log_max; ++i) out = mix(out + committed[i] * 64U + committed_in[i]);
  const auto named = [&](std::uint8_t node) { return node ? 1U + names[node - 1U] : 0U; };
  for (std::size_t term = 0; term < terms_max; ++term) {
    std::array<std::uint64_t, search_nodes> renamed{};
    for (std::size_t i = 0; i < search_nodes; ++i) renamed[names[i]] = named(votes[term][i]);
    out = out * 8 + named(leader[term]);
    for (const std::uint64_t vote : renamed) out = out * 4 + vote;
    out = mix(out);
  }
  return out;
}

}  // namespace squall::vault::raft::test
