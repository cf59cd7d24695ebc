// What the CLI says of a word that it does not know: all that it knows, and what was perhaps meant.
#pragma once
#include <string>
#include <vector>

namespace squall::guest::aws {

std::string invalid_choice(const std::string& word, const std::vector<std::string>& choices);

// Python's difflib: the up to three choices most like `word`, best first, none below `cutoff` of likeness.
std::vector<std::string> close_matches(const std::string& word, const std::vector<std::string>& choices,
                                       double cutoff);

}  // namespace squall::guest::aws
