#include "harness/scenario/judge.hpp"

namespace squall::scenario {

checkers::Judgement judge(View view, const Check& check) {
  checkers::History all;
  for (const auto& workload : view.workloads) {
    if (workload->settings().consistency != "linearizable") continue;
    all.insert(all.end(), workload->history().begin(), workload->history().end());
  }
  checkers::Bound bound;
  if (const Node* steps = check.parameters.find("steps"))
    bound.steps = static_cast<std::size_t>(steps->as_integer());
  return checkers::check(checkers::register_model, all, bound);
}

Holding holding_of(const checkers::Judgement& judgement) {
  if (judgement.verdict == checkers::Verdict::linearizable) return {true, false, false, {}};
  const bool violated = judgement.verdict == checkers::Verdict::violated;
  std::string why;
  for (const checkers::KeyJudgement& bad : judgement.keys) {
    if (bad.verdict != judgement.verdict) continue;
    const std::string all = std::to_string(bad.operations.size());
    why += (why.empty() ? "" : "; ") + bad.key + ": ";
    if (violated)
      why += "no order explains " + std::to_string(bad.core.size()) + " of its " + all + " operations";
    else
      why += "no order of its " + all + " operations was found or excluded within the bound";
  }
  return {false, violated, !violated, std::move(why)};
}

std::string history_text(const checkers::Judgement& judgement) {
  return checkers::as_text(judgement, *checkers::register_model());
}

std::string history_page(const checkers::Judgement& judgement) {
  return checkers::as_page(judgement, *checkers::register_model());
}

}  // namespace squall::scenario
