// Keys and signatures as far as scripts handle them. A key of this world is its owner's name and fingerprint
// in the wrapping that OpenPGP gives keys (RFC 4880, section 6.2), a signature names the key and the content
// that it is for: whether a key was fetched, kept, turned into binary, and whether a file is what was signed,
// can go wrong here as it does elsewhere. There is no mathematics in it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/program/program.hpp"

namespace squall::guest {

struct PublicKey {
  std::string_view fingerprint;  // 40 hexadecimal digits
  std::string_view user_id;
};
const PublicKey& hashicorp_key();           // signs releases
const PublicKey& hashicorp_packages_key();  // signs the package repositories
const PublicKey& docker_key();
const PublicKey& postgresql_key();
const PublicKey& grafana_key();
// By its fingerprint or the end of it, with or without "0x" and spaces; nullptr: none of this world's.
const PublicKey* find_key(std::string_view id);

std::string armored_key(const PublicKey& key);
bool is_armored_key(std::string_view text);
// The bytes in an armor; nothing for a text that has none.
std::optional<std::string> dearmored(std::string_view text);
// This world's keys in a keyring or a key file, armored or not.
std::vector<const PublicKey*> keys_in(std::string_view bytes);

// A detached signature of `content`.
std::string sign(const PublicKey& key, std::string_view content);
struct Signature {
  const PublicKey* key = nullptr;
  std::string digest;  // of what was signed
  bool is_of(std::string_view content) const;
};
std::optional<Signature> read_signature(std::string_view bytes);

}  // namespace squall::guest
