// A refused certificate in Go's words and in Go's order: time, name, issuer.
#include <gtest/gtest.h>

#include "harness/vault/go/tls_problem.hpp"

namespace squall::vault {
namespace {

const Time now = *base::parse_iso8601("2026-01-02T03:04:05.6Z");

std::string said(base::CertificateFacts facts, const std::string& host, Time at = now) {
  world::NetError error{world::NetFault::tls_untrusted, false, "", std::move(facts)};
  const std::string head = "tls: failed to verify certificate: x509: ";
  const std::string text = go_tls_problem(error, host, at);
  EXPECT_TRUE(text.starts_with(head)) << text;
  return text.substr(head.size());
}

base::CertificateFacts facts_of(std::vector<std::string> names, std::vector<std::string> addresses) {
  return {std::move(names), std::move(addresses), now - 24h, now + 24h, false, false};
}

TEST(TlsProblem, Names) {
  EXPECT_EQ(said(facts_of({"localhost", "vault"}, {"127.0.0.1"}), "vault.internal"),
            "certificate is valid for localhost, vault, not vault.internal");
  EXPECT_EQ(said(facts_of({"localhost"}, {"10.0.0.1", "::1"}), "10.0.0.2"),
            "certificate is valid for 10.0.0.1, ::1, not 10.0.0.2");
  EXPECT_EQ(said(facts_of({"localhost"}, {}), "10.0.0.2"),
            "cannot validate certificate for 10.0.0.2 because it doesn't contain any IP SANs");
  EXPECT_EQ(said(facts_of({}, {}), "vault.internal"),
            "certificate is not valid for any names, but wanted to match vault.internal");
  base::CertificateFacts old_style = facts_of({}, {});
  old_style.common_name_alone = true;
  EXPECT_EQ(said(old_style, "vault.internal"),
            "certificate relies on legacy Common Name field, use SANs instead");
}

TEST(TlsProblem, TimeComesFirstAndTheIssuerLast) {
  EXPECT_EQ(said(facts_of({"localhost"}, {}), "x", now + 48h),
            "certificate has expired or is not yet valid: current time 2026-01-04T03:04:05Z is after "
            "2026-01-03T03:04:05Z");
  EXPECT_EQ(said(facts_of({"localhost"}, {}), "x", now - 48h),
            "certificate has expired or is not yet valid: current time 2025-12-31T03:04:05Z is before "
            "2026-01-01T03:04:05Z");
  base::CertificateFacts named = facts_of({"localhost"}, {});
  named.names_the_host = true;
  EXPECT_EQ(said(named, "localhost"), "certificate signed by unknown authority");
}

}  // namespace
}  // namespace squall::vault
