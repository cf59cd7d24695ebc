#include "harness/vault/storage/file.hpp"

#include <nlohmann/json.hpp>

#include "emulator/base/encoding.hpp"

namespace squall::vault {
namespace {

constexpr std::string_view temporary_suffix = ".temp";

}  // namespace

FileStorage::Place FileStorage::place(const std::string& key) const {
  if (key.find("..") != std::string::npos) throw StorageError("path cannot reference parents");
  const std::size_t slash = key.rfind('/');
  const std::string directory = slash == std::string::npos ? root_ : root_ + "/" + key.substr(0, slash);
  const std::string name = slash == std::string::npos ? key : key.substr(slash + 1);
  return {directory, directory + "/_" + name};
}

// Each new directory's name is synced into its parent: else the file in it could vanish in a crash.
void FileStorage::make_directory(const std::string& directory) {
  if (disk_.exists(directory)) return;
  if (const std::size_t slash = directory.rfind('/'); slash != std::string::npos && slash > 0)
    make_directory(directory.substr(0, slash));
  disk_.make_directories(directory, 0700);
  disk_.sync(directory);
}

world::Task<> FileStorage::put(std::string key, std::string value) {
  const Place at = place(key);
  const std::string temporary = at.file + std::string(temporary_suffix);
  try {
    make_directory(at.directory);
    disk_.write(temporary, nlohmann::json{{"Value", base::base64_encode(value)}}.dump() + "\n", 0600);
    disk_.sync(temporary);
    disk_.rename(temporary, at.file);
    disk_.sync(at.file);
  } catch (const world::DiskError& error) {
    throw StorageError(error.what());
  }
  co_return;
}

world::Task<std::optional<std::string>> FileStorage::get(std::string key) {
  const Place at = place(key);
  std::optional<std::string> text;
  try {
    text = disk_.read(at.file);
  } catch (const world::DiskError& error) {
    throw StorageError(error.what());
  }
  if (!text) co_return std::nullopt;
  const nlohmann::json entry = nlohmann::json::parse(*text, nullptr, false);
  std::optional<std::string> value;
  if (entry.is_object() && entry.contains("Value") && entry["Value"].is_string())
    value = base::base64_decode(entry["Value"].get_ref<const std::string&>());
  if (!value) throw StorageError("failed to decode entry \"" + key + "\"");
  co_return value;
}

world::Task<> FileStorage::remove(std::string key) {
  const Place at = place(key);
  try {
    if (disk_.remove(at.file)) disk_.sync(at.directory);
    // Directories that are empty now go too, up to the root.
    for (std::string directory = at.directory;
         directory.size() > root_.size() && disk_.list(directory).empty();
         directory = directory.substr(0, directory.rfind('/')))
      if (!disk_.remove(directory)) break;
  } catch (const world::DiskError& error) {
    throw StorageError(error.what());
  }
  co_return;
}

world::Task<std::vector<std::string>> FileStorage::list(std::string prefix) {
  if (prefix.find("..") != std::string::npos) throw StorageError("path cannot reference parents");
  while (!prefix.empty() && prefix.back() == '/') prefix.pop_back();
  std::vector<std::string> names;
  try {
    for (std::string& name : disk_.list(prefix.empty() ? root_ : root_ + "/" + prefix)) {
      if (name.ends_with('/')) {
        names.push_back(std::move(name));
      } else if (name.starts_with('_') && !name.ends_with(temporary_suffix)) {
        names.push_back(name.substr(1));
      }
    }
  } catch (const world::DiskError& error) {
    throw StorageError(error.what());
  }
  std::sort(names.begin(), names.end());
  co_return names;
}

}  // namespace squall::vault
