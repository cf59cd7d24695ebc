// A bare cluster of 3, 5 and 7 raft nodes over a network and disks that cost nothing, with Vault's timings:
// events per second of one core, and virtual seconds per second of it.
#include <benchmark/benchmark.h>

#include <deque>

#include "harness/vault/raft/node.hpp"
#include "harness/vault/raft/recovery.hpp"

namespace {

using namespace squall;
using namespace squall::vault::raft;

class Bare {
 public:
  explicit Bare(std::size_t count) {
    Configuration configuration;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string id = "n" + std::to_string(i);
      configuration.servers.push_back({Suffrage::voter, id, id + ":8201"});
    }
    wake_.assign(count, now_);
    for (std::size_t i = 0; i < count; ++i) {
      Options options;
      options.id = configuration.servers[i].id;
      options.address = configuration.servers[i].address;
      options.log_level = LogLevel::none;
      nodes_.emplace_back(options, base::Random(i + 1));
    }
    for (std::size_t i = 0; i < count; ++i) step(i, Start{bootstrap({}, configuration).disk});
  }

  // The next timer and all that follows from it.
  void advance() {
    std::size_t next = 0;
    for (std::size_t i = 1; i < wake_.size(); ++i)
      if (wake_[i] < wake_[next]) next = i;
    now_ = std::max(now_, wake_[next]);
    step(next, Tick{});
    while (!messages_.empty()) {
      Message message = std::move(messages_.front());
      messages_.pop_front();
      const auto to = static_cast<std::size_t>(message.to[1] - '0');
      step(to, Receive{std::move(message)});
    }
  }

  std::uint64_t events = 0;
  Time now() const { return now_; }

 private:
  void step(std::size_t i, Event event) {
    ++events;
    effects_.clear();
    nodes_[i].step(std::move(event), now_, effects_);
    for (Message& message : effects_.messages) messages_.push_back(std::move(message));
    if (effects_.wake_at) wake_[i] = *effects_.wake_at;
    if (effects_.write) step(i, StorageDone{effects_.write->id, ""});
  }

  std::vector<Node> nodes_;
  std::vector<Time> wake_;
  std::deque<Message> messages_;
  Effects effects_;
  Time now_ = Time(1h);
};

void steady_cluster(benchmark::State& state) {
  Bare cluster(static_cast<std::size_t>(state.range(0)));
  while (cluster.now() < Time(1h + 60s)) cluster.advance();
  const std::uint64_t events = cluster.events;
  const Time since = cluster.now();
  for (auto _ : state) cluster.advance();
  state.counters["events"] =
      benchmark::Counter(static_cast<double>(cluster.events - events), benchmark::Counter::kIsRate);
  state.counters["virtual_seconds"] =
      benchmark::Counter(base::to_seconds(cluster.now() - since), benchmark::Counter::kIsRate);
}
BENCHMARK(steady_cluster)->Arg(3)->Arg(5)->Arg(7);

}  // namespace

BENCHMARK_MAIN();
