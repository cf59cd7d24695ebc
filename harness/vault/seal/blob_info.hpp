// The envelope in which a seal's secrets are stored: protobuf BlobInfo of go-kms-wrapping (types.proto), of
// which the seals here use ciphertext (1), iv (2) and key_info (5) {mechanism (1), key_id (3), wrapped_key
// (5)}.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::vault {

struct BlobInfo {
  std::string ciphertext;
  std::string iv;
  std::uint64_t mechanism = 0;  // 1: the data is sealed under wrapped_key
  std::string key_id;
  std::string wrapped_key;

  std::string serialise() const;
  // Unknown fields are passed over; nothing for bytes that are not a message.
  static std::optional<BlobInfo> parse(std::string_view bytes);
};

}  // namespace squall::vault
