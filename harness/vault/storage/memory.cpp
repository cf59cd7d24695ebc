#include "harness/vault/storage/memory.hpp"

namespace squall::vault {

world::Task<> MemoryStorage::put(std::string key, std::string value) {
  entries_[key] = std::move(value);
  co_return;
}

world::Task<std::optional<std::string>> MemoryStorage::get(std::string key) {
  const auto it = entries_.find(key);
  if (it == entries_.end()) co_return std::nullopt;
  co_return it->second;
}

world::Task<> MemoryStorage::remove(std::string key) {
  entries_.erase(key);
  co_return;
}

world::Task<std::vector<std::string>> MemoryStorage::list(std::string prefix) {
  std::vector<std::string> names;
  for (auto it = entries_.lower_bound(prefix); it != entries_.end() && it->first.starts_with(prefix); ++it) {
    const std::string rest = it->first.substr(prefix.size());
    const std::size_t slash = rest.find('/');
    const std::string name = slash == std::string::npos ? rest : rest.substr(0, slash + 1);
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  co_return names;
}

}  // namespace squall::vault
