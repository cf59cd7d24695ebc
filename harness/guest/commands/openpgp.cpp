#include "harness/guest/commands/openpgp.hpp"

#include <algorithm>

#include "emulator/base/ascii.hpp"
#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"

namespace squall::guest {
namespace {

// Fingerprints and names as the owners publish them.
constexpr PublicKey keys[] = {
    {"C874011F0AB405110D02105534365D9472D7468F",
     "HashiCorp Security (hashicorp.com/security) <security@hashicorp.com>"},
    {"798AEC654E5C15428C8E42EEAA16FCBCA621E701",
     "HashiCorp Security (HashiCorp Package Signing) <security+packaging@hashicorp.com>"},
    {"9DC858229FC7DD38854AE2D88D81803C0EBFCD88", "Docker Release (CE deb) <docker@docker.com>"},
    {"B97B0AFCAA1A47F044F244A07FCC7D46ACCC4CF8", "PostgreSQL Debian Repository"},
    {"B53AE77BADB630A683046005963FA27710458545", "Grafana Labs <engineering@grafana.com>"}};

constexpr char head[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
constexpr char foot[] = "-----END PGP PUBLIC KEY BLOCK-----";
// Public key packets begin so (old format, two octets of length), which apt looks at.
constexpr char packet[] = "\x99\x02\x0d";
constexpr std::string_view key_mark = "squall-key ", signature_mark = "squall-signature ";
constexpr std::size_t fingerprint_size = 40;

std::string digest_of(std::string_view content) { return base::hex_encode(base::sha256(content)); }

// RFC 4880, section 6.1.
std::string checksum(std::string_view bytes) {
  std::uint32_t crc = 0xb704ce;
  for (char byte : bytes) {
    crc ^= static_cast<std::uint32_t>(static_cast<unsigned char>(byte)) << 16;
    for (int i = 0; i < 8; ++i) {
      crc <<= 1;
      if ((crc & 0x1000000) != 0) crc ^= 0x1864cfb;
    }
  }
  const char three[] = {static_cast<char>(crc >> 16), static_cast<char>(crc >> 8), static_cast<char>(crc)};
  return "=" + base::base64_encode(std::string_view(three, 3));
}

}  // namespace

const PublicKey& hashicorp_key() { return keys[0]; }
const PublicKey& hashicorp_packages_key() { return keys[1]; }
const PublicKey& docker_key() { return keys[2]; }
const PublicKey& postgresql_key() { return keys[3]; }
const PublicKey& grafana_key() { return keys[4]; }

const PublicKey* find_key(std::string_view id) {
  std::string wanted = base::ascii_lower(std::string(id));
  if (wanted.starts_with("0x")) wanted.erase(0, 2);
  std::erase(wanted, ' ');
  if (wanted.size() < 8) return nullptr;
  for (const PublicKey& key : keys)
    if (base::ascii_lower(std::string(key.fingerprint)).ends_with(wanted)) return &key;
  return nullptr;
}

std::string armored_key(const PublicKey& key) {
  const std::string bytes = packet + std::string(key_mark) + std::string(key.fingerprint) + "\n";
  std::string body = base::base64_encode(bytes);
  for (std::size_t at = 64; at < body.size(); at += 65) body.insert(at, "\n");
  return std::string(head) + "\n\n" + body + "\n" + checksum(bytes) + "\n" + foot + "\n";
}

bool is_armored_key(std::string_view text) { return dearmored(text).has_value(); }

std::optional<std::string> dearmored(std::string_view text) {
  const std::size_t begin = text.find(head);
  const std::size_t blank = std::min(text.find("\n\n", begin), text.find("\n\r\n", begin));
  const std::size_t end = text.find(foot, begin);
  if (begin == text.npos || blank == text.npos || end == text.npos || blank > end) return std::nullopt;
  std::string body(text.substr(blank, end - blank));
  if (const std::size_t sum = body.rfind("\n="); sum != std::string::npos) body.resize(sum);
  std::erase_if(body, [](char c) { return c == '\n' || c == '\r'; });
  return base::base64_decode(body);
}

std::vector<const PublicKey*> keys_in(std::string_view bytes) {
  std::vector<const PublicKey*> found;
  const auto take = [&](std::string_view part) {
    for (std::size_t at = part.find(key_mark); at != part.npos; at = part.find(key_mark, at + 1)) {
      const PublicKey* key = find_key(part.substr(at + key_mark.size(), fingerprint_size));
      if (key != nullptr && std::find(found.begin(), found.end(), key) == found.end()) found.push_back(key);
    }
  };
  take(bytes);
  for (std::size_t at = bytes.find(head); at != bytes.npos; at = bytes.find(head, at + 1))
    if (const auto binary = dearmored(bytes.substr(at))) take(*binary);
  return found;
}

std::string sign(const PublicKey& key, std::string_view content) {
  return std::string(signature_mark) + std::string(key.fingerprint) + " " + digest_of(content) + "\n";
}

bool Signature::is_of(std::string_view content) const { return digest == digest_of(content); }

std::optional<Signature> read_signature(std::string_view bytes) {
  if (!bytes.starts_with(signature_mark) || bytes.size() < signature_mark.size() + fingerprint_size + 65)
    return std::nullopt;
  bytes.remove_prefix(signature_mark.size());
  Signature signature{find_key(bytes.substr(0, fingerprint_size)),
                      std::string(bytes.substr(fingerprint_size + 1, 64))};
  if (signature.key == nullptr) return std::nullopt;
  return signature;
}

}  // namespace squall::guest
