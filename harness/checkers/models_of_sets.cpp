// Sets of numbers: what was added and confirmed is there until it is removed.
#include <algorithm>

#include "harness/checkers/interner.hpp"
#include "harness/checkers/models.hpp"

namespace squall::checkers {
namespace {

class Set final : public Model {
 public:
  State initial() override { return sets_.number({}); }

  std::optional<State> step(State state, const Operation& operation) override {
    const Elements& elements = sets_.value(state);
    const bool told = operation.outcome == Outcome::ok;
    const auto at = std::lower_bound(elements.begin(), elements.end(), operation.argument);
    const bool present = at != elements.end() && *at == operation.argument;
    switch (operation.action) {
      case Action::read:
        if (told && operation.elements != elements) return std::nullopt;
        return state;
      case Action::contains:
        if (told && present != (operation.result == 1)) return std::nullopt;
        return state;
      case Action::add: {
        if (present) return state;
        Elements more = elements;
        more.insert(more.begin() + (at - elements.begin()), operation.argument);
        return sets_.number(std::move(more));
      }
      case Action::remove: {
        if (!present) return state;
        Elements fewer = elements;
        fewer.erase(fewer.begin() + (at - elements.begin()));
        return sets_.number(std::move(fewer));
      }
      default:
        return std::nullopt;
    }
  }

  bool pure(const Operation& operation) const override {
    return operation.action == Action::read || operation.action == Action::contains;
  }

  // A read looks at every element, contains at one.
  bool may_help(const Operation& wild, const Operation& other) const override {
    return other.action == Action::read ||
           (other.action == Action::contains && other.argument == wild.argument);
  }

  bool knows(Action action) const override {
    return action == Action::add || action == Action::remove || action == Action::contains ||
           action == Action::read;
  }
  std::size_t bytes() const override { return sets_.bytes(); }

 private:
  std::string asked(const Operation& operation) const override {
    const std::string argument = '(' + std::to_string(operation.argument) + ')';
    if (operation.action == Action::add) return "add" + argument;
    if (operation.action == Action::remove) return "remove" + argument;
    return operation.action == Action::contains ? "contains" + argument : "read()";
  }

  std::string answered(const Operation& operation) const override {
    if (operation.action == Action::add || operation.action == Action::remove) return {};
    if (operation.action == Action::contains) return operation.result == 1 ? " = yes" : " = no";
    std::string out = " = {";
    for (std::size_t i = 0; i < operation.elements.size(); ++i)
      out += (i == 0 ? "" : ", ") + std::to_string(operation.elements[i]);
    return out + '}';
  }

  using Elements = std::vector<std::int64_t>;
  Interner<Elements> sets_;
};

}  // namespace

std::unique_ptr<Model> set_model() { return std::make_unique<Set>(); }

}  // namespace squall::checkers
