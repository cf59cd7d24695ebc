// The `inmem` storage (vault/sdk/physical/inmem), which dies with the process: `vault server -dev` has it.
#pragma once
#include <map>

#include "harness/vault/storage/physical.hpp"

namespace squall::vault {

class MemoryStorage final : public Physical {
 public:
  std::string type() const override { return "inmem"; }
  world::Task<> put(std::string key, std::string value) override;
  world::Task<std::optional<std::string>> get(std::string key) override;
  world::Task<> remove(std::string key) override;
  world::Task<std::vector<std::string>> list(std::string prefix) override;

 private:
  std::map<std::string, std::string> entries_;
};

}  // namespace squall::vault
