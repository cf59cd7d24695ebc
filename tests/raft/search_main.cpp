// raft_search: the random search over as many seeds as one likes; prints the tally of rare states. A broken
// invariant is told with its seed, which `--seeds 1 --first SEED --story` shows line by line.
#include <CLI/CLI.hpp>
#include <iostream>

#include "tests/raft/cluster.hpp"

namespace {

using namespace squall::vault::raft::test;

struct Wanted {
  std::uint64_t seeds = 1'000'000, first = 1, progress = 10'000;
  std::vector<std::size_t> nodes;  // empty: drawn from the seed, as the tests do
  bool story = false;
};

// Returns how many seeds broke an invariant.
std::uint64_t search(const Wanted& wanted, Tally& tally) {
  std::uint64_t broken = 0;
  for (std::uint64_t seed = wanted.first; seed < wanted.first + wanted.seeds; ++seed) {
    ClusterOptions options{.seed = seed, .pre_vote = seed % 8 == 0};
    if (!wanted.nodes.empty()) options.servers = wanted.nodes[seed % wanted.nodes.size()];
    if (wanted.story) options.story = &std::cout;
    try {
      Cluster(options, tally).run();
    } catch (const Violation& violation) {
      ++broken;
      std::cout << "seed " << seed << ": " << violation.what() << std::endl;
    }
    const std::uint64_t done = seed - wanted.first + 1;
    if (wanted.progress && done % wanted.progress == 0)
      std::cerr << done << " seeds, " << tally.events << " events, " << broken << " broken" << std::endl;
  }
  return broken;
}

}  // namespace

int main(int argc, char** argv) {
  Wanted wanted;
  CLI::App app("Random search: raft clusters that everything happens to, every invariant after every event");
  app.add_option("--seeds", wanted.seeds, "how many")->capture_default_str();
  app.add_option("--first", wanted.first, "the first of them")->capture_default_str();
  app.add_option("--nodes", wanted.nodes, "voters at first, of 3, 5 and 7 in turn: 3,5,7")
      ->delimiter(',')
      ->check(CLI::IsMember({3, 5, 7}));
  app.add_option("--progress", wanted.progress, "say how far it is after so many; 0: never");
  app.add_flag("--story", wanted.story, "every log line of every node");
  CLI11_PARSE(app, argc, argv);
  Tally tally;
  const std::uint64_t broken = search(wanted, tally);
  std::cout << wanted.seeds << " seeds from " << wanted.first << ", " << broken << " broken\n";
  tally.print(std::cout);
  bool all_reached = true;
  for (std::size_t rare = 0; rare < rare_names.size(); ++rare)
    all_reached = all_reached && tally.count(static_cast<Rare>(rare)) > 0;
  if (!all_reached) std::cout << "not every rare state was reached\n";
  return broken == 0 && all_reached ? 0 : 1;
}
