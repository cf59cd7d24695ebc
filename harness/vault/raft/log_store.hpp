// A node's disk as a file of records: every part of a Write is one record, chained to the one before it by
// its checksum, so that after a crash the first record that was lost, torn or left from earlier ends the log.
// LogStore keeps the file as bytes and loses of it what a disk may lose.
#pragma once
#include <string>
#include <string_view>

#include "emulator/base/random.hpp"
#include "harness/vault/raft/options.hpp"

namespace squall::vault::raft {

// Brings a state forward by a write, in the order that Write documents.
void apply_write(DiskState& disk, const Write& write);

// The records of a write; `chain` is the checksum of the record before, and is moved on. Start with 0.
std::string encode_records(const Write& write, std::uint64_t& chain);

struct DecodedLog {
  DiskState disk;
  std::uint64_t chain = 0;     // of the last good record
  std::size_t good_bytes = 0;  // up to the first record that does not hold
};
// Any bytes are safe to read. check_sums off is a planted bug's.
DecodedLog decode_records(std::string_view bytes, bool check_sums = true);

class LogStore {
 public:
  // A file below `rewrite_from_bytes` is never written anew.
  explicit LogStore(Bug bug = Bug::none, std::size_t rewrite_from_bytes = std::size_t{1} << 17)
      : bug_(bug), rewrite_from_bytes_(rewrite_from_bytes) {}

  void append(const Write& write);  // reaches the file, not yet the disk
  void sync();                      // what was appended is on the disk
  // Takes back what was appended since the last sync, as after a refused write.
  void abandon();
  // The machine dies: what was not synced stays, is lost, is torn or stays without what came before it.
  // True if a part of it is left on the disk.
  bool crash(base::Random& random);
  // Reads the disk and cuts off what does not hold.
  DiskState recover();

  std::size_t size_bytes() const { return synced_.size() + unsynced_.size(); }
  const std::string& synced() const { return synced_; }

 private:
  void rewrite(const DiskState& disk);

  bool bug(Bug bug) const { return bugs_can_be_planted && bug_ == bug; }

  Bug bug_;
  std::size_t rewrite_from_bytes_;
  std::string synced_, unsynced_;
  std::uint64_t chain_ = 0, synced_chain_ = 0;
};

}  // namespace squall::vault::raft
