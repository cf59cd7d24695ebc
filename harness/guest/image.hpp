// The file tree that guests start from: an allow-list of the host's programs with the libraries they need,
// and the files that a fresh machine of its kind has. Nothing else of the host is seen in a guest, so that
// two machines boot the same one. Made once per run, on a file system in memory.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/guest/system.hpp"

namespace squall::guest {

// A folder of the host that guests see, read-only, in the same place.
struct SharedFolder {
  std::string host_path, guest_path;
};

// Paths in the guest, with the host's file that each is a copy of.
using HostFiles = std::map<std::string, std::filesystem::path>;

// The content of one of the host's programs; empty when the host does not have it.
std::string host_program(const std::string& name);

class Image {
 public:
  // Fills `folder` (empty, on a file system where programs may run). Throws std::runtime_error naming what
  // the host lacks.
  explicit Image(std::filesystem::path folder);

  // The layers of a guest of this system, highest first, each a folder. `commands` are the names that the
  // guest program answers, with the folder each is in ("/usr/bin"). Made when first asked for.
  std::vector<std::filesystem::path> layers(System system,
                                            const std::map<std::string, std::string>& commands);
  const std::vector<SharedFolder>& shared_folders() const { return shared_; }
  // Paths in the guest, with the content, of a host program that a package brings: /usr/bin/jq and its
  // libraries. Empty when the host does not have it.
  std::map<std::string, std::string> program_files(const std::string& name) const;

 private:
  void add_program(std::string_view name);
  void copy_files(const HostFiles& wanted, const std::filesystem::path& layer) const;
  HostFiles with_needs(HostFiles wanted) const;
  void add_file(const std::string& guest_path, const std::string& content, int mode);
  void make_system_layer(const std::filesystem::path& layer, System system,
                         const std::map<std::string, std::string>& commands);
  void add_unnamed_libraries();
  void add_host_folders();

  std::filesystem::path folder_, base_;
  std::int64_t real_from_ns_;
  std::vector<SharedFolder> shared_;
  std::map<System, std::filesystem::path> systems_;
};

}  // namespace squall::guest
