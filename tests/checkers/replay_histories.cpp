// replay_histories FILE: judges every history and compares with the verdict beside it; judges it once more
// with no step allowed, which must be inconclusive. The last line is
// "disagree N of M"; exit code 0 if N is 0, 1 otherwise, 64 for a mistake in the arguments or the file.
#include <exception>
#include <iostream>

#include "tests/checkers/histories.hpp"

namespace squall::checkers {
namespace {

// Far more than any of the recorded histories needs; a planted bug is not to search forever.
constexpr Bound enough{20'000, std::size_t{64} << 20};

// A search that may take no step must not come to a verdict, unless there is nothing to judge.
bool judges_blindly(NewModel model, const History& history) {
  for (const Operation& one : history)
    if (one.outcome == Outcome::ok) return verdict(model, history, Bound{0, 0}) != Verdict::inconclusive;
  return false;
}

}  // namespace
}  // namespace squall::checkers

int main(int argc, char** argv) {
  using namespace squall::checkers;
  if (argc != 2) {
    std::cerr << "usage: replay_histories FILE\n";
    return 64;
  }
  try {
    std::size_t disagreements = 0, line = 0;
    const auto histories = read_histories(argv[1]);
    for (const Judged& one : histories) {
      ++line;
      Verdict expected = one.linearizable ? Verdict::linearizable : Verdict::violated;
      const NewModel model = model_of(one.kind);
      if (verdict(model, one.history, enough) == expected && !judges_blindly(model, one.history)) continue;
      if (++disagreements <= 5) std::cout << "line " << line << ": " << one.kind << " disagrees\n";
    }
    std::cout << "disagree " << disagreements << " of " << histories.size() << '\n';
    return disagreements == 0 ? 0 : 1;
  } catch (const std::exception& problem) {
    std::cerr << "replay_histories: " << problem.what() << '\n';
    return 64;
  }
}
