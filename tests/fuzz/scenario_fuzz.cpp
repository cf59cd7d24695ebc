// Scenario files and stacks of any text: read, or refused with a place and a reason. What is read keeps what
// the runner relies on: names that exist, words that the vocabulary has, a mode that can be resolved.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "harness/scenario/document.hpp"
#include "harness/scenario/stack.hpp"
#include "harness/scenario/vocabulary.hpp"

namespace {

using namespace squall::scenario;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Scenario& scenario) {
  auto exists = [&](const std::string& name) {
    return std::any_of(scenario.actions.begin(), scenario.actions.end(),
                       [&](const Action& action) { return action.name == name; });
  };
  for (const Action& action : scenario.actions) {
    require(action_word(action.id, action.place).id == action.id);
    for (const std::string& before : action.start_after) require(exists(before));
    for (const auto& [role, target] : action.targets) require(scenario.targets.contains(target));
  }
  for (const auto& [name, target] : scenario.targets) require(valid_selection_mode(target.selection_mode));
  for (const Check& one : scenario.always) require(condition_word(one.that, one.place).invariant);
  for (const Eventually& one : scenario.eventually) {
    require(condition_word(one.check.that, one.check.place).id == one.check.that);
    require(one.within >= squall::Duration{0} && one.stable_for >= squall::Duration{0});
  }
  for (const Workload& workload : scenario.workloads)
    require(workload.clients >= 1 && workload.every.count() > 0);
  require(!scenario.always.empty() || !scenario.eventually.empty());
}

// The message begins with the file's name, and says something.
void check(const DocumentError& error, const std::string& file) {
  const std::string text = error.what();
  require(text.starts_with(file) && text.size() > file.size() + 4);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    check(parse_scenario(text, "f.yaml"));
  } catch (const DocumentError& error) {
    check(error, "f.yaml");
  }
  try {
    parse_stack(text, "stack");
  } catch (const DocumentError& error) {
    check(error, "stack/stack.yaml");
  }
  return 0;
}
