// Hash tables of 64-bit keys for searches of many millions of states: open addressing, no deletion, keys that
// are hashes already. 0 is no key.
#pragma once
#include <cstdint>
#include <vector>

namespace squall::vault::raft::test {

class FlatSet {
 public:
  explicit FlatSet(std::size_t slots = std::size_t{1} << 16) : keys_(slots) {}

  bool insert(std::uint64_t key) {  // false: it is there
    if (size_ * 4 >= keys_.size() * 3) grow();
    if (!put(keys_, key)) return false;
    ++size_;
    return true;
  }
  bool contains(std::uint64_t key) const {
    const std::size_t mask = keys_.size() - 1;
    std::size_t at = key & mask;
    while (keys_[at] && keys_[at] != key) at = (at + 1) & mask;
    return keys_[at] == key;
  }
  std::size_t size() const { return size_; }

 private:
  static bool put(std::vector<std::uint64_t>& keys, std::uint64_t key) {
    const std::size_t mask = keys.size() - 1;
    std::size_t at = key & mask;
    for (; keys[at]; at = (at + 1) & mask)
      if (keys[at] == key) return false;
    keys[at] = key;
    return true;
  }
  void grow() {
    std::vector<std::uint64_t> larger(keys_.size() * 2);
    for (const std::uint64_t key : keys_)
      if (key) put(larger, key);
    keys_ = std::move(larger);
  }

  std::vector<std::uint64_t> keys_;
  std::size_t size_ = 0;
};

// From pairs of small numbers to small numbers.
class FlatMap {
 public:
  FlatMap() : slots_(1 << 12) {}

  // Null if it is not there. Valid until the next insertion.
  const std::uint32_t* find(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = mix(key) & mask; slots_[at].key; at = (at + 1) & mask)
      if (slots_[at].key == key + 1) return &slots_[at].value;
    return nullptr;
  }
  void insert(std::uint64_t key, std::uint32_t value) {
    if (++size_ * 2 >= slots_.size()) grow();
    put(slots_, {key + 1, value});
  }

 private:
  struct Slot {
    std::uint64_t key = 0;  // and 1
    std::uint32_t value = 0;
  };
  static std::uint64_t mix(std::uint64_t key) {
    key *= 0x9e3779b97f4a7c15ULL;
    return key ^ key >> 29;
  }
  static void put(std::vector<Slot>& slots, const Slot& slot) {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = mix(slot.key - 1) & mask;
    while (slots[at].key) at = (at + 1) & mask;
    slots[at] = slot;
  }
  void grow() {
    std::vector<Slot> larger(slots_.size() * 2);
    for (const Slot& slot : slots_)
      if (slot.key) put(larger, slot);
    slots_ = std::move(larger);
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace squall::vault::raft::test
