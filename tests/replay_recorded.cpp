// replay_recorded KIND FILE: replays recorded cases, prints each difference and last "agree N of M".
// Exit code 0 if all agree, 1 otherwise, 64 for a mistake in the arguments or the file.
#include <exception>
#include <iostream>
#include <string_view>

#include "tests/replay/replay.hpp"

namespace {

int usage() {
  std::cerr << "usage: replay_recorded KIND FILE\nkinds:";
  for (const auto& kind : squall::replay::kinds()) std::cerr << ' ' << kind.name;
  std::cerr << '\n';
  return 64;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return usage();
  for (const auto& kind : squall::replay::kinds()) {
    if (kind.name != argv[1]) continue;
    try {
      auto tally = kind.run(squall::replay::read_cases(argv[2]), std::cout);
      std::cout << "agree " << tally.agreed << " of " << tally.total << '\n';
      return tally.agreed == tally.total ? 0 : 1;
    } catch (const std::exception& problem) {
      std::cerr << "replay_recorded: " << problem.what() << '\n';
      return 64;
    }
  }
  return usage();
}
