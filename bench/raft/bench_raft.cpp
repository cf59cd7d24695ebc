// A bare cluster of 3, 5 and 7 raft nodes: events per second of one core, virtual seconds per second of it,
// allocations per event (at rest: heartbeats and commit ticks; under load: a proposal per tick) and bytes per
// node at 10,000 entries.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "bench/raft/bare_cluster.hpp"

namespace {

struct Heap {
  std::uint64_t allocations = 0;
  std::uint64_t bytes = 0;  // held now
};
Heap heap;

}  // namespace

void* operator new(std::size_t size) {
  void* out = std::malloc(size);
  if (!out) throw std::bad_alloc();
  ++heap.allocations;
  heap.bytes += malloc_usable_size(out);
  return out;
}
void operator delete(void* what) noexcept {
  if (what) heap.bytes -= malloc_usable_size(what);
  std::free(what);
}
void operator delete(void* what, std::size_t) noexcept { operator delete(what); }

namespace {

using namespace squall::bench;
using benchmark::Counter;

class Measured {
 public:
  explicit Measured(const BareCluster& cluster)
      : cluster_(cluster), events_(cluster.events), since_(cluster.now()), allocations_(heap.allocations) {}

  void report(benchmark::State& state) const {
    const auto events = static_cast<double>(cluster_.events - events_);
    state.counters["events"] = Counter(events, Counter::kIsRate);
    state.counters["virtual_seconds"] =
        Counter(squall::base::to_seconds(cluster_.now() - since_), Counter::kIsRate);
    state.counters["allocations_per_event"] = static_cast<double>(heap.allocations - allocations_) / events;
  }

 private:
  const BareCluster& cluster_;
  std::uint64_t events_;
  squall::Time since_;
  std::uint64_t allocations_;
};

void at_rest(benchmark::State& state) {
  BareCluster cluster(static_cast<std::size_t>(state.range(0)));
  const Measured measured(cluster);
  for (auto _ : state) cluster.advance();
  measured.report(state);
}
BENCHMARK(at_rest)->Arg(3)->Arg(5)->Arg(7);

// No snapshots are taken, so the log grows: a fixed number of proposals.
void under_load(benchmark::State& state) {
  BareCluster cluster(static_cast<std::size_t>(state.range(0)));
  const auto data = std::make_shared<const std::string>(std::string(100, 'x'));
  const Measured measured(cluster);
  for (auto _ : state) {
    cluster.propose(data);
    cluster.advance();
  }
  measured.report(state);
}
BENCHMARK(under_load)->Arg(3)->Arg(5)->Arg(7)->Iterations(100'000);

// Of the nodes alone: the state machine and the disk belong to the caller, the data of an entry is shared by
// all of them and counted once.
void ten_thousand_entries(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    const std::uint64_t before = heap.bytes;
    BareCluster cluster(count);
    const std::uint64_t empty = heap.bytes;
    while (cluster.last_index() < 10'000)
      cluster.propose(std::make_shared<const std::string>(std::string(100, 'x')));
    state.counters["bytes_per_empty_node"] = static_cast<double>(empty - before) / static_cast<double>(count);
    state.counters["bytes_per_node"] = static_cast<double>(heap.bytes - before) / static_cast<double>(count);
  }
}
BENCHMARK(ten_thousand_entries)->Arg(3)->Arg(5)->Arg(7)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
