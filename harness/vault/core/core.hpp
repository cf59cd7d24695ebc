// The node's heart (vault/core.go): sealed or not, initialised or not, and every request's way through
// tokens, policies and mounts. Single-threaded; what waits (storage, KMS) is awaited. Sealing, unsealing and
// requests take turns on one lock, so that a node that is being activated answers nothing, as Vault does.
#pragma once
#include <functional>
#include <map>
#include <memory>

#include "harness/vault/audit/broker.hpp"
#include "harness/vault/core/mount_table.hpp"
#include "harness/vault/core/mutex.hpp"
#include "harness/vault/core/rekeying.hpp"
#include "harness/vault/core/root_generation.hpp"
#include "harness/vault/core/seal_config.hpp"
#include "harness/vault/core/wrapping.hpp"
#include "harness/vault/log/logger.hpp"
#include "harness/vault/logical/policy_store.hpp"
#include "harness/vault/logical/token_store.hpp"
#include "harness/vault/logical/user_lockout.hpp"
#include "harness/vault/seal/unseal_progress.hpp"
#include "harness/vault/seal/wrapper.hpp"

namespace squall::vault {

inline constexpr std::string_view vault_version = "1.14.9";
inline constexpr std::string_view vault_build_date = "2024-01-31T12:34:56Z";

struct CoreConfig {
  std::string api_address, cluster_address, cluster_name, hostname;
  std::vector<std::string> cluster_listeners;  // "127.0.0.1:8201"; empty where clustering is disabled
  bool raw_endpoint = false, usage_gauges = false;
  LeaseTtls leases;
  LockoutRules lockout;  // of userpass
};

struct CoreWorld {
  world::Scheduler& scheduler;
  world::Entropy& entropy;
  Logger log;  // the root: modules are named below it
  AuditOutput audit;
};

struct InitRequest {
  int shares = 0, threshold = 0;
  int recovery_shares = 0, recovery_threshold = 0;
};

struct InitResult {
  std::vector<std::string> keys, recovery_keys;  // raw bytes
  std::string root_token;
};

struct SealStatus {
  std::string type;
  bool initialized = false, sealed = true;
  int threshold = 0, shares = 0, progress = 0;
  std::string nonce, cluster_name, cluster_id;
  bool recovery_seal = false;
  std::string storage_type;
};

// Why an unseal with stored keys did not happen; the caller tries again later.
struct UnsealError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// How many shares of a key there can be; empty when they can, else why not.
std::string invalid_split(int shares, int threshold);
// The shares of a key; one share is the key itself.
std::vector<std::string> split_key(const std::string& secret, int shares, int threshold,
                                   world::Entropy& entropy);
// Throws LogicalError 400 for what cannot be a share; `before` leads the message.
void check_share_length(const std::string& share, const std::string& before = {});

class SystemBackend;
class SealHeartbeat;

class Core {
 public:
  Core(CoreWorld world, CoreConfig config, std::unique_ptr<Physical> physical,
       std::unique_ptr<Wrapper> wrapper);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // --- initialisation (init.cpp) ---
  // Logs what Vault logs when it is not. Throws LogicalError 500 when a key ring has no seal configuration.
  world::Task<bool> initialized();
  world::Task<InitResult> initialize(InitRequest request);

  // --- seal and unseal (unseal.cpp) ---
  bool sealed() const { return sealed_; }
  world::Task<SealStatus> seal_status();
  // One share of an operator; throws LogicalError 400 for one that cannot be, or that does not open.
  world::Task<> unseal_with_share(std::string share);
  world::Task<> reset_unseal();
  // An automatic seal: fetches the stored keys and unseals. Throws UnsealError.
  world::Task<> unseal_with_stored_keys();
  // Seals; waits for the cluster listener to close, as Vault does.
  world::Task<> seal();

  // --- key holders (quorum.cpp); the caller holds the state lock ---
  Rekeying& rekeying(Rekeying::Target target) {
    return target == Rekeying::Target::recovery ? recovery_rekeying_ : rekeying_;
  }
  RootGeneration& root_generation() { return root_generation_; }
  // Of the shares that count as the operators' quorum: recovery shares where the seal is automatic.
  world::Task<SealConfig> quorum_config();
  // Throws SealError unless the combined recovery shares are the recovery key.
  world::Task<> verify_recovery_key(std::string combined);
  // The root key that the operators' combined shares give. Throws SealError.
  world::Task<std::string> root_key_of(std::string combined);
  // As `wrapper` opens it; empty when none is stored. Throws SealError.
  world::Task<std::string> stored_root_key(Wrapper& wrapper);
  // New keys; each answers the shares to hand out. Throw SealError.
  world::Task<std::vector<std::string>> replace_barrier_key(int shares, int threshold);
  world::Task<std::vector<std::string>> replace_recovery_key(int shares, int threshold);
  world::Task<std::string> create_root_token();

  // --- requests (handle.cpp) ---
  world::Task<Answer> handle(Request request);
  // Checks that the token may do that on that path; throws LogicalError 403.
  world::Task<> authorize(std::string token, std::string path, Operation operation, bool sudo);

  const CoreConfig& config() const { return config_; }
  const CoreWorld& world() const { return world_; }
  const std::string& cluster_name() const { return cluster_name_; }
  const std::string& cluster_id() const { return cluster_id_; }
  Physical& physical() { return *physical_; }
  Wrapper& wrapper() { return *wrapper_; }
  Barrier& barrier() { return barrier_; }
  TokenStore& tokens() { return tokens_; }
  PolicyStore& policies() { return policies_; }
  MountTable& mounts() { return mounts_; }
  MountTable& auth_mounts() { return auth_mounts_; }
  AuditBroker& audit() { return audit_; }
  UserLockouts& user_lockouts() { return user_lockouts_; }
  Wrapping& wrapping() { return wrapping_; }
  View cubbyhole();
  Mutex& state_lock() { return state_lock_; }

  // --- mounts (mounts.cpp); throw LogicalError ---
  world::Task<> mount(MountEntry entry, bool auth);
  world::Task<> unmount(std::string path, bool auth);
  void remount_backend(const MountEntry& entry, bool auth);  // after its options changed
  // What a kv mount of version 1 held becomes the first versions of version 2 (kv_upgrade.cpp).
  world::Task<> upgrade_kv(MountEntry entry);
  // What a mount says of leases, else the server.
  LeaseTtls leases_of(const MountEntry& entry) const;
  // Moves a mount: tokens that logins at the old path made are revoked.
  world::Task<> move_mount(std::string from, std::string to, bool auth);
  struct Route {
    std::string prefix;  // "secret/", "auth/token/"
    Backend* backend = nullptr;
  };
  Route route(const std::string& path) const;

 private:
  // init.cpp
  world::Task<std::optional<SealConfig>> stored_config(std::string key);
  world::Task<> initialize_barrier(InitRequest request, InitResult& result);
  world::Task<> store_wrapped(std::string key, std::string plaintext);
  world::Task<> store_root_key(std::string root_key);
  world::Task<> make_recovery_key(InitRequest request, InitResult& result);
  world::Task<> load_cluster_info();
  // unseal.cpp
  world::Task<> unseal_with_key(std::string combined);
  world::Task<> activate(std::string root_key);
  world::Task<> post_unseal();
  world::Task<> check_seal_key();
  void pre_seal();
  void start_cluster_listeners();
  world::Task<> stop_cluster_listeners();
  // mounts.cpp
  std::unique_ptr<Backend> make_backend(const MountEntry& entry, bool auth);
  world::Task<> load_mounts();
  void install_backends();
  // handle.cpp
  struct Admission {
    Backend* backend = nullptr;
    std::optional<TokenEntry> token;
    bool allowed = false;
  };
  world::Task<Answer> route_request(Request request);
  world::Task<> admit(Request& request, Admission& admission);
  world::Task<bool> look_first(Backend& backend, Request request);
  world::Task<Answer> checked_answer(Backend& backend, Request request);
  world::Task<Answer> serve(Request request, Admission& admission);
  AuditEvent audit_event(const Request& request, const Admission& admission) const;

  CoreWorld world_;
  CoreConfig config_;
  Logger log_;
  std::unique_ptr<Physical> physical_;
  std::unique_ptr<Wrapper> wrapper_;
  Barrier barrier_;
  TokenStore tokens_;
  PolicyStore policies_;
  MountTable mounts_, auth_mounts_;
  AuditBroker audit_;
  UserLockouts user_lockouts_;
  Wrapping wrapping_{*this};
  std::map<std::string, std::unique_ptr<Backend>> backends_;  // by route prefix
  Mutex state_lock_, init_lock_;
  UnsealProgress progress_;
  Rekeying rekeying_{*this, Rekeying::Target::barrier}, recovery_rekeying_{*this, Rekeying::Target::recovery};
  RootGeneration root_generation_{*this};
  std::unique_ptr<SealHeartbeat> heartbeat_;
  bool sealed_ = true;
  std::string cluster_name_, cluster_id_;
  Time listening_since_;
};

}  // namespace squall::vault
