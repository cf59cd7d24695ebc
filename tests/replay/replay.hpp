// Recorded cases replayed against Squall: each kind takes the cases of one file, prints every difference and
// counts the agreements. A new kind: a file of its own here, its function declared below and named in
// kinds.cpp.
#pragma once
#include <cstddef>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace squall::replay {

// The lines of JSON Lines, or the elements of one JSON array.
struct Cases : std::vector<nlohmann::json> {
  std::vector<nlohmann::ordered_json> in_order;  // the same, with the members of objects as they stand
};

struct Tally {
  std::size_t agreed = 0, total = 0;
};

struct Kind {
  std::string_view name;
  Tally (*run)(const Cases& cases, std::ostream& differences);
};

std::span<const Kind> kinds();

// Plain or gzip, JSON Lines or one JSON document. Throws std::runtime_error with the file's name in it.
Cases read_cases(const std::string& path);

Tally replay_autopilot(const Cases& cases, std::ostream& differences);
Tally replay_iam(const Cases& cases, std::ostream& differences);
Tally replay_jmespath(const Cases& groups, std::ostream& differences);
Tally replay_raft(const Cases& cases, std::ostream& differences);
Tally replay_sigv4(const Cases& cases, std::ostream& differences);

}  // namespace squall::replay
