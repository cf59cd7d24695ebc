// The JMESPath compliance cases: groups of a given document and the expressions searched in it, each with
// its result or the kind of its error.
#include <ostream>

#include "harness/jmespath/jmespath.hpp"
#include "tests/replay/replay.hpp"

namespace squall::replay {
namespace {

using jmespath::ErrorKind;
using nlohmann::json;

std::string kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::syntax:
      return "syntax";
    case ErrorKind::arity:
      return "invalid-arity";
    case ErrorKind::type:
      return "invalid-type";
    case ErrorKind::value:
      return "invalid-value";
    case ErrorKind::unknown_function:
      return "unknown-function";
  }
  return {};
}

json outcome(const jmespath::Json& given, const std::string& expression) {
  try {
    // Back in nlohmann's sorted form, so that the order of members does not count.
    return {{"result", json::parse(jmespath::search(jmespath::parse(expression), given).dump())}};
  } catch (const jmespath::Error& error) {
    return {{"error", kind_name(error.kind)}};
  }
}

}  // namespace

Tally replay_jmespath(const Cases& groups, std::ostream& differences) {
  Tally tally;
  for (const jmespath::Json& group : groups.in_order) {
    for (const auto& recorded_case : group.at("cases")) {
      const json one = recorded_case;
      ++tally.total;
      const auto expression = one.at("expression").get<std::string>();
      json recorded = one.contains("error") ? json{{"error", one["error"]}} : json{{"result", one["result"]}};
      json found = outcome(group.at("given"), expression);
      if (found == recorded) {
        ++tally.agreed;
      } else {
        differences << expression << ": recorded " << recorded << ", found " << found << '\n';
      }
    }
  }
  return tally;
}

}  // namespace squall::replay
