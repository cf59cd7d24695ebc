// SSH keys of EC2 key pairs: made from the world's entropy, so that a seed gives the same keys everywhere,
// and read from OpenSSH public keys. OpenSSL is the calculator.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html says what the fingerprints are.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "emulator/world/entropy.hpp"

namespace squall::services::ec2 {

struct KeyMaterial {
  std::string private_key;  // PEM (RSA) or OpenSSH (ED25519); empty for an imported key
  std::string public_key;   // "ssh-rsa AAAA..."
  std::string fingerprint;
};

KeyMaterial make_rsa_key(world::Entropy& entropy);  // 2048 bits
KeyMaterial make_ed25519_key(world::Entropy& entropy);

// An OpenSSH public key, its comment dropped; nothing if it is not one of the two types.
struct ImportedKey {
  std::string type;  // "rsa", "ed25519"
  KeyMaterial material;
};
std::optional<ImportedKey> read_public_key(std::string_view text);

}  // namespace squall::services::ec2
