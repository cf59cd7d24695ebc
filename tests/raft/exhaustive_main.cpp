// raft_exhaustive: the exhaustive search with bounds of one's own; prints the number of states.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "tests/raft/world_search.hpp"

namespace {

void tell(const squall::vault::raft::test::Found& found, std::size_t open) {
  std::fprintf(stderr, "%llu states, %zu open, %llu steps\n", static_cast<unsigned long long>(found.states),
               open, static_cast<unsigned long long>(found.steps));
}

}  // namespace

int main(int argc, char** argv) {
  using namespace squall::vault::raft::test;
  SearchLimits limits;
  bool no_crashes = false, all_names = false, progress = true;
  CLI::App app("Visits every state of three raft nodes once");
  app.add_option("--term-max", limits.term_max, "the last term; the bootstrap's is 1");
  app.add_option("--entries-max", limits.entries_max, "a leader takes proposals while its log is shorter");
  app.add_option("--voters", limits.voters, "at first");
  app.add_flag("--others-are-nonvoters", limits.others_are_nonvoters, "and not outside");
  app.add_flag("--change", limits.one_change, "one change of membership, of any kind");
  app.add_flag("--no-crashes", no_crashes);
  app.add_flag("--all-names", all_names, "count states that differ in names alone as two");
  app.add_option("--progress", progress, "say how far it is; 0: never");
  app.add_option("--states-max", limits.states_max, "stop there");
  CLI11_PARSE(app, argc, argv);
  limits.crashes = !no_crashes;
  limits.rename = !all_names;
  const Found found = WorldSearch(limits).run(progress ? tell : nullptr);
  std::printf(
      "%s: %llu states up to renaming, %llu in all, %llu steps; %zu states of a node, %zu messages%s%s\n",
      found.complete ? "every state visited" : "NOT complete", static_cast<unsigned long long>(found.states),
      static_cast<unsigned long long>(found.without_renaming), static_cast<unsigned long long>(found.steps),
      found.local_states, found.contents,
      found.violation.empty() ? "" : "; BROKEN: ", found.violation.c_str());
  return found.violation.empty() && found.complete ? 0 : 1;
}
