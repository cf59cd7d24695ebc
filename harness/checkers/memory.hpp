// The configurations that a search has seen: which operations were done, and the state that this led to.
// Operations are numbered in the order in which they began, so a set of them is ones, a short mixed part, and
// zeros: only the mixed part is kept. Equal hashes are compared in full; no configuration is ever taken for
// another.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace squall::checkers {

class Memory {
 public:
  explicit Memory(std::size_t operations) : done_((operations + 63) / 64), slots_(1024) {}

  void set(std::size_t i) { flip(i); }
  void clear(std::size_t i) { flip(i); }

  // True if this set and `state` were not there yet.
  bool insert(std::uint64_t state) {
    if ((count_ + 1) * 2 > slots_.size()) grow();
    std::size_t first = 0, last = done_.size();
    while (first < last && done_[first] == ~std::uint64_t{0}) ++first;
    while (last > first && done_[last - 1] == 0) --last;
    const std::uint64_t hash = mix(hash_ ^ mix(state));
    const std::uint64_t header = std::uint64_t{first} << 32 | (last - first);
    for (std::size_t slot = hash & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot].at == 0) {
        slots_[slot] = {hash, kept_.size() + 1};
        kept_.push_back(state);
        kept_.push_back(header);
        kept_.insert(kept_.end(), done_.data() + first, done_.data() + last);
        ++count_;
        return true;
      }
      if (slots_[slot].hash != hash) continue;
      const std::uint64_t* kept = &kept_[slots_[slot].at - 1];
      if (kept[0] == state && kept[1] == header &&
          std::equal(done_.data() + first, done_.data() + last, kept + 2))
        return false;
    }
  }

  std::size_t bytes() const {
    return kept_.capacity() * sizeof(std::uint64_t) + slots_.capacity() * sizeof(Slot);
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::size_t at = 0;  // index into kept_ plus one; 0: empty
  };

  // The last steps of splitmix64: every bit of the argument reaches every bit of the result.
  static std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  void flip(std::size_t i) {
    done_[i / 64] ^= std::uint64_t{1} << (i % 64);
    hash_ ^= mix(i);
  }

  void grow() {
    std::vector<Slot> bigger(slots_.size() * 2);
    for (const Slot& one : slots_) {
      if (one.at == 0) continue;
      std::size_t slot = one.hash & (bigger.size() - 1);
      while (bigger[slot].at != 0) slot = (slot + 1) & (bigger.size() - 1);
      bigger[slot] = one;
    }
    slots_ = std::move(bigger);
  }

  std::vector<std::uint64_t> done_;
  std::uint64_t hash_ = 0;
  std::vector<Slot> slots_;
  std::vector<std::uint64_t> kept_;  // state, where the mixed part begins and its length, the mixed part
  std::size_t count_ = 0;
};

}  // namespace squall::checkers
