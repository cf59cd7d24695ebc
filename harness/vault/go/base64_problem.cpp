#include "harness/vault/go/base64_problem.hpp"

namespace squall::vault {

std::string go_base64_problem(const std::string& text) {
  const std::size_t at =
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  return "illegal base64 data at input byte " + std::to_string(std::min(at, text.size()));
}

}  // namespace squall::vault
