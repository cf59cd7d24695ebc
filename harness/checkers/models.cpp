// Registers and kv v2 keys. Sets and locks are in models_of_sets.cpp and models_of_locks.cpp.
#include "harness/checkers/models.hpp"

#include <tuple>

#include "harness/checkers/interner.hpp"

namespace squall::checkers {
namespace {

std::string text(std::int64_t value) { return value == nothing ? "nothing" : std::to_string(value); }

class Register final : public Model {
 public:
  State initial() override { return static_cast<State>(nothing); }

  std::optional<State> step(State state, const Operation& operation) override {
    const auto held = static_cast<std::int64_t>(state);
    const bool told = operation.outcome == Outcome::ok;
    const State written = static_cast<State>(operation.argument);
    switch (operation.action) {
      case Action::read:
        if (told && operation.result != held) return std::nullopt;
        return state;
      case Action::write:
        return written;
      case Action::compare_and_set: {
        const bool matches = held == operation.expected;
        if (told && matches != (operation.result == 1)) return std::nullopt;
        return matches ? written : state;
      }
      default:
        return std::nullopt;
    }
  }

  bool pure(const Operation& operation) const override {
    if (operation.action == Action::read) return true;
    return operation.action == Action::compare_and_set && operation.outcome == Outcome::ok &&
           operation.result == 0;
  }

  // A value that no read returns and no comparison looks at is as good as none.
  bool may_help(const Operation& wild, const Operation& other) const override {
    if (other.action == Action::compare_and_set || wild.action == Action::compare_and_set) return true;
    return other.action == Action::read && other.result == wild.argument;
  }

  bool knows(Action action) const override {
    return action == Action::read || action == Action::write || action == Action::compare_and_set;
  }

 private:
  std::string asked(const Operation& operation) const override {
    if (operation.action == Action::read) return "read()";
    if (operation.action == Action::write) return "write(" + text(operation.argument) + ')';
    return "cas(" + text(operation.expected) + ", " + text(operation.argument) + ')';
  }

  std::string answered(const Operation& operation) const override {
    if (operation.action == Action::read) return " = " + text(operation.result);
    if (operation.action == Action::write) return {};
    return operation.result == 1 ? " done" : " no match";
  }
};

class Versioned final : public Model {
 public:
  State initial() override { return keys_.number({0, nothing}); }

  std::optional<State> step(State state, const Operation& operation) override {
    auto [version, value] = keys_.value(state);
    const bool told = operation.outcome == Outcome::ok;
    switch (operation.action) {
      case Action::read: {
        // A key that never was has no version to show.
        const std::int64_t shown = version == 0 ? nothing : version;
        if (told && (operation.result != value || operation.version != shown)) return std::nullopt;
        return state;
      }
      case Action::write: {
        const bool matches = operation.expected == nothing || operation.expected == version;
        if (told && operation.result != (matches ? version + 1 : nothing)) return std::nullopt;
        return matches ? keys_.number({version + 1, operation.argument}) : state;
      }
      case Action::remove:
        return version == 0 ? state : keys_.number({version, nothing});
      default:
        return std::nullopt;
    }
  }

  bool pure(const Operation& operation) const override {
    return operation.action == Action::read ||
           (operation.action == Action::write && operation.outcome == Outcome::ok &&
            operation.result == nothing);
  }

  bool knows(Action action) const override {
    return action == Action::read || action == Action::write || action == Action::remove;
  }
  std::size_t bytes() const override { return keys_.bytes(); }

 private:
  std::string asked(const Operation& operation) const override {
    if (operation.action == Action::read) return "read()";
    if (operation.action == Action::remove) return "delete()";
    return "write(" + text(operation.argument) +
           (operation.expected == nothing ? ")" : ", cas=" + std::to_string(operation.expected) + ')');
  }

  std::string answered(const Operation& operation) const override {
    if (operation.action == Action::remove) return {};
    if (operation.action == Action::read)
      return " = " + text(operation.result) +
             (operation.version == nothing ? "" : " v" + std::to_string(operation.version));
    return operation.result == nothing ? " no match" : " = v" + std::to_string(operation.result);
  }

  using Key = std::tuple<std::int64_t, std::int64_t>;  // version, value
  Interner<Key> keys_;
};

}  // namespace

bool Model::may_help(const Operation&, const Operation&) const { return true; }

std::string Model::describe(const Operation& operation) const {
  if (operation.outcome == Outcome::ok) return asked(operation) + answered(operation);
  return asked(operation) + (operation.outcome == Outcome::unknown ? " ?" : " refused");
}

std::unique_ptr<Model> register_model() { return std::make_unique<Register>(); }
std::unique_ptr<Model> versioned_model() { return std::make_unique<Versioned>(); }

}  // namespace squall::checkers
