// The kv secrets engine, version 2 (hashicorp/vault-plugin-secrets-kv): versions with check-and-set, soft
// deletion, destruction and a limit. Per key: metadata at metadata/<key>, each version at
// versions/<key>/<number>.
#pragma once
#include <map>

#include "harness/vault/logical/backend.hpp"
#include "harness/vault/logical/kv2_metadata.hpp"

namespace squall::vault {

class Kv2Backend final : public Backend {
 public:
  Kv2Backend(View view, BackendWorld world) : view_(std::move(view)), world_(world) {}
  std::optional<Schema> schema(const Request& request) const override;
  world::Task<Answer> handle(Request request) override;
  world::Task<std::optional<bool>> exists(Request request) override;

 private:
  struct Config {
    std::int64_t max_versions = 0,
                 delete_version_after_s = 0;  // the latter -1: versions never end by themselves
    bool cas_required = false;
  };
  // When a version that is made or undeleted at `from` ends.
  static std::optional<Time> deletion_time(const Config& config, const Kv2Metadata& metadata, Time from);
  world::Task<Config> config();
  world::Task<std::optional<Kv2Metadata>> metadata(std::string key);
  world::Task<> store(std::string key, Kv2Metadata metadata);

  world::Task<Answer> handle_config(Request request);
  world::Task<Answer> handle_data(Request request, std::string key);
  world::Task<Answer> handle_metadata(Request request, std::string key);
  world::Task<Answer> read_data(std::string key, std::int64_t version);
  world::Task<Answer> read_subkeys(std::string key, std::int64_t version, std::int64_t depth);
  world::Task<Answer> write_data(std::string key, Json data);
  world::Task<Answer> patch_data(std::string key, Json data);
  // A new version, its value as JSON text.
  world::Task<Answer> add_version(std::string key, std::optional<Kv2Metadata> found, std::string value);
  world::Task<Answer> change_versions(std::string key, std::string action, std::vector<std::int64_t> numbers);
  std::string version_key(const std::string& key, std::int64_t version) const {
    return "versions/" + key + "/" + std::to_string(version);
  }

  View view_;
  BackendWorld world_;
};

}  // namespace squall::vault
