// What a service does when it is asked one thing after the other. A history is linearizable if its operations
// can be put in an order that a model accepts and that respects time.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "harness/checkers/history.hpp"

namespace squall::checkers {

// States are numbers that only their model understands; equal numbers are equal states. A model may remember
// what it made of them, so one is not shared between threads.
class Model {
 public:
  using State = std::uint64_t;
  virtual ~Model() = default;

  virtual State initial() = 0;
  // The state after `operation`, or nothing if it cannot be answered so in `state`. An operation of unknown
  // outcome is possible in every state, whatever its result says.
  virtual std::optional<State> step(State state, const Operation& operation) = 0;
  // In no state does this operation change anything: it may be put first wherever it is possible.
  virtual bool pure(const Operation& operation) const = 0;
  // `wild` may take effect at any time or never: can that make `other` possible, or change what it does?
  virtual bool may_help(const Operation& wild, const Operation& other) const;
  // Others make a search throw.
  virtual bool knows(Action action) const = 0;
  // What the states that are remembered take, in bytes: a search counts it against its bound.
  virtual std::size_t bytes() const { return 0; }

  // "write(3)", "read() = 4"; what was not answered so ends in " ?" or " refused".
  std::string describe(const Operation& operation) const;

 private:
  virtual std::string asked(const Operation& operation) const = 0;     // "read()"
  virtual std::string answered(const Operation& operation) const = 0;  // " = 4"
};

using NewModel = std::unique_ptr<Model> (*)();  // one of these: each key, and each try, gets its own

// A register. read: result. write: argument. compare_and_set: if it holds `expected` it becomes `argument`
// and result is 1, else 0. Missing keys hold `nothing`.
std::unique_ptr<Model> register_model();

// A key of Vault's kv v2. write: argument, where `expected` (cas) is the current version or `nothing` (any);
// result is the new version, or `nothing` when cas did not match. read: result (nothing: deleted or missing)
// and version. remove: the current version is deleted; its number stays.
std::unique_ptr<Model> versioned_model();

// A set. add and remove: argument. contains: argument, result 0 or 1. read: elements.
std::unique_ptr<Model> set_model();

// A lock with leases. acquire: argument is the lease in nanoseconds, result 1 or 0; who holds it renews it.
// release: result 1, or 0 when the client did not hold it. read: result is the holder.
// A lease runs from somewhere within its acquire; it is over at the earliest a lease after that began, and at
// the latest a lease after that ended. To grant a lock that another surely still holds is a violation.
std::unique_ptr<Model> lease_lock_model();

}  // namespace squall::checkers
