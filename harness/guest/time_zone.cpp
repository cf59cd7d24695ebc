#include "harness/guest/time_zone.hpp"

#include <algorithm>
#include <optional>

namespace squall::guest {
namespace {

constexpr std::size_t header_size = 44;

std::int64_t big_endian(std::string_view bytes) {
  std::uint64_t value = (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

struct Counts {
  std::size_t utc, standard, leaps, changes, kinds, letters;
  // Of the data behind the header, with times of this many bytes.
  std::size_t size(std::size_t time_size) const {
    return changes * (time_size + 1) + kinds * 6 + letters + leaps * (time_size + 4) + standard + utc;
  }
};

std::optional<Counts> read_counts(std::string_view data) {
  constexpr std::int64_t most = 100'000;  // of anything in a file of this world
  if (data.size() < header_size || !data.starts_with("TZif")) return std::nullopt;
  std::size_t counted[6];
  for (std::size_t i = 0; i < 6; ++i) {
    const std::int64_t count = big_endian(data.substr(20 + 4 * i, 4));
    if (count < 0 || count > most) return std::nullopt;
    counted[i] = static_cast<std::size_t>(count);
  }
  return Counts{counted[0], counted[1], counted[2], counted[3], counted[4], counted[5]};
}

}  // namespace

TimeZone::TimeZone(std::string_view file) {
  std::optional<Counts> counts = read_counts(file);
  if (!counts) return;
  std::size_t time_size = 4, at = header_size;
  // From version 2 on the same follows once more, with times of 64 bits.
  if (file[4] >= '2' && file.size() > header_size + counts->size(4)) {
    at += counts->size(4);
    counts = read_counts(file.substr(at));
    time_size = 8;
    at += header_size;
  }
  if (!counts || counts->kinds == 0 || file.size() < at || file.size() - at < counts->size(time_size)) return;
  const std::string_view times = file.substr(at), indexes = times.substr(counts->changes * time_size),
                         kinds = indexes.substr(counts->changes),
                         letters = kinds.substr(counts->kinds * 6, counts->letters);
  std::vector<LocalTime> read;
  decltype(changes_) changes;
  for (std::size_t i = 0; i < counts->kinds; ++i) {
    const std::string_view kind = kinds.substr(6 * i, 6);
    const std::size_t name = std::min<std::size_t>(static_cast<unsigned char>(kind[5]), letters.size());
    read.push_back({std::chrono::seconds(big_endian(kind.substr(0, 4))), kind[4] != 0,
                    std::string(letters.substr(name, letters.find('\0', name) - name))});
  }
  for (std::size_t i = 0; i < counts->changes; ++i) {
    const std::size_t index = static_cast<unsigned char>(indexes[i]);
    if (index >= read.size()) return;
    changes.emplace_back(big_endian(times.substr(i * time_size, time_size)), index);
  }
  std::sort(changes.begin(), changes.end());
  changes_ = std::move(changes);
  kinds_ = std::move(read);
}

const LocalTime& TimeZone::at(Time when) const {
  auto after = std::upper_bound(changes_.begin(), changes_.end(), base::unix_seconds(when),
                                [](std::int64_t time, const auto& change) { return time < change.first; });
  return after == changes_.begin() ? kinds_.front() : kinds_[std::prev(after)->second];
}

}  // namespace squall::guest
