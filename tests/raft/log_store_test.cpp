// The log store: what was synced stays, of what was not any part may be left, and the checksums tell.
#include "harness/vault/raft/log_store.hpp"

#include <gtest/gtest.h>

namespace squall::vault::raft {
namespace {

Entry entry(Index index, Term term) {
  return {index, term, EntryType::command, std::make_shared<const std::string>(std::string(90, 'x')),
          nullptr};
}

Write write_of(Index from, Index to, Term term) {
  Write write;
  write.term = term;
  write.vote = Vote{term, "n1:8201"};
  for (Index i = from; i <= to; ++i) write.entries.push_back(entry(i, term));
  return write;
}

TEST(LogStore, WhatWasSyncedComesBackWhatWasNotIsAPrefix) {
  base::Random random(5);
  std::size_t kept_some = 0, lost_some = 0;
  for (int round = 0; round < 2000; ++round) {
    LogStore store;
    store.append(write_of(1, 3, 2));
    store.sync();
    store.append(write_of(4, 8, 3));
    store.crash(random);
    const DiskState disk = store.recover();
    ASSERT_GE(disk.entries.size(), 3u);
    ASSERT_LE(disk.entries.size(), 8u);
    for (std::size_t i = 0; i < disk.entries.size(); ++i) {
      ASSERT_EQ(disk.entries[i].index, i + 1);
      ASSERT_EQ(disk.entries[i].term, i < 3 ? 2u : 3u);
      ASSERT_EQ(*disk.entries[i].data, std::string(90, 'x')) << "a torn record was taken";
    }
    kept_some += disk.entries.size() > 3;
    lost_some += disk.entries.size() < 8;
    // The store goes on where the good part ended.
    store.append(write_of(disk.entries.size() + 1, disk.entries.size() + 1, 4));
    store.sync();
    ASSERT_EQ(store.recover().entries.size(), disk.entries.size() + 1);
  }
  EXPECT_GT(kept_some, 100u);
  EXPECT_GT(lost_some, 100u);
}

TEST(LogStore, EveryPartOfAWriteComesBack) {
  LogStore store;
  store.append(write_of(1, 9, 2));
  Write cut;
  cut.truncate_from = 7;
  cut.entries = {entry(7, 3)};
  store.append(cut);
  Write snapshot;
  auto taken = std::make_shared<Snapshot>();
  taken->index = 4;
  taken->term = 2;
  taken->configuration =
      std::make_shared<const Configuration>(Configuration{{{Suffrage::nonvoter, "n1", "n1:8201"}}});
  taken->configuration_index = 1;
  taken->data = "state";
  snapshot.snapshot = taken;
  snapshot.compact_to = 2;
  store.append(snapshot);
  store.sync();
  const DiskState disk = store.recover();
  EXPECT_EQ(disk.term, 2u);
  EXPECT_EQ(disk.vote, (Vote{2, "n1:8201"}));
  ASSERT_TRUE(disk.snapshot);
  EXPECT_EQ(disk.snapshot->data, "state");
  EXPECT_EQ(*disk.snapshot->configuration, *taken->configuration);
  EXPECT_EQ(disk.entries.front().index, 3u);
  EXPECT_EQ(disk.entries.back().index, 7u);
  EXPECT_EQ(disk.entries.back().term, 3u);
}

TEST(LogStore, ARefusedWriteLeavesNoTrace) {
  LogStore store;
  store.append(write_of(1, 2, 1));
  store.sync();
  store.append(write_of(3, 4, 1));
  store.abandon();
  store.append(write_of(3, 3, 2));
  store.sync();
  EXPECT_EQ(store.recover().entries.back().term, 2u);
}

TEST(LogStore, AFileThatGrewIsWrittenAnew) {
  LogStore store;
  for (Index i = 1; i <= 4000; ++i) {
    Write write;
    write.entries = {entry(i, 1)};
    if (i > 10) write.compact_to = i - 10;
    store.append(write);
    store.sync();
  }
  EXPECT_LT(store.size_bytes(), 200'000u);
  EXPECT_EQ(store.recover().entries.back().index, 4000u);
}

TEST(LogStore, AnyFlippedByteEndsTheLog) {
  std::uint64_t chain = 0;
  const std::string bytes = encode_records(write_of(1, 4, 2), chain);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    EXPECT_LE(decode_records(damaged).good_bytes, at) << "byte " << at;
  }
}

}  // namespace
}  // namespace squall::vault::raft
