// What holds for any bytes given to the blob's reader: it neither opens what it did not seal nor misreads a
// header.
#pragma once
#include <cstdlib>
#include <string_view>

#include "emulator/services/kms/ciphertext.hpp"

namespace squall::services::kms {

// Aborts when it does not hold.
inline void try_ciphertext(std::string_view blob) {
  const Material unused_material{1, "id", std::string(32, 'u')};
  auto header = read_header(blob);
  if (header && header->key_id.size() != 36) std::abort();
  if (open(unused_material, blob, {})) std::abort();
}

}  // namespace squall::services::kms
