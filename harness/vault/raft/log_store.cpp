#include "harness/vault/raft/log_store.hpp"

#include <algorithm>

namespace squall::vault::raft {
namespace {

// A snapshot that replaces the log says so in its own record, so that no crash comes between the two.
enum class Kind : std::uint8_t { term = 1, vote, snapshot, compact, truncate, entry };

void put(std::string& out, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(value >> shift & 0xff);
}
void put(std::string& out, std::string_view text) {
  put(out, text.size());
  out += text;
}
void put(std::string& out, const ConfigurationPtr& configuration) {
  put(out, configuration ? configuration->servers.size() : 0);
  if (!configuration) return;
  for (const Server& server : configuration->servers) {
    put(out, static_cast<std::uint64_t>(server.suffrage));
    put(out, server.id);
    put(out, server.address);
  }
}

// Reads what put wrote; `good` goes false at the first thing that cannot be, and stays so.
struct Reader {
  std::string_view rest;
  bool good = true;

  std::uint64_t number() {
    if (rest.size() < 8) return fail();
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest[i])) << (8 * i);
    rest.remove_prefix(8);
    return value;
  }
  std::string text() {
    const std::uint64_t size = number();
    if (!good || size > rest.size()) return fail(), "";
    std::string out(rest.substr(0, size));
    rest.remove_prefix(size);
    return out;
  }
  ConfigurationPtr configuration() {
    auto out = std::make_shared<Configuration>();
    const std::uint64_t count = number();
    if (!good || count > rest.size() / 24) return fail(), out;  // a server takes three numbers at least
    for (std::uint64_t i = 0; i < count && good; ++i) {
      const auto suffrage = number() == 0 ? Suffrage::voter : Suffrage::nonvoter;
      std::string id = text();
      out->servers.push_back({suffrage, std::move(id), text()});
    }
    return out;
  }
  std::uint64_t fail() {
    good = false;
    return 0;
  }
};

std::string entry_payload(const Entry& entry) {
  std::string out;
  put(out, entry.index);
  put(out, entry.term);
  put(out, static_cast<std::uint64_t>(entry.type));
  put(out, entry.data ? std::string_view(*entry.data) : std::string_view());
  put(out, entry.configuration);
  return out;
}

std::string snapshot_payload(const Snapshot& snapshot, bool drop_log) {
  std::string out;
  put(out, static_cast<std::uint64_t>(drop_log));
  put(out, snapshot.index);
  put(out, snapshot.term);
  put(out, snapshot.configuration);
  put(out, snapshot.configuration_index);
  put(out, snapshot.data);
  return out;
}

// One record as a write of that part alone; nothing if the payload is not what its kind says.
bool decode_payload(Kind kind, std::string_view payload, Write& write) {
  Reader in{payload};
  switch (kind) {
    case Kind::term:
      write.term = in.number();
      break;
    case Kind::vote: {
      const Term term = in.number();
      write.vote = Vote{term, in.text()};
      break;
    }
    case Kind::snapshot: {
      write.drop_log = in.number() != 0;
      auto snapshot = std::make_shared<Snapshot>();
      snapshot->index = in.number();
      snapshot->term = in.number();
      snapshot->configuration = in.configuration();
      snapshot->configuration_index = in.number();
      snapshot->data = in.text();
      write.snapshot = std::move(snapshot);
      break;
    }
    case Kind::compact:
      write.compact_to = in.number();
      break;
    case Kind::truncate:
      write.truncate_from = in.number();
      break;
    case Kind::entry: {
      Entry entry;
      entry.index = in.number();
      entry.term = in.number();
      const std::uint64_t type = in.number();
      if (type > static_cast<std::uint64_t>(EntryType::configuration)) return false;
      entry.type = static_cast<EntryType>(type);
      entry.data = std::make_shared<const std::string>(in.text());
      auto configuration = in.configuration();
      if (entry.type == EntryType::configuration) entry.configuration = std::move(configuration);
      write.entries.push_back(std::move(entry));
      break;
    }
    default:
      return false;
  }
  return in.good && in.rest.empty();
}

constexpr std::size_t header_bytes = 17;  // kind, payload size, checksum
constexpr std::size_t sector_bytes = 64;  // what a crash keeps or loses as one

}  // namespace

void apply_write(DiskState& disk, const Write& write) {
  if (write.term) disk.term = *write.term;
  if (write.vote) disk.vote = *write.vote;
  if (write.snapshot) disk.snapshot = write.snapshot;
  if (write.drop_log) disk.entries.clear();
  auto first_above = [&](Index index) {
    return std::partition_point(disk.entries.begin(), disk.entries.end(),
                                [&](const Entry& entry) { return entry.index <= index; });
  };
  if (write.compact_to) disk.entries.erase(disk.entries.begin(), first_above(write.compact_to));
  if (write.truncate_from) disk.entries.erase(first_above(write.truncate_from - 1), disk.entries.end());
  disk.entries.insert(disk.entries.end(), write.entries.begin(), write.entries.end());
}

std::string encode_records(const Write& write, std::uint64_t& chain) {
  std::string out;
  auto record = [&](Kind kind, const std::string& payload) {
    out += static_cast<char>(kind);
    put(out, payload.size());
    chain = base::hash64(payload, chain + static_cast<std::uint64_t>(kind));
    put(out, chain);
    out += payload;
  };
  auto number = [](std::uint64_t value) {
    std::string payload;
    put(payload, value);
    return payload;
  };
  if (write.term) record(Kind::term, number(*write.term));
  if (write.vote) {
    std::string payload = number(write.vote->term);
    put(payload, write.vote->candidate);
    record(Kind::vote, payload);
  }
  if (write.snapshot) record(Kind::snapshot, snapshot_payload(*write.snapshot, write.drop_log));
  if (write.compact_to) record(Kind::compact, number(write.compact_to));
  if (write.truncate_from) record(Kind::truncate, number(write.truncate_from));
  for (const Entry& entry : write.entries) record(Kind::entry, entry_payload(entry));
  return out;
}

DecodedLog decode_records(std::string_view bytes, bool check_sums) {
  DecodedLog out;
  while (bytes.size() - out.good_bytes >= header_bytes) {
    Reader header{bytes.substr(out.good_bytes + 1)};
    const auto kind = static_cast<Kind>(bytes[out.good_bytes]);
    const std::uint64_t size = header.number();
    const std::uint64_t sum = header.number();
    if (size > header.rest.size()) break;
    const std::string_view payload = header.rest.substr(0, size);
    const std::uint64_t chain = base::hash64(payload, out.chain + static_cast<std::uint64_t>(kind));
    Write part;
    if ((check_sums && chain != sum) || !decode_payload(kind, payload, part)) break;
    if (!part.entries.empty() && !out.disk.entries.empty() &&
        part.entries.front().index != out.disk.entries.back().index + 1)
      break;
    apply_write(out.disk, part);
    out.chain = sum;
    out.good_bytes += header_bytes + size;
  }
  return out;
}

void LogStore::append(const Write& write) { unsynced_ += encode_records(write, chain_); }

void LogStore::sync() {
  synced_ += unsynced_;
  unsynced_.clear();
  synced_chain_ = chain_;
  if (synced_.size() >= rewrite_from_bytes_) rewrite(decode_records(synced_).disk);
}

void LogStore::abandon() {
  unsynced_.clear();
  chain_ = synced_chain_;
}

bool LogStore::crash(base::Random& random) {
  std::string left;
  switch (random.below(4)) {
    case 0:
      break;  // all of it is lost
    case 1:
      left = unsynced_;
      break;
    case 2:
      left = unsynced_.substr(0, random.below(unsynced_.size() + 1));
      break;
    case 3:  // any sectors, in any order, before the machine died
      left = unsynced_;
      for (std::size_t at = 0; at < left.size(); at += sector_bytes)
        if (random.chance(1, 2))
          std::fill_n(left.begin() + static_cast<std::ptrdiff_t>(at),
                      std::min(sector_bytes, left.size() - at), '\0');
      break;
  }
  unsynced_.clear();
  synced_ += left;
  return !left.empty();
}

DiskState LogStore::recover() {
  DecodedLog decoded = decode_records(synced_, !bug(Bug::torn_tail_accepted));
  if (bug(Bug::synced_record_dropped) && decoded.good_bytes < synced_.size() && decoded.good_bytes)
    decoded = decode_records(std::string_view(synced_).substr(0, decoded.good_bytes - 1));
  synced_.resize(decoded.good_bytes);
  unsynced_.clear();
  chain_ = synced_chain_ = decoded.chain;
  return std::move(decoded.disk);
}

// A new file with what still counts takes the old one's place at once, as a rename does.
void LogStore::rewrite(const DiskState& disk) {
  Write all;
  if (!bug(Bug::rewrite_forgets_term)) all.term = disk.term;
  all.vote = disk.vote;
  all.snapshot = disk.snapshot;
  all.entries = disk.entries;
  chain_ = 0;
  synced_ = encode_records(all, chain_);
  synced_chain_ = chain_;
}

}  // namespace squall::vault::raft
