// The search for an order: Wing and Gong's algorithm with Lowe's memory of what was tried (G. Lowe, "Testing
// for linearizability", 2017), over the operations of one key (A. Horn and D. Kroening, "Faster
// linearizability checking via P-compositionality", 2015, which also has the linked list that it works on).
#pragma once
#include <cstddef>
#include <vector>

#include "harness/checkers/models.hpp"

namespace squall::checkers {

enum class Verdict {
  linearizable,
  violated,
  inconclusive,  // the bound came first; never to be taken for a pass
};

// The bound on one search. Both are counted, not timed, so that a history always gets the same verdict.
struct Bound {
  std::size_t steps = 20'000'000;
  std::size_t memory_bytes = std::size_t{512} << 20;  // of what was tried and of the model's states
};

struct Found {
  Verdict verdict = Verdict::linearizable;
  std::vector<std::size_t> order;  // the longest order that was found, as indices; complete if linearizable
  std::size_t steps = 0;
};

// All operations are of one key. Throws std::invalid_argument for an operation that the model does not know
// or that was answered before it began.
Found search(Model& model, const History& operations, const Bound& bound = {});

}  // namespace squall::checkers
