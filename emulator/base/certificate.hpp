// What a client that refuses a certificate may say of it (RFC 5280): each client words it in its own way.
#pragma once
#include <string>
#include <vector>

#include "emulator/base/time.hpp"

struct x509_st;  // OpenSSL's X509

namespace squall::base {

struct CertificateFacts {
  std::vector<std::string> dns_names, ip_addresses;  // its subject alternative names
  Time not_before, not_after;
  bool names_the_host = false;     // an alternative name covers the host that was asked for
  bool common_name_alone = false;  // it has no alternative names, but its common name covers the host
};

// `host` is a DNS name or a literal address.
CertificateFacts certificate_facts(x509_st& certificate, const std::string& host);

// Whether the first certificate of a PEM text and a private key belong together.
enum class KeyPair { fits, no_certificate, no_key, mismatch };
KeyPair key_pair_of(const std::string& certificate_pem, const std::string& key_pem);

}  // namespace squall::base
