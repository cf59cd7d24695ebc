#include "emulator/services/ec2/key_material.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"

namespace squall::services::ec2 {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Number = std::unique_ptr<BIGNUM, Deleter<BN_clear_free>>;
using NumberContext = std::unique_ptr<BN_CTX, Deleter<BN_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;
using Buffer = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr int prime_bits = 1024;
constexpr BN_ULONG public_exponent = 65537;

// What cannot fail but for want of memory.
void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL could not make a key");
}

std::string bytes_of(const BIGNUM* number) {
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                          static_cast<int>(bytes.size()), nullptr));
}

// The first prime p at or after a drawn odd number for which p - 1 shares no factor with the exponent.
Number draw_prime(world::Entropy& entropy, BN_CTX* context) {
  std::string raw = entropy.bytes(prime_bits / 8);
  raw.front() = static_cast<char>(raw.front() | 0xc0);  // so that the product has 2048 bits
  raw.back() = static_cast<char>(raw.back() | 1);
  Number prime = number_of(raw);
  for (;; require(BN_add_word(prime.get(), 2) == 1)) {
    if (BN_mod_word(prime.get(), public_exponent) == 1) continue;
    if (BN_check_prime(prime.get(), context, nullptr) == 1) return prime;
  }
}

// Null for numbers that make no key.
Key rsa_key(OSSL_PARAM* parameters, int selection) {
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  require(EVP_PKEY_fromdata_init(context.get()) == 1);
  if (EVP_PKEY_fromdata(context.get(), &made, selection, parameters) != 1) return nullptr;
  return Key(made);
}

std::string colons(const std::string& digest) {
  std::string text;
  for (char byte : digest) text += (text.empty() ? "" : ":") + base::hex_encode(std::string(1, byte));
  return text;
}

// RFC 4251: a length and the bytes; numbers with a leading zero where the top bit is set.
std::string field(std::string_view bytes) {
  auto size = static_cast<std::uint32_t>(bytes.size());
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift & 0xff);
  return out + std::string(bytes);
}

std::string number_field(const std::string& bytes) {
  bool high = !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0x80) != 0;
  return field(high ? std::string(1, '\0') + bytes : bytes);
}

std::optional<std::string> take_field(std::string_view& blob) {
  if (blob.size() < 4) return std::nullopt;
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(blob[i]);
  blob.remove_prefix(4);
  if (size > blob.size()) return std::nullopt;
  std::string bytes(blob.substr(0, size));
  blob.remove_prefix(size);
  return bytes;
}

std::string ed25519_fingerprint(const std::string& blob) { return base::base64_encode(base::sha256(blob)); }

// The MD5 of the DER public key, as imported RSA keys have it; empty for numbers that make no key.
std::string imported_rsa_fingerprint(const std::string& exponent, const std::string& modulus) {
  Builder builder(OSSL_PARAM_BLD_new());
  Number e = number_of(exponent), n = number_of(modulus);
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  Key key = rsa_key(parameters.get(), EVP_PKEY_PUBLIC_KEY);
  if (!key) return {};
  unsigned char* der = nullptr;
  int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) return {};
  std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return colons(base::md5(bytes));
}

}  // namespace

KeyMaterial make_rsa_key(world::Entropy& entropy) {
  NumberContext context(BN_CTX_new());
  Number p = draw_prime(entropy, context.get()), q = draw_prime(entropy, context.get());
  if (BN_cmp(p.get(), q.get()) < 0) std::swap(p, q);
  Number n(BN_new()), e(BN_new()), d(BN_new()), p1(BN_dup(p.get())), q1(BN_dup(q.get())), phi(BN_new());
  Number dp(BN_new()), dq(BN_new()), qinv(BN_new());
  require(BN_set_word(e.get(), public_exponent) == 1 && BN_sub_word(p1.get(), 1) == 1 &&
          BN_sub_word(q1.get(), 1) == 1);
  require(BN_mul(n.get(), p.get(), q.get(), context.get()) == 1);
  require(BN_mul(phi.get(), p1.get(), q1.get(), context.get()) == 1);
  require(BN_mod_inverse(d.get(), e.get(), phi.get(), context.get()) != nullptr);
  require(BN_mod(dp.get(), d.get(), p1.get(), context.get()) == 1);
  require(BN_mod(dq.get(), d.get(), q1.get(), context.get()) == 1);
  require(BN_mod_inverse(qinv.get(), q.get(), p.get(), context.get()) != nullptr);
  Builder builder(OSSL_PARAM_BLD_new());
  std::pair<const char*, BIGNUM*> parts[] = {
      {OSSL_PKEY_PARAM_RSA_N, n.get()},          {OSSL_PKEY_PARAM_RSA_E, e.get()},
      {OSSL_PKEY_PARAM_RSA_D, d.get()},          {OSSL_PKEY_PARAM_RSA_FACTOR1, p.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, q.get()},    {OSSL_PKEY_PARAM_RSA_EXPONENT1, dp.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, dq.get()}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qinv.get()},
  };
  for (auto [name, number] : parts) require(OSSL_PARAM_BLD_push_BN(builder.get(), name, number) == 1);
  Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  Key key = rsa_key(parameters.get(), EVP_PKEY_KEYPAIR);
  require(key != nullptr);

  KeyMaterial material;
  Buffer pem(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PrivateKey_traditional(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
          1);
  char* text = nullptr;
  long size = BIO_get_mem_data(pem.get(), &text);
  material.private_key.assign(text, static_cast<std::size_t>(size));
  while (!material.private_key.empty() && material.private_key.back() == '\n')
    material.private_key.pop_back();
  // A key that EC2 made is known by the SHA-1 of its PKCS #8 form.
  Buffer der(BIO_new(BIO_s_mem()));
  require(i2d_PKCS8PrivateKey_bio(der.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  size = BIO_get_mem_data(der.get(), &text);
  material.fingerprint = colons(base::sha1(std::string_view(text, static_cast<std::size_t>(size))));
  std::string blob = field("ssh-rsa") + number_field(bytes_of(e.get())) + number_field(bytes_of(n.get()));
  material.public_key = "ssh-rsa " + base::base64_encode(blob);
  return material;
}

// PROTOCOL.key of OpenSSH: one unencrypted key, padded to eight bytes.
KeyMaterial make_ed25519_key(world::Entropy& entropy) {
  std::string seed = entropy.bytes(32), check = entropy.bytes(4);
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                       reinterpret_cast<const unsigned char*>(seed.data()), seed.size()));
  require(key != nullptr);
  std::string open(32, '\0');
  std::size_t size = open.size();
  require(EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(open.data()), &size) == 1);
  std::string blob = field("ssh-ed25519") + field(open);
  std::string secret = check + check + blob + field(seed + open) + field("");
  for (char pad = 1; secret.size() % 8 != 0; ++pad) secret += pad;
  std::string one = std::string("\0\0\0\1", 4);
  std::string whole = std::string("openssh-key-v1\0", 15) + field("none") + field("none") + field("") + one +
                      field(blob) + field(secret);
  std::string encoded = base::base64_encode(whole);
  KeyMaterial material;
  material.private_key = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  for (std::size_t at = 0; at < encoded.size(); at += 70)
    material.private_key += encoded.substr(at, 70) + "\n";
  material.private_key += "-----END OPENSSH PRIVATE KEY-----\n";
  material.public_key = "ssh-ed25519 " + base::base64_encode(blob);
  material.fingerprint = ed25519_fingerprint(blob);
  return material;
}

std::optional<ImportedKey> read_public_key(std::string_view text) {
  std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  std::string name(text.substr(0, space));
  std::string_view rest = text.substr(space + 1);
  std::string encoded(rest.substr(0, rest.find_first_of(" \r\n")));
  auto blob = base::base64_decode(encoded);
  if (!blob || blob->size() > 4096) return std::nullopt;
  std::string_view fields = *blob;
  if (take_field(fields) != name) return std::nullopt;
  ImportedKey imported;
  imported.material.public_key = name + " " + encoded;
  auto first = take_field(fields);
  if (!first) return std::nullopt;
  if (name == "ssh-ed25519" && first->size() == 32 && fields.empty()) {
    imported.type = "ed25519";
    imported.material.fingerprint = ed25519_fingerprint(*blob);
    return imported;
  }
  auto modulus = take_field(fields);
  if (name != "ssh-rsa" || !modulus || !fields.empty()) return std::nullopt;
  imported.type = "rsa";
  imported.material.fingerprint = imported_rsa_fingerprint(*first, *modulus);
  if (imported.material.fingerprint.empty()) return std::nullopt;
  return imported;
}

}  // namespace squall::services::ec2
