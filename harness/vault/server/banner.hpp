// What `vault server` prints when it is up, with the stand-in named.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "harness/vault/config/server_config.hpp"

namespace squall::vault {

struct BannerFacts {
  std::string api_address, cluster_address, log_level, storage_type;
  std::vector<std::string> environment;  // names
};
std::string banner(const ServerConfig& config, const BannerFacts& facts);

}  // namespace squall::vault
