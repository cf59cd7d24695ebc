#include "harness/vault/server/storages.hpp"

#include "harness/vault/storage/file.hpp"
#include "harness/vault/storage/memory.hpp"

namespace squall::vault {
namespace {

constexpr std::string_view others[] = {"s3",      "dynamodb", "consul",  "postgresql", "mysql",
                                       "gcs",     "azure",    "etcd",    "zookeeper",  "cassandra",
                                       "couchdb", "mssql",    "spanner", "swift",      "inmem_ha"};

StartError not_served(const std::string& type) {
  return StartError("Error initializing storage of type " + type + ": the Squall stand-in does not serve it");
}

// NewRaftBackend, as far as its refusals (physical/raft/raft.go).
void check_raft(program::Context& context, const ServerConfig& config) {
  const StanzaConfig& raft = *config.storage;
  if (config.cluster_addr.empty()) throw StartError("Cluster address must be set when using raft storage");
  const std::string wrong = "Error initializing storage of type raft: ";
  if (raft.get("path").empty()) throw StartError(wrong + "'path' must be set");
  const std::string interval = raft.get("autopilot_reconcile_interval");
  if (!interval.empty() && !base::parse_go_duration(interval))
    throw StartError(wrong +
                     "autopilot_reconcile_interval does not parse as a duration: time: invalid duration \"" +
                     interval + "\"");
  const std::string path = context.resolve(raft.get("path"));
  if (!context.disk().exists(path))
    throw StartError(wrong + "failed to create fsm: failed to open bolt file: open " + raft.get("path") +
                     (raft.get("path").ends_with('/') ? "" : "/") + "vault.db: no such file or directory");
  if (config.ha_storage) throw StartError("HA storage cannot be declared when Raft is the storage type");
}

}  // namespace

std::unique_ptr<Physical> make_storage(program::Context& context, const ServerConfig& config) {
  if (!config.storage) throw StartError("A storage backend must be specified");
  const StanzaConfig& storage = *config.storage;
  if (config.service_registration && config.service_registration->type != "consul" &&
      config.service_registration->type != "kubernetes")
    throw StartError("Unknown service_registration type " + config.service_registration->type);
  if (config.service_registration)
    throw StartError("the Squall stand-in does not serve service_registration \"" +
                     config.service_registration->type + "\"");
  if (storage.type == "raft") {
    check_raft(context, config);
    return nullptr;
  }
  for (const std::string_view type : others)
    if (storage.type == type) throw not_served(storage.type);
  if (storage.type != "file" && storage.type != "inmem")
    throw StartError("Unknown storage type " + storage.type);
  if (config.ha_storage && (config.ha_storage->type == "file" || config.ha_storage->type == "inmem"))
    throw StartError("Specified HA storage does not support HA");
  if (config.ha_storage)
    throw StartError("Error initializing HA storage of type " + config.ha_storage->type +
                     ": the Squall stand-in does not serve it");
  if (storage.type == "inmem") return std::make_unique<MemoryStorage>();
  if (!storage.values.contains("path"))
    throw StartError("Error initializing storage of type file: 'path' must be set");
  return std::make_unique<FileStorage>(context.disk(), context.resolve(storage.get("path")));
}

void refuse_raft(const ServerConfig& config) {
  if (config.api_addr.empty())
    throw StartError(
        "Error initializing core: missing API address, please set in configuration or via environment");
  throw not_served("raft");
}

}  // namespace squall::vault
