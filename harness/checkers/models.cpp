// Registers and kv v2 keys. Sets and locks are in models_of_sets.cpp and models_of_locks.cpp.
#include "harness/checkers/models.hpp"

#include <tuple>

#include "harness/checkers/interner.hpp"

namespace squall::checkers {
namespace {

std::string text(std::int64_t value) { return value == nothing ? "nothing" : std::to_string(value); }
// "", or that nobody knows whether it happened, or that it did not.
const char* doubt(const Operation& operation) {
  if (operation.outcome == Outcome::unknown) return " ?";
  return operation.outcome == Outcome::refused ? " refused" : "";
}

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

  std::string describe(const Operation& operation) const override {
    switch (operation.action) {
      case Action::read:
        if (operation.outcome != Outcome::ok) return std::string("read()") + doubt(operation);
        return "read() = " + text(operation.result);
      case Action::write:
        return "write(" + text(operation.argument) + ')' + doubt(operation);
      default:
        return "cas(" + text(operation.expected) + ", " + text(operation.argument) + ')' +
               (operation.outcome == Outcome::unknown ? " ?"
                : operation.result == 1               ? " done"
                                                      : " no match");
    }
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

  std::string describe(const Operation& operation) const override {
    switch (operation.action) {
      case Action::read:
        if (operation.outcome != Outcome::ok) return std::string("read()") + doubt(operation);
        return "read() = " + text(operation.result) +
               (operation.version == nothing ? "" : " v" + std::to_string(operation.version));
      case Action::remove:
        return std::string("delete()") + doubt(operation);
      default:
        break;
    }
    std::string out = "write(" + text(operation.argument);
    if (operation.expected != nothing) out += ", cas=" + std::to_string(operation.expected);
    if (operation.outcome == Outcome::unknown) return out + ") ?";
    return out + (operation.result == nothing ? ") no match" : ") = v" + std::to_string(operation.result));
  }

 private:
  using Key = std::tuple<std::int64_t, std::int64_t>;  // version, value
  Interner<Key> keys_;
};

}  // namespace

bool Model::may_help(const Operation&, const Operation&) const { return true; }

std::unique_ptr<Model> register_model() { return std::make_unique<Register>(); }
std::unique_ptr<Model> versioned_model() { return std::make_unique<Versioned>(); }

}  // namespace squall::checkers
