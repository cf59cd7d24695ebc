// Histories: what clients asked of a service and what they were told, with the times between which it must
// have happened. The checkers judge them; nothing here knows where they come from.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::checkers {

enum class Action { read, write, compare_and_set, add, remove, contains, acquire, release };

enum class Outcome {
  ok,       // it happened between `started` and `ended`, and was answered as `result` says
  refused,  // it surely did not happen
  unknown,  // it may happen at any time after `started`, or never: no answer, or one that does not tell
};

constexpr std::int64_t nothing = -1;  // no such key; no holder; no expectation; a version that does not exist

// What the numbers mean is the model's business: see models.hpp.
struct Operation {
  int client = 0;
  std::string key;
  Action action = Action::read;
  std::int64_t argument = 0;
  std::int64_t expected = nothing;
  std::int64_t result = 0;
  std::int64_t version = nothing;
  std::vector<std::int64_t> elements;  // ascending: a set as it was read
  Time started{}, ended{};             // a closed interval: one that begins when another ends is concurrent
  Outcome outcome = Outcome::ok;
};

using History = std::vector<Operation>;

}  // namespace squall::checkers
