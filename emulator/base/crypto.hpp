// Hashes and ciphers, OpenSSL used as a calculator: no state, no randomness of its own. Key material and
// nonces are passed in, so that a simulated world can draw them from its seed.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace squall::base {

std::string sha256(std::string_view bytes);  // 32 bytes
std::string sha1(std::string_view bytes);    // 20 bytes
std::string md5(std::string_view bytes);     // 16 bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes);

// AES-GCM with a 96-bit nonce; the key is 16 or 32 bytes. Answers ciphertext and 16-byte tag in one string.
std::string aes_gcm_seal(std::string_view key, std::string_view nonce, std::string_view plaintext,
                         std::string_view aad);
// Nothing if the tag does not hold: wrong key, nonce, text or associated data.
std::optional<std::string> aes_gcm_open(std::string_view key, std::string_view nonce, std::string_view sealed,
                                        std::string_view aad);

// Compares in time that depends on the lengths alone.
bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace squall::base
