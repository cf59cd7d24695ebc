#include "harness/checkers/check.hpp"

#include <algorithm>
#include <map>

#include "harness/checkers/smallest.hpp"

namespace squall::checkers {
namespace {

std::map<std::string, History> by_key(const History& history) {
  std::map<std::string, History> keys;
  for (const Operation& one : history) keys[one.key].push_back(one);
  return keys;
}

Verdict worse(Verdict a, Verdict b) {
  if (a == Verdict::violated || b == Verdict::violated) return Verdict::violated;
  return a == Verdict::linearizable ? b : a;
}

}  // namespace

Verdict verdict(NewModel new_model, const History& history, const Bound& bound) {
  Verdict worst = Verdict::linearizable;
  for (const auto& [key, operations] : by_key(history)) {
    const auto model = new_model();
    worst = worse(worst, search(*model, operations, bound).verdict);
    if (worst == Verdict::violated) break;
  }
  return worst;
}

Judgement check(NewModel new_model, const History& history, const Bound& bound) {
  Judgement judgement;
  for (auto& [key, operations] : by_key(history)) {
    std::stable_sort(operations.begin(), operations.end(),
                     [](const Operation& a, const Operation& b) { return a.started < b.started; });
    const auto model = new_model();
    Found found = search(*model, operations, bound);
    judgement.verdict = worse(judgement.verdict, found.verdict);
    if (found.verdict == Verdict::linearizable) continue;
    KeyJudgement bad{key, found.verdict, std::move(operations), {}, std::move(found.order)};
    if (bad.verdict == Verdict::violated) bad.core = smallest_part(new_model, bad.operations);
    judgement.keys.push_back(std::move(bad));
  }
  return judgement;
}

}  // namespace squall::checkers
