#include "harness/checkers/smallest.hpp"

#include <algorithm>

namespace squall::checkers {
namespace {

constexpr Bound try_bound{10'000, std::size_t{64} << 20};
constexpr std::size_t work_most = 1'000'000;  // steps of all tries

// An operation of which nothing is known but that it may have been sent.
Operation freed(Operation operation) {
  operation.started = Time::min();
  operation.outcome = Outcome::unknown;
  return operation;
}

class Shrinker {
 public:
  Shrinker(NewModel new_model, const History& operations)
      : new_model_(new_model),
        model_(new_model()),
        operations_(operations),
        strict_(operations.size(), true) {}

  std::vector<std::size_t> run() {
    for (std::size_t i = 0; i < operations_.size(); ++i)
      if (operations_[i].outcome == Outcome::refused) strict_[i] = false;
    for (std::size_t size = operations_.size(); size > 1; size /= 2) free_all(size);
    // Once more as long as it helps: what was too costly to judge may not be now.
    while (free_all(1)) continue;
    std::vector<std::size_t> core;
    for (std::size_t i = 0; i < strict_.size(); ++i)
      if (strict_[i]) core.push_back(i);
    return core;
  }

 private:
  // Tries each block of `size`; true if one could be freed.
  bool free_all(std::size_t size) {
    bool any = false;
    for (std::size_t from = 0; from < operations_.size(); from += size) any |= free(from, size);
    return any;
  }

  // Frees these operations if the rest is still violated.
  bool free(std::size_t from, std::size_t size) {
    std::vector<bool> before = strict_;
    bool any = false;
    for (std::size_t i = from; i < std::min(from + size, strict_.size()); ++i)
      if (strict_[i]) strict_[i] = false, any = true;
    if (!any || violated()) return any;
    strict_ = std::move(before);
    return false;
  }

  bool violated() {
    if (work_ > work_most) return false;
    History rest;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (strict_[i])
        rest.push_back(operations_[i]);
      else if (helps(operations_[i]))
        rest.push_back(freed(operations_[i]));
    }
    // A model of its own, or what all tries made it remember would add up.
    Found found = search(*new_model_(), rest, try_bound);
    work_ += found.steps;
    return found.verdict == Verdict::violated;
  }

  bool helps(const Operation& wild) const {
    if (wild.outcome == Outcome::refused || model_->pure(wild)) return false;
    // Through others that are free, too: one may write what the next compares with.
    for (std::size_t i = 0; i < operations_.size(); ++i)
      if ((strict_[i] || !model_->pure(operations_[i])) && model_->may_help(wild, operations_[i]))
        return true;
    return false;
  }

  NewModel new_model_;
  std::unique_ptr<Model> model_;
  const History& operations_;
  std::vector<bool> strict_;
  std::size_t work_ = 0;
};

}  // namespace

std::vector<std::size_t> smallest_part(NewModel new_model, const History& operations) {
  return Shrinker(new_model, operations).run();
}

}  // namespace squall::checkers
