// bench_checkers FILE: judges every history of FILE (see tests/checkers/README.md) and prints how long that
// took; "differs" for a verdict that is not the one beside the history.
#include <chrono>
#include <cstdio>
#include <exception>

#include "tests/checkers/histories.hpp"

int main(int argc, char** argv) {
  using namespace squall::checkers;
  using Clock = std::chrono::steady_clock;
  if (argc != 2) {
    std::fputs("usage: bench_checkers FILE\n", stderr);
    return 64;
  }
  try {
    const auto histories = read_histories(argv[1]);
    double total_s = 0, slowest_s = 0;
    std::size_t line = 0;
    for (const Judged& one : histories) {
      ++line;
      const auto start = Clock::now();
      const Verdict got = verdict(model_of(one.kind), one.history);
      const double took_s = std::chrono::duration<double>(Clock::now() - start).count();
      total_s += took_s;
      slowest_s = std::max(slowest_s, took_s);
      if (got != (one.linearizable ? Verdict::linearizable : Verdict::violated))
        std::printf("history %zu differs\n", line);
    }
    std::printf("squall: %zu histories, %.3f s, %.0f per second, slowest %.3f s\n", histories.size(), total_s,
                static_cast<double>(histories.size()) / total_s, slowest_s);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench_checkers: %s\n", problem.what());
    return 64;
  }
  return 0;
}
