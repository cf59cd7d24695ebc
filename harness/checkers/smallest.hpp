// The smallest part of a history that shows its violation.
#pragma once
#include <vector>

#include "harness/checkers/search.hpp"

namespace squall::checkers {

// Indices of operations that no order explains even if every other operation took effect at any time or not
// at all; leaving out one more makes them explicable, or too costly to judge. `operations`, of one key, are
// violated.
std::vector<std::size_t> smallest_part(NewModel new_model, const History& operations);

}  // namespace squall::checkers
