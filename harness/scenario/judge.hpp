// The judgement on what workloads recorded: whether each key, as its clients saw it, can have been a
// register.
#pragma once
#include <string>

#include "harness/checkers/check.hpp"
#include "harness/scenario/conditions.hpp"

namespace squall::scenario {

// Of every workload whose consistency is "linearizable". The check's parameter `steps` bounds the search of
// each key; one that meets it is inconclusive.
checkers::Judgement judge(View view, const Check& check);
Holding holding_of(const checkers::Judgement& judgement);

// For people: the operations that no order explains, line by line; and the same as an HTML page.
std::string history_text(const checkers::Judgement& judgement);
std::string history_page(const checkers::Judgement& judgement);

}  // namespace squall::scenario
