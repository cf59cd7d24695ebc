// Physical storage: what the barrier writes its sealed entries to (vault/sdk/physical). Keys are paths
// without a leading slash; values are bytes. Calls may wait on disks and networks, so they are tasks.
#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "emulator/world/task.hpp"

namespace squall::vault {

struct StorageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Physical {
 public:
  virtual ~Physical() = default;
  virtual std::string type() const = 0;  // "file", as seal-status and the banner show it

  // Durable when the task ends. Throws StorageError.
  virtual world::Task<> put(std::string key, std::string value) = 0;
  virtual world::Task<std::optional<std::string>> get(std::string key) = 0;
  virtual world::Task<> remove(std::string key) = 0;  // nothing happens if absent
  // Names directly below `prefix` ("" or ending in '/'), sorted; those with more below end in '/'.
  virtual world::Task<std::vector<std::string>> list(std::string prefix) = 0;
};

}  // namespace squall::vault
