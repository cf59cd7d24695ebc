// Any bytes as a raft log on disk: read up to the first record that does not hold, never more. What was read
// is written again to the same state. With the checksums ignored, the reader behind them is reached.
#include <cstdint>
#include <cstdlib>

#include "harness/vault/raft/log_store.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::vault::raft;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool check_sums : {true, false}) {
    const DecodedLog log = decode_records(bytes, check_sums);
    if (log.good_bytes > size) std::abort();
    Write all;
    all.term = log.disk.term;
    all.vote = log.disk.vote;
    all.snapshot = log.disk.snapshot;
    all.entries = log.disk.entries;
    std::uint64_t chain = 0;
    const DecodedLog again = decode_records(encode_records(all, chain));
    if (again.disk.entries.size() != log.disk.entries.size() || again.disk.term != log.disk.term)
      std::abort();
  }
  return 0;
}
