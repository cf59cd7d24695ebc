// A judgement as text: per key that is not linearizable, the operations that show it, in the order in which
// they began.
#include <algorithm>
#include <array>
#include <cstdio>

#include "harness/checkers/check.hpp"

namespace squall::checkers {
namespace {

std::string seconds(Time at, Time origin) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%10.3f", base::to_seconds(at - origin));
  return out.data();
}

void append(std::string& out, const KeyJudgement& bad, const Model& model) {
  const Time origin = bad.operations.front().started;
  const std::string count = std::to_string(bad.operations.size());
  if (bad.verdict == Verdict::inconclusive) {
    out += "key " + bad.key + ": inconclusive, the bound came before an order of its " + count +
           " operations was found or excluded\n";
    return;
  }
  out += "key " + bad.key + ": not linearizable; no order explains these " + std::to_string(bad.core.size()) +
         " of its " + count + " operations:\n";
  for (std::size_t i : bad.core) {
    const Operation& one = bad.operations[i];
    const bool open = one.outcome == Outcome::unknown;
    out += seconds(one.started, origin) + " s ..." + (open ? "         ?" : seconds(one.ended, origin)) +
           " s  client " + std::to_string(one.client) + "  " + model.describe(one) + '\n';
  }
}

}  // namespace

std::string as_text(const Judgement& judgement, const Model& model) {
  if (judgement.verdict == Verdict::linearizable) return "linearizable\n";
  std::string out;
  for (const KeyJudgement& bad : judgement.keys) append(out, bad, model);
  return out;
}

}  // namespace squall::checkers
