// bench_checkers FILE: judges every history of FILE (see tests/checkers/README.md) and prints the CPU time
// that this took; "differs" for a verdict that is not the one beside the history.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include "tests/checkers/histories.hpp"

namespace {

// Of this process, so that what else the machine does is left out.
double cpu_s() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace squall::checkers;
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
      const double start_s = cpu_s();
      const Verdict got = verdict(model_of(one.kind), one.history);
      const double took_s = cpu_s() - start_s;
      total_s += took_s;
      slowest_s = std::max(slowest_s, took_s);
      if (got != (one.linearizable ? Verdict::linearizable : Verdict::violated))
        std::printf("history %zu differs\n", line);
    }
    std::printf("squall: %zu histories, %.3f s of CPU, %.1f per second, slowest %.3f s\n", histories.size(),
                total_s, static_cast<double>(histories.size()) / total_s, slowest_s);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench_checkers: %s\n", problem.what());
    return 64;
  }
  return 0;
}
