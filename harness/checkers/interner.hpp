// Numbers for values, so that equal values have equal numbers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace squall::checkers {

template <class Value>
class Interner {
 public:
  std::uint64_t number(Value value) {
    auto [it, fresh] = numbers_.try_emplace(std::move(value), values_.size());
    if (fresh) {
      values_.push_back(&it->first);
      bytes_ += node_bytes + sizeof(Value) + held(it->first);
    }
    return it->second;
  }
  const Value& value(std::uint64_t number) const { return *values_[number]; }
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t node_bytes = 7 * sizeof(void*);  // of the map, with what an allocation costs
  template <class Element>
  static std::size_t held(const std::vector<Element>& value) {
    return value.capacity() * sizeof(Element);
  }
  template <class Other>
  static std::size_t held(const Other&) {
    return 0;
  }

  std::map<Value, std::uint64_t> numbers_;
  std::vector<const Value*> values_;  // a map's nodes stay where they are
  std::size_t bytes_ = 0;
};

}  // namespace squall::checkers
