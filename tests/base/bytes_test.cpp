#include <gtest/gtest.h>

#include "emulator/base/arn.hpp"
#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/base/random.hpp"

namespace squall::base {
namespace {

TEST(Encoding, Base64OfRfc4648) {
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_decode("Zm8="), "fo");
  EXPECT_EQ(base64url_decode(base64url_encode("\xff\xfe\xfd")), "\xff\xfe\xfd");
  for (auto bad : {"Zm8", "Zm9=", "Zm 8", "Z===", "=m8="}) EXPECT_FALSE(base64_decode(bad)) << bad;
}

TEST(Encoding, HexAndPercent) {
  EXPECT_EQ(hex_decode(hex_encode("\x00\xab")), "\x00\xab");
  EXPECT_FALSE(hex_decode("abc"));
  EXPECT_FALSE(hex_decode("zz"));
  EXPECT_EQ(percent_encode("a b/\xc3\xa9~"), "a%20b%2F%C3%A9~");
  EXPECT_EQ(percent_decode("a%20b%2"), "a b%2");
  EXPECT_EQ(parse_query("a=1&b&c=%20+"), (QueryPairs{{"a", "1"}, {"b", ""}, {"c", "  "}}));
}

TEST(Encoding, Utf8RefusesOverlongFormsAndSurrogates) {
  EXPECT_TRUE(valid_utf8("h\xc3\xa9 \xf0\x9f\x8c\xa7"));
  for (auto bad : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"})
    EXPECT_FALSE(valid_utf8(bad));
}

// NIST's GCM specification, test case 16 has other data; this is the property that the services rely on.
TEST(Crypto, GcmOpensOnlyWhatWasSealed) {
  std::string key(32, 'k'), nonce(12, 'n');
  std::string sealed = aes_gcm_seal(key, nonce, "plain", "context");
  EXPECT_EQ(sealed.size(), 5u + 16u);
  EXPECT_EQ(aes_gcm_open(key, nonce, sealed, "context"), "plain");
  EXPECT_FALSE(aes_gcm_open(key, nonce, sealed, "other"));
  sealed[0] = static_cast<char>(sealed[0] ^ 1);
  EXPECT_FALSE(aes_gcm_open(key, nonce, sealed, "context"));
}

TEST(Crypto, KnownDigests) {
  EXPECT_EQ(hex_encode(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  // RFC 4231, test case 2.
  EXPECT_EQ(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Random, StreamsAreIndependentOfEarlierDraws) {
  Random a{7}, b{7};
  b.next();
  EXPECT_EQ(a.stream("net").next(), b.stream("net").next());
  EXPECT_NE(a.stream("net").next(), a.stream("disk").next());
  for (int i = 0; i < 1000; ++i) {
    auto draw = a.between(-3, 3);
    EXPECT_TRUE(draw >= -3 && draw <= 3);
  }
}

TEST(Arn, RoundTrip) {
  auto arn = Arn::parse("arn:aws:kms:us-east-1:111122223333:key/1234");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->resource, "key/1234");
  EXPECT_EQ(arn->text(), "arn:aws:kms:us-east-1:111122223333:key/1234");
  EXPECT_FALSE(Arn::parse("arn:aws:kms"));
}

}  // namespace
}  // namespace squall::base
