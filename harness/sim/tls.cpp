#include "harness/sim/tls.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <vector>

namespace squall::sim {
namespace {

template <class T, void (*Free)(T*)>
struct Release {
  void operator()(T* p) const { Free(p); }
};
using Certificate = std::unique_ptr<X509, Release<X509, X509_free>>;
using Store = std::unique_ptr<X509_STORE, Release<X509_STORE, X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Release<X509_STORE_CTX, X509_STORE_CTX_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO, BIO_free_all>>;

Bio memory(const std::string& text) {
  return Bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::vector<Certificate> certificates(const std::string& pem) {
  std::vector<Certificate> found;
  Bio bio = memory(pem);
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) found.emplace_back(next);
  return found;
}

// The verification error, X509_V_OK if there is none.
int verify(const std::vector<Certificate>& chain, const std::string& ca_pem, Time now, int purpose) {
  Store store{X509_STORE_new()};
  for (const Certificate& ca : certificates(ca_pem)) X509_STORE_add_cert(store.get(), ca.get());
  STACK_OF(X509)* untrusted = sk_X509_new_null();
  for (std::size_t i = 1; i < chain.size(); ++i) sk_X509_push(untrusted, chain[i].get());
  StoreContext context{X509_STORE_CTX_new()};
  X509_STORE_CTX_init(context.get(), store.get(), chain[0].get(), untrusted);
  X509_STORE_CTX_set_time(context.get(), 0, static_cast<std::time_t>(base::unix_seconds(now)));
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  // Go and curl take any certificate given as trusted for an anchor, self-signed or not.
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
  int error = X509_verify_cert(context.get()) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context.get());
  sk_X509_free(untrusted);
  return error;
}

}  // namespace

std::optional<TlsVerdict> verify_server(const std::string& certificate_pem, const world::TlsTrust& trust,
                                        const std::string& name, Time now) {
  if (trust.skip_verify) return {};
  auto chain = certificates(certificate_pem);
  if (chain.empty()) return TlsVerdict{world::NetFault::tls_untrusted, "no certificate"};
  const base::CertificateFacts facts = base::certificate_facts(*chain[0], name);
  int error = verify(chain, trust.ca_pem, now, X509_PURPOSE_SSL_SERVER);
  if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID)
    return TlsVerdict{world::NetFault::tls_expired, X509_verify_cert_error_string(error), facts};
  if (error != X509_V_OK)
    return TlsVerdict{world::NetFault::tls_untrusted, X509_verify_cert_error_string(error), facts};
  const bool named = facts.names_the_host || (facts.common_name_alone && !trust.alternative_names_only);
  if (!named) return TlsVerdict{world::NetFault::tls_name_mismatch, name, facts};
  return {};
}

bool client_certificate_accepted(const std::string& client_pem, const std::string& ca_pem, Time now) {
  auto chain = certificates(client_pem);
  return !chain.empty() && verify(chain, ca_pem, now, X509_PURPOSE_SSL_CLIENT) == X509_V_OK;
}

}  // namespace squall::sim
