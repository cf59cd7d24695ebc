// Sets of characters, as classes in patterns name them.
#pragma once
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::wire {

class CodePoints {
 public:
  using Range = std::pair<char32_t, char32_t>;  // both included
  CodePoints() = default;
  CodePoints(std::initializer_list<Range> ranges) : ranges_(ranges) {}

  void add(char32_t low, char32_t high) { ranges_.emplace_back(low, high); }
  void add(const CodePoints& others) {
    ranges_.insert(ranges_.end(), others.ranges_.begin(), others.ranges_.end());
  }
  CodePoints complement() const;
  bool contains(char32_t c) const;

  static CodePoints digits() { return {{'0', '9'}}; }
  static CodePoints word() { return {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}; }
  static CodePoints space() { return {{'\t', '\r'}, {' ', ' '}}; }
  // \p{L}, \p{N}, \p{Z}; by block, so that a script's marks and digits count with its letters. Throws
  // std::invalid_argument for other categories.
  static CodePoints category(std::string_view name);

 private:
  std::vector<Range> ranges_;
};

}  // namespace squall::wire
