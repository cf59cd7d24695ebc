#include "harness/vault/server/dev.hpp"

#include "emulator/base/encoding.hpp"
#include "harness/vault/server/storages.hpp"

namespace squall::vault {
namespace {

Request as_root(const std::string& token, const std::string& path, Json data, world::Entropy& entropy) {
  Request request;
  request.operation = Operation::update;
  request.path = path;
  request.data = std::move(data);
  request.client_token = token;
  request.id = entropy.uuid();
  return request;
}

world::Task<DevNode> initialise(Core& core) {
  InitRequest wanted;
  (core.wrapper().automatic() ? wanted.recovery_shares : wanted.shares) = 1;
  (core.wrapper().automatic() ? wanted.recovery_threshold : wanted.threshold) = 1;
  const InitResult made = co_await core.initialize(wanted);
  if (core.wrapper().automatic()) {
    co_await core.unseal_with_stored_keys();
  } else {
    co_await core.unseal_with_share(made.keys.at(0));
  }
  co_return DevNode{made.keys, made.recovery_keys, made.root_token};
}

world::Task<std::string> replace_root_token(Core& core, std::string old, std::string id) {
  world::Entropy& entropy = core.world().entropy;
  const Json wanted = {{"id", id}, {"policies", {"root"}}, {"no_parent", true}, {"no_default_policy", true}};
  Request create = as_root(old, "auth/token/create", wanted, entropy);
  const Answer created = co_await core.handle(std::move(create));
  Request revoke = as_root(old, "auth/token/revoke-self", Json::object(), entropy);
  co_await core.handle(std::move(revoke));
  co_return created.auth->client_token;
}

}  // namespace

ServerConfig dev_config(const ServerOptions& options) {
  ServerConfig config;
  config.disable_mlock = true;
  config.raw_storage_endpoint = config.usage_gauges = true;
  config.storage = StanzaConfig{"inmem", {}};
  ListenerConfig listener;
  listener.tls_disable = true;
  if (!options.dev_listen_address.empty()) listener.address = options.dev_listen_address;
  listener.cluster_address = next_port(listener.address);
  config.listeners.push_back(listener);
  return config;
}

world::Task<DevNode> set_up_dev(program::Context& context, Core& core, const ServerOptions& options) {
  const std::string before = "Error initializing Dev mode: ";
  std::string words, failure;
  DevNode node;
  if (!base::valid_utf8(options.dev_root_token_id))
    throw StartError(before + "the Squall stand-in takes no token that is not UTF-8");
  try {
    node = co_await initialise(core);
    if (!options.dev_root_token_id.empty()) {
      words = "failed to create root token with ID \"" + options.dev_root_token_id + "\": ";
      node.root_token = co_await replace_root_token(core, node.root_token, options.dev_root_token_id);
    }
    if (!options.dev_no_store_token)
      context.disk().write(context.env("HOME", "/") + "/.vault-token", node.root_token, 0600);
    words = "error creating default K/V store: ";
    const Json mount = {{"type", "kv"},
                        {"description", "key/value secret storage"},
                        {"options", {{"version", options.dev_kv_v1 ? "1" : "2"}}}};
    Request request = as_root(node.root_token, "sys/mounts/secret", mount, context.entropy());
    co_await core.handle(std::move(request));
  } catch (const std::runtime_error& error) {
    throw StartError(before + words + error.what());
  }
  co_return node;
}

std::string dev_warning(const DevNode& node, const std::string& address) {
  const bool recovery = node.shares.empty();
  const std::string key = base::base64_encode((recovery ? node.recovery_shares : node.shares).at(0));
  std::string text =
      "WARNING! dev mode is enabled! In this mode, Vault runs entirely in-memory\n"
      "and starts unsealed with a single unseal key. The root token is already\n"
      "authenticated to the CLI, so you can immediately begin using Vault.\n\n"
      "You may need to set the following environment variables:\n\n"
      "    $ export VAULT_ADDR='http://" +
      address + "'\n\n";
  text += recovery ? "The recovery key and root token are displayed below in case you want to\n"
                   : "The unseal key and root token are displayed below in case you want to\n";
  text += "seal/unseal the Vault or re-authenticate.\n\n";
  text += (recovery ? "Recovery Key: " : "Unseal Key: ") + key + "\n";
  text += "Root Token: " + node.root_token + "\n\n";
  return text + "Development mode should NOT be used in production installations!\n\n";
}

}  // namespace squall::vault
