// Locks with leases, as Vault's DynamoDB lock and raft's leader lease are: time is part of the state, and of
// what may follow.
#include <tuple>

#include "harness/checkers/interner.hpp"
#include "harness/checkers/models.hpp"

namespace squall::checkers {
namespace {

constexpr Time forever = Time::max();

// A lease may be as long as one likes.
Time later(Time at, Duration lease) {
  if (lease > Duration{} && at > Time::max() - lease) return Time::max();
  if (lease < Duration{} && at < Time::min() - lease) return Time::min();
  return at + lease;
}

class LeaseLock final : public Model {
 public:
  State initial() override { return locks_.number(free); }

  std::optional<State> step(State state, const Operation& operation) override {
    const Lock lock = locks_.value(state);
    const bool told = operation.outcome == Outcome::ok;
    const bool ours = lock.holder == operation.client;
    // Somewhere in the operation's interval the lease of the holder may be over; or may still run.
    const Time end = told ? operation.ended : forever;
    const bool may_be_free = lock.holder == nothing || lock.surely_until <= end;
    const bool may_be_held = lock.holder != nothing && operation.started <= lock.perhaps_until;
    switch (operation.action) {
      case Action::acquire: {
        const bool granted = told ? operation.result == 1 : ours || may_be_free;
        if (!granted) return !told || (!ours && may_be_held) ? std::optional(state) : std::nullopt;
        if (!ours && !may_be_free) return std::nullopt;
        const Duration lease(operation.argument);
        return locks_.number(
            {operation.client, later(operation.started, lease), told ? later(end, lease) : forever});
      }
      case Action::release: {
        const bool released = told ? operation.result == 1 : ours;
        if (!released) return !told || !ours || may_be_free ? std::optional(state) : std::nullopt;
        return ours ? std::optional(locks_.number(free)) : std::nullopt;
      }
      case Action::read:
        if (!told) return state;
        if (operation.result == nothing) return may_be_free ? std::optional(state) : std::nullopt;
        return operation.result == lock.holder && may_be_held ? std::optional(state) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

  bool pure(const Operation& operation) const override {
    return operation.action == Action::read || (operation.outcome == Outcome::ok && operation.result == 0);
  }

  bool knows(Action action) const override {
    return action == Action::acquire || action == Action::release || action == Action::read;
  }
  std::size_t bytes() const override { return locks_.bytes(); }

 private:
  std::string asked(const Operation& operation) const override {
    if (operation.action == Action::read) return "holder()";
    const std::string who = ") by client " + std::to_string(operation.client);
    if (operation.action == Action::release) return "release(" + who;
    return "acquire(" + base::go_duration(Duration(operation.argument)) + who;
  }

  std::string answered(const Operation& operation) const override {
    if (operation.action == Action::read)
      return " = " + (operation.result == nothing ? "none" : std::to_string(operation.result));
    if (operation.action == Action::release) return operation.result == 1 ? " done" : " not the holder";
    return operation.result == 1 ? " granted" : " held by another";
  }

  struct Lock {
    std::int64_t holder;
    Time surely_until, perhaps_until;
    auto operator<=>(const Lock&) const = default;
  };
  static constexpr Lock free{nothing, Time{}, Time{}};
  Interner<Lock> locks_;
};

}  // namespace

std::unique_ptr<Model> lease_lock_model() { return std::make_unique<LeaseLock>(); }

}  // namespace squall::checkers
