#include "harness/vault/go/tls_problem.hpp"

#include <algorithm>

namespace squall::vault {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool literal_address(const std::string& host) {
  return host.find(':') != std::string::npos ||
         std::all_of(host.begin(), host.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

std::string name_problem(const base::CertificateFacts& facts, const std::string& host) {
  if (facts.common_name_alone) return "certificate relies on legacy Common Name field, use SANs instead";
  const bool address = literal_address(host);
  if (address && facts.ip_addresses.empty())
    return "cannot validate certificate for " + host + " because it doesn't contain any IP SANs";
  const std::string valid = joined(address ? facts.ip_addresses : facts.dns_names);
  if (valid.empty()) return "certificate is not valid for any names, but wanted to match " + host;
  return "certificate is valid for " + valid + ", not " + host;
}

std::string problem(const base::CertificateFacts& facts, const std::string& host, Time now) {
  const std::string expired =
      "certificate has expired or is not yet valid: current time " + base::iso8601(now);
  if (now < facts.not_before) return expired + " is before " + base::iso8601(facts.not_before);
  if (now > facts.not_after) return expired + " is after " + base::iso8601(facts.not_after);
  if (!facts.names_the_host) return name_problem(facts, host);
  return "certificate signed by unknown authority";
}

}  // namespace

std::string go_tls_problem(const world::NetError& error, const std::string& host, Time now) {
  if (error.fault == world::NetFault::tls_not_tls) return "http: server gave HTTP response to HTTPS client";
  const std::string refused = "tls: failed to verify certificate: x509: ";
  if (!error.certificate) return refused + "certificate signed by unknown authority";
  return refused + problem(*error.certificate, host, now);
}

std::string go_key_pair_problem(const std::string& certificate_pem, const std::string& key_pem) {
  switch (base::key_pair_of(certificate_pem, key_pem)) {
    case base::KeyPair::no_certificate:
      return "tls: failed to find any PEM data in certificate input";
    case base::KeyPair::no_key:
      return "tls: failed to find any PEM data in key input";
    case base::KeyPair::mismatch:
      return "tls: private key does not match public key";
    case base::KeyPair::fits:
      break;
  }
  return {};
}

}  // namespace squall::vault
