// replay_histories FILE: judges every history and compares with the verdict beside it. The last line is
// "disagree N of M"; exit code 0 if N is 0, 1 otherwise, 64 for a mistake in the arguments or the file.
#include <exception>
#include <iostream>

#include "tests/checkers/histories.hpp"

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
      if (verdict(model_of(one.kind), one.history) == expected) continue;
      if (++disagreements <= 5) std::cout << "line " << line << ": " << one.kind << " disagrees\n";
    }
    std::cout << "disagree " << disagreements << " of " << histories.size() << '\n';
    return disagreements == 0 ? 0 : 1;
  } catch (const std::exception& problem) {
    std::cerr << "replay_histories: " << problem.what() << '\n';
    return 64;
  }
}
