// What TLS decides, without its wire: whether a client that trusts these issuers takes this certificate for
// that name at that time. OpenSSL does the verification; the time is the world's.
#pragma once
#include <optional>
#include <string>

#include "emulator/base/time.hpp"
#include "emulator/world/network.hpp"

namespace squall::sim {

struct TlsVerdict {
  world::NetFault fault;
  std::string detail;  // OpenSSL's word for it: "unable to get local issuer certificate"
  std::optional<base::CertificateFacts> certificate;
};

// Nothing when the certificate is taken. `name` is a DNS name or a literal address.
std::optional<TlsVerdict> verify_server(const std::string& certificate_pem, const world::TlsTrust& trust,
                                        const std::string& name, Time now);
// Whether a client certificate satisfies a listener that requires one of this issuer.
bool client_certificate_accepted(const std::string& client_pem, const std::string& ca_pem, Time now);

}  // namespace squall::sim
