// What a node reads from its disk and from operators before any key has vouched for it: barrier entries, key
// rings, envelopes, seal configurations, key shares. An envelope that is read is written as one that reads
// the same.
#include <cstdint>
#include <cstdlib>

#include "harness/vault/barrier/barrier.hpp"
#include "harness/vault/core/seal_config.hpp"
#include "harness/vault/seal/blob_info.hpp"
#include "harness/vault/seal/shamir.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::vault;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto blob = BlobInfo::parse(bytes)) {
    const auto again = BlobInfo::parse(blob->serialise());
    if (!again || again->ciphertext != blob->ciphertext || again->wrapped_key != blob->wrapped_key)
      std::abort();
  }
  parse_entry(bytes);
  Keyring::parse(bytes);
  SealConfig::parse(bytes);
  if (const auto share = parse_share(bytes)) shamir_combine({*share, bytes});
  shamir_combine({bytes.substr(0, size / 2), bytes.substr(size / 2)});
  return 0;
}
