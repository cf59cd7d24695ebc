// Runs one scenario: provisions the stack, has the operator do his steps, starts workloads, performs the
// actions in their order, and judges.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "harness/checkers/check.hpp"
#include "harness/scenario/cluster.hpp"
#include "harness/scenario/document.hpp"

namespace squall::scenario {

enum class Verdict {
  held = 0,
  broke = 1,
  inconclusive = 2,
  not_converged = 3
};  // the exit codes of squall run

struct AssertionResult {
  std::string name;
  bool held;
  std::string why;  // when it did not
};

struct Outcome {
  Verdict verdict = Verdict::held;
  std::string why;  // the first thing that went wrong
  std::vector<AssertionResult> assertions;
  std::uint64_t writes_confirmed = 0, requests_failed = 0;
  checkers::Judgement history;  // of what the workloads recorded; linearizable when nothing was judged
};

class Runner {
 public:
  Runner(Cluster& cluster, const Scenario& scenario);
  ~Runner();
  // True when the outcome is known; nothing more needs to happen in the world then.
  bool finished() const;
  const Outcome& outcome() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall::scenario
