#include "tests/fuzz/ciphertext_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  squall::services::kms::try_ciphertext({reinterpret_cast<const char*>(data), size});
  return 0;
}
