#include "emulator/base/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>
#include <stdexcept>

namespace squall::base {
namespace {

const unsigned char* in(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* out(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

void check(int ok, const char* what) {
  if (ok <= 0) throw std::runtime_error(std::string("OpenSSL refused: ") + what);
}

// A context is kept per thread: making one costs more than a short message does.
std::string digest(const EVP_MD* md, std::string_view bytes) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> ctx{EVP_MD_CTX_new(),
                                                                                 EVP_MD_CTX_free};
  std::string result(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
  check(EVP_DigestInit_ex2(ctx.get(), md, nullptr), "digest");
  check(EVP_DigestUpdate(ctx.get(), bytes.data(), bytes.size()), "digest");
  check(EVP_DigestFinal_ex(ctx.get(), out(result), nullptr), "digest");
  return result;
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// Fetched once: looking an algorithm up by name costs several times what a short message does.
const EVP_CIPHER* gcm(std::size_t key_size) {
  static EVP_CIPHER* const aes128 = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  static EVP_CIPHER* const aes256 = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  if (key_size == 16) return aes128;
  if (key_size == 32) return aes256;
  throw std::invalid_argument("an AES key has 16 or 32 bytes");
}

const EVP_MD* sha256_md() {
  static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return md;
}

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

// As with digests, kept per thread.
MacContext& hmac_sha256_context() {
  thread_local MacContext context = [] {
    std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                                          EVP_MAC_free};
    MacContext made{EVP_MAC_CTX_new(mac.get()), EVP_MAC_CTX_free};
    char name[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                     OSSL_PARAM_construct_end()};
    check(EVP_MAC_CTX_set_params(made.get(), parameters), "HMAC-SHA-256");
    return made;
  }();
  return context;
}

constexpr std::size_t tag_size = 16;
constexpr std::size_t nonce_size = 12;

}  // namespace

std::string sha256(std::string_view bytes) { return digest(sha256_md(), bytes); }
std::string sha1(std::string_view bytes) { return digest(EVP_sha1(), bytes); }
std::string md5(std::string_view bytes) { return digest(EVP_md5(), bytes); }

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  // For a null key OpenSSL would take the one before.
  static constexpr char no_key = 0;
  MacContext& ctx = hmac_sha256_context();
  std::string result(32, '\0');
  std::size_t size = 0;
  check(EVP_MAC_init(ctx.get(), in(key.empty() ? std::string_view(&no_key, 0) : key), key.size(), nullptr),
        "HMAC");
  check(EVP_MAC_update(ctx.get(), in(bytes), bytes.size()), "HMAC");
  check(EVP_MAC_final(ctx.get(), out(result), &size, result.size()), "HMAC");
  return result;
}

std::string aes_gcm_seal(std::string_view key, std::string_view nonce, std::string_view plaintext,
                         std::string_view aad) {
  if (nonce.size() != nonce_size) throw std::invalid_argument("a GCM nonce has 12 bytes");
  CipherContext ctx{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
  check(EVP_EncryptInit_ex2(ctx.get(), gcm(key.size()), in(key), in(nonce), nullptr), "AES-GCM");
  int size = 0;
  if (!aad.empty())
    check(EVP_EncryptUpdate(ctx.get(), nullptr, &size, in(aad), static_cast<int>(aad.size())),
          "AES-GCM data");
  std::string sealed(plaintext.size() + tag_size, '\0');
  check(EVP_EncryptUpdate(ctx.get(), out(sealed), &size, in(plaintext), static_cast<int>(plaintext.size())),
        "AES-GCM text");
  check(EVP_EncryptFinal_ex(ctx.get(), out(sealed) + size, &size), "AES-GCM end");
  check(EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_size),
                            out(sealed) + plaintext.size()),
        "AES-GCM tag");
  return sealed;
}

std::optional<std::string> aes_gcm_open(std::string_view key, std::string_view nonce, std::string_view sealed,
                                        std::string_view aad) {
  if (nonce.size() != nonce_size || sealed.size() < tag_size) return {};
  CipherContext ctx{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
  check(EVP_DecryptInit_ex2(ctx.get(), gcm(key.size()), in(key), in(nonce), nullptr), "AES-GCM");
  int size = 0;
  if (!aad.empty())
    check(EVP_DecryptUpdate(ctx.get(), nullptr, &size, in(aad), static_cast<int>(aad.size())),
          "AES-GCM data");
  std::size_t length = sealed.size() - tag_size;
  std::string plain(length, '\0');
  check(EVP_DecryptUpdate(ctx.get(), out(plain), &size, in(sealed), static_cast<int>(length)),
        "AES-GCM text");
  std::string tag{sealed.substr(length)};
  check(EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_size), tag.data()),
        "AES-GCM tag");
  if (EVP_DecryptFinal_ex(ctx.get(), out(plain) + size, &size) <= 0) return {};
  return plain;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace squall::base
