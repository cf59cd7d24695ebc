// The blob: what opens it and what does not.
#include "emulator/services/kms/ciphertext.hpp"

#include <gtest/gtest.h>

namespace squall::services::kms {
namespace {

const std::string key_id = "01234567-89ab-4cde-8f01-23456789abcd";
const Material material{3, "id", std::string(32, 'k')};
const std::string nonce(12, 'n');

TEST(Ciphertext, OpensWithTheSameMaterialAndContext) {
  std::string plaintext("se\0cret", 7);
  std::string blob = seal(key_id, material, nonce, plaintext, {{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(blob.find("cret"), std::string::npos);
  EXPECT_EQ(open(material, blob, {{"b", "2"}, {"a", "1"}}), plaintext);
  auto header = read_header(blob);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->key_id, key_id);
  EXPECT_EQ(header->material_version, 3u);
}

TEST(Ciphertext, StaysShutWithAnotherContextOrMaterial) {
  std::string blob = seal(key_id, material, nonce, "secret", {{"a", "1"}});
  EXPECT_FALSE(open(material, blob, {}));
  EXPECT_FALSE(open(material, blob, {{"a", "2"}}));
  EXPECT_FALSE(open(material, blob, {{"a", "1"}, {"b", ""}}));
  EXPECT_FALSE(open({3, "id", std::string(32, 'x')}, blob, {{"a", "1"}}));
}

// Pairs that would run together if they were only put one after the other.
TEST(Ciphertext, TellsContextsApartThatReadAlike) {
  std::string blob = seal(key_id, material, nonce, "secret", {{"ab", "c"}});
  EXPECT_FALSE(open(material, blob, {{"a", "bc"}}));
  EXPECT_FALSE(open(material, blob, {{"abc", ""}}));
}

TEST(Ciphertext, NoticesEveryChangedBit) {
  const std::string blob = seal(key_id, material, nonce, "secret", {});
  for (std::size_t i = 0; i < blob.size() * 8; ++i) {
    std::string changed = blob;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
    EXPECT_FALSE(open(material, changed, {})) << "bit " << i;
  }
  for (std::size_t size = 0; size < blob.size(); ++size)
    EXPECT_FALSE(open(material, blob.substr(0, size), {}));
  EXPECT_FALSE(open(material, blob + "x", {}));
}

}  // namespace
}  // namespace squall::services::kms
