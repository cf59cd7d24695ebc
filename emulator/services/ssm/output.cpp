#include "emulator/services/ssm/output.hpp"

#include <algorithm>

namespace squall::services::ssm {
namespace {

constexpr std::size_t standard_output_limit_bytes = 24'000, standard_error_limit_bytes = 8'000;
constexpr std::string_view truncated = "--output truncated--";
constexpr std::string_view output_truncated = "\n---Output truncated---";
constexpr std::string_view error_truncated = "\n---Error truncated----";
constexpr std::string_view error_title = "\n----------ERROR-------\n";

std::string cut(std::string_view text, std::size_t limit, std::string_view mark) {
  return std::string(text.substr(0, limit - mark.size())).append(mark);
}

// A text as long as the limit is cut too: the agent reads no further and cannot tell.
std::string cut_read(std::string_view text, std::size_t limit) {
  return text.size() < limit ? std::string(text) : cut(text, limit, truncated);
}

}  // namespace

std::string cut_standard_output(std::string_view text) { return cut_read(text, standard_output_limit_bytes); }
std::string cut_standard_error(std::string_view text) { return cut_read(text, standard_error_limit_bytes); }

std::string join_output(std::string_view standard_output, std::string_view standard_error,
                        std::size_t limit_bytes) {
  std::string out(standard_output), err(standard_error);
  if (err.empty()) return out.size() > limit_bytes ? cut(out, limit_bytes, output_truncated) : out;
  const std::size_t room = limit_bytes - error_title.size();
  if (out.size() + err.size() > room) {
    // Each may have half; what one does not need is the other's.
    const std::size_t out_room = std::max(room / 2, room - std::min(err.size(), room));
    if (out.size() > out_room) out = cut(out, out_room, output_truncated);
    if (out.size() + err.size() > room) err = cut(err, room - out.size(), error_truncated);
  }
  return out.append(error_title).append(err);
}

}  // namespace squall::services::ssm
