// The table of kinds, and how their files are read.
#include <zlib.h>

#include <stdexcept>

#include "tests/replay/replay.hpp"

namespace squall::replay {
namespace {

// zlib reads plain files as they are.
std::string read_file(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error(path + ": cannot be opened");
  std::string text;
  std::vector<char> block(1 << 16);
  int count = 0;
  while ((count = gzread(file, block.data(), static_cast<unsigned>(block.size()))) > 0)
    text.append(block.data(), static_cast<std::size_t>(count));
  gzclose(file);
  if (count < 0) throw std::runtime_error(path + ": damaged gzip data");
  return text;
}

}  // namespace

std::span<const Kind> kinds() {
  static constexpr Kind table[] = {
      {"autopilot", replay_autopilot}, {"iam", replay_iam},     {"jmespath", replay_jmespath},
      {"raft", replay_raft},           {"sigv4", replay_sigv4},
  };
  return table;
}

Cases read_cases(const std::string& path) {
  const std::string text = read_file(path);
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
