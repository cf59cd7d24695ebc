#include "emulator/services/kms/ciphertext.hpp"

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"

namespace squall::services::kms {
namespace {

constexpr std::string_view magic{"SqK\x01", 4};
constexpr std::size_t id_size = 16, version_size = 4, nonce_size = 12, tag_size = 16;
constexpr std::size_t header_size = magic.size() + id_size + version_size;

void append_u32(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

std::uint32_t read_u32(std::string_view bytes) {
  std::uint32_t number = 0;
  for (char c : bytes.substr(0, 4)) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

// Lengths before texts, so that no two contexts have one form; the map gives the order.
std::string associated_data(std::string_view header, const EncryptionContext& context) {
  std::string out(header);
  for (const auto& [key, value] : context) {
    append_u32(out, static_cast<std::uint32_t>(key.size()));
    out += key;
    append_u32(out, static_cast<std::uint32_t>(value.size()));
    out += value;
  }
  return out;
}

std::string uuid_bytes(std::string_view text) {
  std::string digits;
  for (char c : text)
    if (c != '-') digits.push_back(c);
  return base::hex_decode(digits).value_or(std::string());
}

std::string uuid_text(std::string_view bytes) {
  std::string text = base::hex_encode(bytes);
  for (std::size_t dash : {8u, 13u, 18u, 23u}) text.insert(dash, "-");
  return text;
}

}  // namespace

std::optional<CiphertextHeader> read_header(std::string_view blob) {
  // A plaintext has at least one byte.
  if (blob.size() <= header_size + nonce_size + tag_size || !blob.starts_with(magic)) return {};
  return CiphertextHeader{uuid_text(blob.substr(magic.size(), id_size)),
                          read_u32(blob.substr(magic.size() + id_size, version_size))};
}

std::string seal(const std::string& key_id, const Material& material, std::string_view nonce,
                 std::string_view plaintext, const EncryptionContext& context) {
  std::string blob(magic);
  blob.reserve(header_size + nonce_size + plaintext.size() + tag_size);
  blob += uuid_bytes(key_id);
  append_u32(blob, material.version);
  std::string sealed = base::aes_gcm_seal(material.bytes, nonce, plaintext, associated_data(blob, context));
  blob += nonce;
  blob += sealed;
  return blob;
}

std::optional<std::string> open(const Material& material, std::string_view blob,
                                const EncryptionContext& context) {
  if (!read_header(blob)) return {};
  std::string_view header = blob.substr(0, header_size);
  return base::aes_gcm_open(material.bytes, blob.substr(header_size, nonce_size),
                            blob.substr(header_size + nonce_size), associated_data(header, context));
}

}  // namespace squall::services::kms
