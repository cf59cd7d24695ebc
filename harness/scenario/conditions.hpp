// Whether a condition holds now, and if not, why: one function per word of the vocabulary.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "emulator/world/task.hpp"
#include "harness/scenario/cluster.hpp"
#include "harness/scenario/document.hpp"
#include "harness/scenario/workload.hpp"

namespace squall::scenario {

struct Holding {
  bool holds = false;
  bool breaks = false;        // an invariant that can never hold again: there is no point in waiting
  bool inconclusive = false;  // nobody can tell; never a pass
  std::string why;            // when it does not hold
};

// What conditions look at.
struct View {
  Cluster& cluster;
  const Scenario& scenario;
  const std::vector<std::unique_ptr<KvWorkload>>& workloads;
};

world::Task<Holding> evaluate(View view, const Check& check);

// Target to instances, as of now. The leader is the node that answers health as the active one, a follower
// one that answers as a standby. Terminated instances are meant only by who looks for them.
enum class Terminated { left_out, counted };
world::Task<std::vector<InstanceView>> resolve(View view, std::string target,
                                               Terminated terminated = Terminated::left_out);

// The node's health code; 0 when nobody listens, -1 when nothing comes back within 5 s.
world::Task<int> health_code(Cluster& cluster, std::string instance_id);

}  // namespace squall::scenario
