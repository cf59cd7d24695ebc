// Any bytes as a key, a keyring, a signature, and as two of Debian's version numbers: read or refused; an
// order has no direction of its own.
#include <cstdint>
#include <cstdlib>

#include "harness/guest/commands/debian_version.hpp"
#include "harness/guest/commands/openpgp.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::guest;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto binary = dearmored(bytes); binary && binary->size() > size) std::abort();
  for (const PublicKey* key : keys_in(bytes))
    if (find_key(key->fingerprint) != key) std::abort();
  if (const auto signature = read_signature(bytes); signature && signature->key == nullptr) std::abort();
  const std::size_t space = std::min(bytes.find(' '), size);
  const std::string_view a = bytes.substr(0, space), b = bytes.substr(std::min(space + 1, size));
  const int order = compare_debian_versions(a, b), back = compare_debian_versions(b, a);
  if ((order < 0) != (back > 0) || (order == 0) != (back == 0)) std::abort();
  if (compare_debian_versions(a, a) != 0) std::abort();
  return 0;
}
