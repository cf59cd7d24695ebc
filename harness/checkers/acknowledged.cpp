#include "harness/checkers/acknowledged.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace squall::checkers {
namespace {

bool is_answered_read(const Operation& one, Time healed) {
  return (one.action == Action::read || one.action == Action::contains) && one.outcome == Outcome::ok &&
         one.started > healed;
}

std::map<std::string, std::vector<const Operation*>> by_key(const History& history) {
  std::map<std::string, std::vector<const Operation*>> keys;
  for (const Operation& one : history) keys[one.key].push_back(&one);
  return keys;
}

// The confirmed write that began last of those that ended before `read` began.
const Operation* last_confirmed(const std::vector<const Operation*>& operations, const Operation& read) {
  const Operation* last = nullptr;
  for (const Operation* one : operations) {
    if (one->action != Action::write || one->outcome != Outcome::ok || one->ended >= read.started) continue;
    if (last == nullptr || one->started > last->started) last = one;
  }
  return last;
}

std::optional<std::string> lost(const std::vector<const Operation*>& operations, const Operation& read) {
  const Operation* last = last_confirmed(operations, read);
  if (last == nullptr && read.result == nothing) return std::nullopt;
  bool written = false;
  for (const Operation* one : operations) {
    if (one->action != Action::write || one->outcome == Outcome::refused || one->argument != read.result ||
        one->started > read.ended)
      continue;
    written = true;
    // Of unknown outcome, it may have come last; else it must not have been over before `last` began.
    if (one->outcome == Outcome::unknown || last == nullptr || one->ended >= last->started)
      return std::nullopt;
  }
  const std::string shown = read.result == nothing ? "nothing" : std::to_string(read.result);
  if (!written && read.result != nothing) return "read " + shown + ", which nobody wrote";
  return "read " + shown + ", but " + std::to_string(last->argument) + " was confirmed after it";
}

bool shows(const Operation& read, std::int64_t element) {
  if (read.action == Action::contains) return read.argument != element || read.result == 1;
  return std::binary_search(read.elements.begin(), read.elements.end(), element);
}

}  // namespace

std::vector<Loss> lost_writes(const History& history, Time healed) {
  std::vector<Loss> losses;
  for (const auto& [key, operations] : by_key(history)) {
    for (const Operation* read : operations) {
      if (!is_answered_read(*read, healed)) continue;
      if (auto what = lost(operations, *read)) losses.push_back({key, *what});
    }
  }
  return losses;
}

std::vector<Loss> lost_elements(const History& history, Time healed) {
  std::vector<Loss> losses;
  for (const auto& [key, operations] : by_key(history)) {
    std::map<std::int64_t, Time> confirmed;  // element, when first
    for (const Operation* one : operations) {
      if (one->action != Action::add || one->outcome != Outcome::ok) continue;
      auto [it, fresh] = confirmed.try_emplace(one->argument, one->ended);
      if (!fresh) it->second = std::min(it->second, one->ended);
    }
    for (const Operation* one : operations)
      if (one->action == Action::remove && one->outcome != Outcome::refused) confirmed.erase(one->argument);
    for (const Operation* read : operations) {
      if (!is_answered_read(*read, healed)) continue;
      for (const auto& [element, at] : confirmed)
        if (at < read->started && !shows(*read, element))
          losses.push_back({key, std::to_string(element) + " was confirmed and is gone"});
    }
  }
  return losses;
}

}  // namespace squall::checkers
