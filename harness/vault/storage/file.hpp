// The `file` storage (vault/sdk/physical/file/file.go): a directory per path part, an entry
// "core/seal-config" in the file core/_seal-config as {"Value":"<base64>"}. A put writes a file beside it,
// syncs, renames and syncs again, so that a crash leaves the old entry or the new one.
#pragma once
#include "emulator/world/disk.hpp"
#include "harness/vault/storage/physical.hpp"

namespace squall::vault {

class FileStorage final : public Physical {
 public:
  FileStorage(world::Disk& disk, std::string path) : disk_(disk), root_(std::move(path)) {}
  std::string type() const override { return "file"; }
  world::Task<> put(std::string key, std::string value) override;
  world::Task<std::optional<std::string>> get(std::string key) override;
  world::Task<> remove(std::string key) override;
  world::Task<std::vector<std::string>> list(std::string prefix) override;

 private:
  struct Place {
    std::string directory, file;
  };
  Place place(const std::string& key) const;
  void make_directory(const std::string& directory);

  world::Disk& disk_;
  std::string root_;
};

}  // namespace squall::vault
