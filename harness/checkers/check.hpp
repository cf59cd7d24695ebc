// The judgement on a history: key by key, with the smallest part of it that no order explains.
#pragma once
#include <string>
#include <vector>

#include "harness/checkers/search.hpp"

namespace squall::checkers {

struct KeyJudgement {
  std::string key;
  Verdict verdict = Verdict::linearizable;
  History operations;              // all of this key, in the order in which they began
  std::vector<std::size_t> core;   // violated: no order explains these, whatever the others did and when
  std::vector<std::size_t> order;  // the longest order that was found
};

struct Judgement {
  Verdict verdict = Verdict::linearizable;  // violated if a key is; else inconclusive if a key is
  std::vector<KeyJudgement> keys;           // by name; those that are linearizable are left out
};

Judgement check(NewModel new_model, const History& history, const Bound& bound = {});
// The verdict alone, without the time that it takes to find cores.
Verdict verdict(NewModel new_model, const History& history, const Bound& bound = {});

// For people: what is wrong and which operations show it. Times are seconds after the first operation began.
std::string as_text(const Judgement& judgement, const Model& model);
// The same as a page of its own: one lane per client, the core marked, numbers for the longest order.
std::string as_page(const Judgement& judgement, const Model& model);

}  // namespace squall::checkers
