// The texts that EC2 reads by itself: wildcards against a plain definition, CIDR blocks, addresses, public
// keys.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/key_material.hpp"
#include "emulator/services/ec2/places.hpp"

namespace squall::services::ec2 {
namespace {

// What a pattern means, said recursively; only for short texts.
bool means(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*')
    return means(pattern.substr(1), text) || (!text.empty() && means(pattern, text.substr(1)));
  if (text.empty()) return false;
  if (pattern[0] == '\\' && pattern.size() > 1)
    return pattern[1] == text[0] && means(pattern.substr(2), text.substr(1));
  return (pattern[0] == '?' || pattern[0] == text[0]) && means(pattern.substr(1), text.substr(1));
}

void check(std::string_view input) {
  std::string_view pattern = input.substr(0, input.find('\n'));
  std::string_view text =
      pattern.size() < input.size() ? input.substr(pattern.size() + 1) : std::string_view();
  bool matched = matches_wildcard(pattern, text);
  if (pattern.size() <= 12 && text.size() <= 12 && matched != means(pattern, text)) std::abort();
  if (auto address = parse_address(pattern); address && parse_address(address_text(*address)) != address)
    std::abort();
  if (auto cidr = canonical_cidr(pattern); cidr && canonical_cidr(*cidr) != cidr) std::abort();
  if (auto key = read_public_key(input); key && key->material.fingerprint.empty()) std::abort();
}

}  // namespace
}  // namespace squall::services::ec2

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  squall::services::ec2::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
