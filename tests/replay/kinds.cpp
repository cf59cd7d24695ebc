// The table of kinds, and how their files are read.
#include <stdexcept>

#include "tests/replay/gzip_file.hpp"
#include "tests/replay/replay.hpp"

namespace squall::replay {

std::span<const Kind> kinds() {
  static constexpr Kind table[] = {
      {"autopilot", replay_autopilot}, {"iam", replay_iam},     {"jmespath", replay_jmespath},
      {"raft", replay_raft},           {"sigv4", replay_sigv4},
  };
  return table;
}

Cases read_cases(const std::string& path) {
  const std::string text = read_gzip_file(path);
  Cases cases;
  auto add = [&](nlohmann::ordered_json value) {
    cases.push_back(value);
    cases.in_order.push_back(std::move(value));
  };
  if (auto whole = nlohmann::ordered_json::parse(text, nullptr, false); whole.is_array()) {
    for (nlohmann::ordered_json& one : whole) add(std::move(one));
    return cases;
  }
  for (std::size_t at = 0, line = 1; at < text.size(); ++line) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view one = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (one.find_first_not_of(" \t\r") == one.npos) continue;
    auto value = nlohmann::ordered_json::parse(one, nullptr, false);
    if (value.is_discarded()) throw std::runtime_error(path + ":" + std::to_string(line) + ": not JSON");
    add(std::move(value));
  }
  if (cases.empty()) throw std::runtime_error(path + ": holds no cases");
  return cases;
}

}  // namespace squall::replay
