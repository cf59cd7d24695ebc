// What one shape demands of one value, without regard to where it stands.
#pragma once
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "emulator/wire/pattern.hpp"
#include "emulator/wire/schema.hpp"

namespace squall::wire {

// The patterns met so far, compiled.
class PatternCache {
 public:
  const Pattern& get(const Shape& shape);

 private:
  std::map<const Shape*, Pattern> compiled_;  // looked up only, never listed
};

// A constraint that a value breaks.
struct Breach {
  enum class Kind { too_small, too_large, too_short, too_long, pattern, values };
  Kind kind;
  std::string text;   // "Member must have length less than or equal to 256"
  std::string limit;  // "256"
};

// Lengths are counted in characters, blobs in bytes, lists and maps in members. `value` is not null.
std::vector<Breach> breaches(const Shape& shape, const nlohmann::json& value, PatternCache& patterns);

// All that a scalar's shape demands, as AWS lists it: "[Member must have length less than or equal to 10,
// ...]".
std::string all_constraints(const Shape& shape);

// Neither structure nor list nor map.
bool is_scalar(const Shape& shape);

}  // namespace squall::wire
