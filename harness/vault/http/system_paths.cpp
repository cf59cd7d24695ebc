// The paths that a node answers whether sealed or not (vault/http/sys_health.go, sys_init.go, sys_seal.go,
// sys_leader.go).
#include "emulator/base/encoding.hpp"
#include "harness/vault/http/api.hpp"
#include "harness/vault/http/request_body.hpp"
#include "harness/vault/http/respond.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

OrderedJson status_json(const SealStatus& status) {
  OrderedJson json = {{"type", status.type},
                      {"initialized", status.initialized},
                      {"sealed", status.sealed},
                      {"t", status.threshold},
                      {"n", status.shares},
                      {"progress", status.progress},
                      {"nonce", status.nonce},
                      {"version", vault_version},
                      {"build_date", vault_build_date},
                      {"migration", false}};
  if (!status.cluster_name.empty()) {
    json["cluster_name"] = status.cluster_name;
    json["cluster_id"] = status.cluster_id;
  }
  json["recovery_seal"] = status.recovery_seal;
  json["storage_type"] = status.storage_type;
  return json;
}

// ?activecode=299: nothing when absent; throws LogicalError 400 for what is not a number.
std::optional<int> code_parameter(const base::QueryPairs& query, const std::string& name) {
  for (const auto& [key, value] : query) {
    if (key != name) continue;
    if (value.empty() || value.size() > 9 || value.find_first_not_of("0123456789") != std::string::npos)
      throw LogicalError(400, "");
    return std::stoi(value);
  }
  return std::nullopt;
}

void check_pgp(const StructBody& body, const InitRequest& wanted) {
  for (const std::string name : {"pgp_keys", "recovery_pgp_keys", "root_token_pgp_key"}) {
    const Json* keys = body.member(name);
    if (keys == nullptr || keys->empty() || *keys == "") continue;  // as `vault operator init` sends them
    const auto count = static_cast<int>(keys->size());
    if (keys->is_array() && count != (name[0] == 'p' ? wanted.shares : wanted.recovery_shares))
      throw LogicalError(400, "incorrect number of PGP keys");
    throw LogicalError(400, "the Squall stand-in does not serve \"" + name + "\"");
  }
}

}  // namespace

world::Task<std::optional<http::Response>> Api::system_path(std::string path, http::Request request) {
  const bool gets = request.method == "GET", reads = gets || request.method == "HEAD",
             writes = is_write(request);
  const bool allowed = path == "sys/health"                                ? reads
                       : path == "sys/init"                                ? gets || writes
                       : path == "sys/seal-status" || path == "sys/leader" ? gets
                       : path == "sys/unseal" || path == "sys/seal" || path == "sys/step-down" ? writes
                                                                                               : true;
  if (!allowed) co_return error_response(405, "");
  if (path == "sys/health") co_return co_await health(std::move(request));
  if (path == "sys/init") co_return co_await init(std::move(request));
  if (path == "sys/unseal") co_return co_await unseal(std::move(request));
  if (path == "sys/seal-status") co_return co_await seal_status();
  if (path == "sys/leader") co_return co_await leader();
  if (path == "sys/seal") co_return co_await seal(std::move(request));
  if (path == "sys/step-down") co_return empty_response();  // without HA, nothing to do, whoever asks
  if (path.starts_with("sys/rekey/") || path.starts_with("sys/generate-root/") ||
      path.starts_with("sys/rekey-recovery-key/"))
    co_return co_await quorum_path(path, std::move(request));
  if (path == "sys/storage/raft/join" && writes) co_return error_response(500, "raft backend not in use");
  if (request.method == "TRACE") co_return error_response(405, "");
  co_return std::nullopt;
}

world::Task<http::Response> Api::health(http::Request request) {
  const base::QueryPairs query = base::parse_query(request.query());
  const std::optional<int> sealed_code = code_parameter(query, "sealedcode");
  const std::optional<int> uninitialised_code = code_parameter(query, "uninitcode");
  const std::optional<int> active_code = code_parameter(query, "activecode");
  // Of states that a single node is never in: checked all the same.
  code_parameter(query, "standbycode");
  code_parameter(query, "drsecondarycode");
  code_parameter(query, "performancestandbycode");
  for (const auto& [key, value] : query)
    if ((key == "standbyok" || key == "perfstandbyok") && !parse_boolean(value) && !value.empty())
      throw LogicalError(400, "");
  bool initialized = false, sealed = true;
  {
    const Mutex::Guard guard = co_await core_.state_lock().lock();
    sealed = core_.sealed();
    initialized = co_await core_.initialized();
  }
  int status = active_code.value_or(200);
  if (!initialized) {
    status = uninitialised_code.value_or(501);
  } else if (sealed) {
    status = sealed_code.value_or(503);
  }
  const std::string mode = sealed ? "unknown" : "disabled";
  OrderedJson body = {{"initialized", initialized},
                      {"sealed", sealed},
                      {"standby", sealed},
                      {"performance_standby", false},
                      {"replication_performance_mode", mode},
                      {"replication_dr_mode", mode},
                      {"server_time_utc", base::unix_seconds(core_.world().scheduler.now())},
                      {"version", vault_version}};
  if (!sealed) {
    body["cluster_name"] = core_.cluster_name();
    body["cluster_id"] = core_.cluster_id();
  }
  http::Response response = json_response(status, body);
  if (status == 204 || status == 304) response.body.clear();
  co_return response;
}

world::Task<http::Response> Api::init(http::Request request) {
  if (request.method == "GET") {
    const bool initialized = co_await core_.initialized();
    co_return json_response(200, {{"initialized", initialized}});
  }
  const StructBody body(request, "InitRequest");
  InitRequest wanted;
  wanted.shares = body.number("secret_shares");
  wanted.threshold = body.number("secret_threshold");
  wanted.recovery_shares = body.number("recovery_shares");
  wanted.recovery_threshold = body.number("recovery_threshold");
  check_pgp(body, wanted);
  const InitResult result = co_await core_.initialize(wanted);
  if (core_.wrapper().automatic()) {
    std::string failure;
    try {
      co_await core_.unseal_with_stored_keys();
    } catch (const UnsealError& error) {
      failure = error.what();
    }
    if (!failure.empty()) co_return error_response(500, failure);  // and the keys are lost, as with Vault
  }
  OrderedJson answer = {{"keys", encoded_keys(result.keys, true)},
                        {"keys_base64", encoded_keys(result.keys, false)}};
  if (!result.recovery_keys.empty()) {
    answer["recovery_keys"] = encoded_keys(result.recovery_keys, true);
    answer["recovery_keys_base64"] = encoded_keys(result.recovery_keys, false);
  }
  answer["root_token"] = result.root_token;
  co_return json_response(200, answer);
}

world::Task<http::Response> Api::unseal(http::Request request) {
  const StructBody body(request, "UnsealRequest");
  const std::string key = body.text("Key");
  const bool migrate = body.boolean("Migrate");
  if (body.boolean("Reset")) {
    co_await core_.reset_unseal();
    co_return co_await seal_status();
  }
  if (key.empty())
    throw LogicalError(400, "'key' must be specified in request body as JSON, or 'reset' set to true");
  const std::optional<std::string> share = parse_share(key);
  if (!share) throw LogicalError(400, "'key' must be a valid hex or base64 string");
  if (migrate) throw LogicalError(400, "the Squall stand-in does not serve seal migration");
  co_await core_.unseal_with_share(*share);
  co_return co_await seal_status();
}

world::Task<http::Response> Api::seal_status() {
  const SealStatus status = co_await core_.seal_status();
  co_return json_response(200, status_json(status));
}

world::Task<http::Response> Api::leader() {
  co_return json_response(200, {{"ha_enabled", false},
                                {"is_self", false},
                                {"active_time", "0001-01-01T00:00:00Z"},
                                {"leader_address", ""},
                                {"leader_cluster_address", ""},
                                {"performance_standby", false},
                                {"performance_standby_last_remote_wal", 0}});
}

// On a sealed node there is nothing to do: 204 all the same.
world::Task<http::Response> Api::seal(http::Request request) {
  if (core_.sealed()) co_return empty_response();
  co_await core_.authorize(client_token(request), "sys/seal", Operation::update, true);
  co_await core_.seal();
  co_return empty_response();
}

}  // namespace squall::vault
