// What is wrong with a certificate in the words of Go 1.20 (crypto/x509 verify.go), and in its order: the
// time is looked at first, then the name, the issuer last.
#pragma once
#include <string>

#include "emulator/world/network.hpp"

namespace squall::vault {

// For a fault of TLS: "tls: failed to verify certificate: x509: certificate is valid for localhost, not
// vault.internal". `host` is the name that was verified, `now` the time it was verified at.
std::string go_tls_problem(const world::NetError& error, const std::string& host, Time now);

// A listener's certificate and key (crypto/tls X509KeyPair): "tls: private key does not match public key";
// empty when they fit.
std::string go_key_pair_problem(const std::string& certificate_pem, const std::string& key_pem);

}  // namespace squall::vault
