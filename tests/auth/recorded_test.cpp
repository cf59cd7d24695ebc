// Every recorded case; the one that differs is listed with the page that decides.
#include <gmock/gmock.h>

#include <sstream>

#include "tests/replay/replay.hpp"

namespace squall::replay {
namespace {

TEST(Recorded, SigningSuiteAgreesWhole) {
  std::ostringstream differences;
  Tally tally = replay_sigv4(read_cases(SQUALL_AUTH_DATA "/sigv4.jsonl.gz"), differences);
  EXPECT_EQ(tally.total, 38u);
  EXPECT_EQ(tally.agreed, tally.total) << differences.str();
}

// Case 533 denies under DateEquals {"aws:CurrentTime": "1768478400"} at 2026-01-15T12:00:00Z, which is that
// very second. The simulator compares the texts; AWS takes dates as ISO 8601 or as epoch seconds
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html,
// "Date condition operators").
TEST(Recorded, DecisionsAgreeButForOneThatTheDocumentationDecides) {
  std::ostringstream differences;
  Tally tally = replay_iam(read_cases(SQUALL_AUTH_DATA "/iam-decisions.jsonl.gz"), differences);
  EXPECT_EQ(tally.total, 2000u);
  EXPECT_EQ(tally.agreed, 1999u);
  EXPECT_THAT(differences.str(),
              testing::StartsWith("case 533: recorded \"ImplicitlyDenied\", decided ExplicitlyDenied"));
}

}  // namespace
}  // namespace squall::replay
