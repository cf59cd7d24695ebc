#include "emulator/base/certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

namespace squall::base {
namespace {

template <class T, void (*Free)(T*)>
struct Release {
  void operator()(T* object) const { Free(object); }
};
using Bio = std::unique_ptr<BIO, Release<BIO, BIO_free_all>>;

Bio memory(const std::string& text) {
  return Bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string bytes_of(const ASN1_STRING* text) {
  const unsigned char* data = ASN1_STRING_get0_data(text);
  return {data, data + ASN1_STRING_length(text)};
}

// IPv4 in dots; IPv6 as eight groups without leading zeros, the longest run of zeros left out (RFC 5952).
std::string address_text(const std::string& bytes) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  std::string text;
  if (bytes.size() == 4) {
    for (std::size_t i = 0; i < 4; ++i) text += (i > 0 ? "." : "") + std::to_string(byte(i));
    return text;
  }
  if (bytes.size() != 16) return "?";
  std::size_t run_start = 8, run_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && byte(2 * end) == 0 && byte(2 * end + 1) == 0) ++end;
    if (end - i > run_length) run_start = i, run_length = end - i;
  }
  constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == run_start) {
      text += "::";
      i += run_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    const unsigned group = byte(2 * i) << 8 | byte(2 * i + 1);
    bool begun = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const unsigned digit = group >> shift & 15U;
      begun = begun || digit != 0 || shift == 0;
      if (begun) text += digits[digit];
    }
  }
  return text;
}

Time time_of(const ASN1_TIME* text) {
  std::tm parts{};
  ASN1_TIME_to_tm(text, &parts);
  const std::chrono::year_month_day day{std::chrono::year{parts.tm_year + 1900},
                                        std::chrono::month{static_cast<unsigned>(parts.tm_mon + 1)},
                                        std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
  return std::chrono::sys_days{day} + std::chrono::hours{parts.tm_hour} + std::chrono::minutes{parts.tm_min} +
         std::chrono::seconds{parts.tm_sec};
}

bool covers(X509& certificate, const std::string& host, unsigned flags) {
  return X509_check_host(&certificate, host.data(), host.size(), flags, nullptr) == 1 ||
         X509_check_ip_asc(&certificate, host.c_str(), 0) == 1;
}

}  // namespace

CertificateFacts certificate_facts(x509_st& certificate, const std::string& host) {
  CertificateFacts facts;
  facts.not_before = time_of(X509_get0_notBefore(&certificate));
  facts.not_after = time_of(X509_get0_notAfter(&certificate));
  const std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES, GENERAL_NAMES_free>> names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) facts.dns_names.push_back(bytes_of(name->d.dNSName));
    if (name->type == GEN_IPADD) facts.ip_addresses.push_back(address_text(bytes_of(name->d.iPAddress)));
  }
  facts.names_the_host = covers(certificate, host, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  facts.common_name_alone = names == nullptr && !facts.names_the_host && covers(certificate, host, 0);
  return facts;
}

KeyPair key_pair_of(const std::string& certificate_pem, const std::string& key_pem) {
  const Bio certificate_bio = memory(certificate_pem), key_bio = memory(key_pem);
  const std::unique_ptr<X509, Release<X509, X509_free>> certificate{
      PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr)};
  if (!certificate) return KeyPair::no_certificate;
  const std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>> key{
      PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr)};
  if (!key) return KeyPair::no_key;
  return X509_check_private_key(certificate.get(), key.get()) == 1 ? KeyPair::fits : KeyPair::mismatch;
}

}  // namespace squall::base
