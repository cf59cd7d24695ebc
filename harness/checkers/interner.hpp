// Numbers for values, so that equal values have equal numbers.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

namespace squall::checkers {

template <class Value>
class Interner {
 public:
  std::uint64_t number(Value value) {
    auto [it, fresh] = numbers_.try_emplace(std::move(value), values_.size());
    if (fresh) values_.push_back(&it->first);
    return it->second;
  }
  const Value& value(std::uint64_t number) const { return *values_[number]; }

 private:
  std::map<Value, std::uint64_t> numbers_;
  std::vector<const Value*> values_;  // a map's nodes stay where they are
};

}  // namespace squall::checkers
