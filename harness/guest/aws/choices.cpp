#include "harness/guest/aws/choices.hpp"

#include <algorithm>

#include "harness/jmespath/python_text.hpp"

namespace squall::guest::aws {
namespace {

// Characters of both in common runs: the longest run first, then the same left and right of it
// (Ratcliff and Obershelp, as difflib counts them).
std::size_t matching(std::string_view a, std::string_view b) {
  std::size_t best = 0, best_a = 0, best_b = 0;
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::vector<std::size_t> next(b.size() + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      if (a[i] != b[j]) continue;
      next[j + 1] = row[j] + 1;
      if (next[j + 1] > best) {
        best = next[j + 1];
        best_a = i + 1 - best;
        best_b = j + 1 - best;
      }
    }
    row = std::move(next);
  }
  if (best == 0) return 0;
  return best + matching(a.substr(0, best_a), b.substr(0, best_b)) +
         matching(a.substr(best_a + best), b.substr(best_b + best));
}

}  // namespace

std::vector<std::string> close_matches(const std::string& word, const std::vector<std::string>& choices,
                                       double cutoff) {
  std::vector<std::pair<double, std::string>> scored;
  for (const std::string& choice : choices) {
    const double total = static_cast<double>(word.size() + choice.size());
    const double score = total == 0 ? 1 : 2.0 * static_cast<double>(matching(choice, word)) / total;
    if (score >= cutoff) scored.emplace_back(score, choice);
  }
  std::sort(scored.rbegin(), scored.rend());
  if (scored.size() > 3) scored.resize(3);
  std::vector<std::string> out;
  for (auto& [score, choice] : scored) out.push_back(std::move(choice));
  return out;
}

std::string invalid_choice(const std::string& word, const std::vector<std::string>& choices) {
  std::string out = "Invalid choice, valid choices are:\n";
  auto padded = [](std::string text) {
    if (text.size() < 40) text.resize(40, ' ');
    return text;
  };
  for (std::size_t i = 0; i < choices.size(); i += 2) {
    out += "\n" + padded(choices[i]);
    if (i + 1 < choices.size()) out += " | " + padded(choices[i + 1]);
  }
  const auto close = close_matches(word, choices, 0.8);
  if (!close.empty()) out += "\n\n\nInvalid choice: " + jmespath::python_repr(word) + ", maybe you meant:\n";
  for (const std::string& choice : close) out += "\n  * " + choice;
  return out;
}

}  // namespace squall::guest::aws
