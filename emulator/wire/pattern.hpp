// The regular expressions of AWS's models, which are Java's, matched against a whole text. Patterns run as a
// set of states moved forward one character at a time (Thompson), so the time is linear in the text whatever
// the pattern: what a client sends cannot make it hang. Look-ahead and back-references, which two shapes
// need, are left to std::regex on texts of at most 512 bytes.
#pragma once
#include <memory>
#include <string_view>

namespace squall::wire {

class Pattern {
 public:
  // Throws std::invalid_argument for what neither engine knows.
  explicit Pattern(std::string_view expression);
  ~Pattern();
  Pattern(Pattern&&) noexcept;

  bool matches(std::string_view text) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall::wire
