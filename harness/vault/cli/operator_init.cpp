// vault operator init, as command/operator_init.go: it asks for the seal's kind first, because the defaults
// of a node that unseals itself are recovery shares.
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

struct Shares {
  std::int64_t secret_shares = 0, secret_threshold = 0, recovery_shares = 0, recovery_threshold = 0;
};

Shares wanted_shares(const Flags& flags, bool recovery_seal) {
  Shares shares{flags.integer("key-shares", flags.integer("n")),
                flags.integer("key-threshold", flags.integer("t")), flags.integer("recovery-shares"),
                flags.integer("recovery-threshold")};
  // A zero counts as not given.
  std::int64_t& count = recovery_seal ? shares.recovery_shares : shares.secret_shares;
  std::int64_t& threshold = recovery_seal ? shares.recovery_threshold : shares.secret_threshold;
  if (count == 0) count = 5;
  if (threshold == 0) threshold = 3;
  return shares;
}

Value init_body(const Shares& shares) {
  return Value::object({{"secret_shares", Value::of(shares.secret_shares)},
                        {"secret_threshold", Value::of(shares.secret_threshold)},
                        {"stored_shares", Value::of(std::int64_t{0})},
                        {"pgp_keys", Value()},
                        {"recovery_shares", Value::of(shares.recovery_shares)},
                        {"recovery_threshold", Value::of(shares.recovery_threshold)},
                        {"recovery_pgp_keys", Value()},
                        {"root_token_pgp_key", Value::of("")}});
}

Value init_result(const Shares& shares, const Value& answer) {
  const std::vector<std::string> keys = answer.texts_of("keys");
  // Without keys the seal holds them itself, as one share.
  const bool stored = keys.empty();
  return Value::object({{"unseal_keys_b64", Value::of(answer.texts_of("keys_base64"))},
                        {"unseal_keys_hex", Value::of(keys)},
                        {"unseal_shares", Value::of(stored ? std::int64_t{1} : shares.secret_shares)},
                        {"unseal_threshold", Value::of(stored ? std::int64_t{1} : shares.secret_threshold)},
                        {"recovery_keys_b64", Value::of(answer.texts_of("recovery_keys_base64"))},
                        {"recovery_keys_hex", Value::of(answer.texts_of("recovery_keys"))},
                        {"recovery_keys_shares", Value::of(shares.recovery_shares)},
                        {"recovery_keys_threshold", Value::of(shares.recovery_threshold)},
                        {"root_token", Value::of(answer.text_of("root_token"))}});
}

void print_keys(Session& session, const char* title, const std::vector<std::string>& keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    session.line(title + std::string(" Key ") + std::to_string(i + 1) + ": " + keys[i]);
  }
}

void print_advice(Session& session, const Shares& shares) {
  const std::string count = std::to_string(shares.secret_shares);
  const std::string threshold = std::to_string(shares.secret_threshold);
  session.line("");
  session.line(
      wrapped("Vault initialized with " + count + " key shares and a key threshold of " + threshold +
              ". Please securely distribute the key shares printed above. When the Vault is re-sealed, "
              "restarted, or stopped, you must supply at least " +
              threshold + " of these keys to unseal it before it can start servicing requests."));
  session.line("");
  session.line(wrapped("Vault does not store the generated root key. Without at least " + threshold +
                       " keys to reconstruct the root key, Vault will remain permanently sealed!"));
  session.line("");
  session.line(
      wrapped("It is possible to generate new unseal keys, provided you have a quorum of existing unseal "
              "keys shares. See \"vault operator rekey\" for more information."));
}

void print_recovery_advice(Session& session, const Shares& shares) {
  session.line("");
  session.line("Success! Vault is initialized");
  session.line("");
  session.line(wrapped("Recovery key initialized with " + std::to_string(shares.recovery_shares) +
                       " key shares and a key threshold of " + std::to_string(shares.recovery_threshold) +
                       ". Please securely distribute the key shares printed above."));
}

int print_init(Session& session, const Shares& shares, const Value& answer) {
  if (!session.in_table()) return show_data(session, init_result(shares, answer));
  const std::vector<std::string> keys = answer.texts_of("keys_base64");
  const std::vector<std::string> recovery_keys = answer.texts_of("recovery_keys_base64");
  print_keys(session, "Unseal", keys);
  print_keys(session, "Recovery", recovery_keys);
  session.line("");
  session.line("Initial Root Token: " + answer.text_of("root_token"));
  if (!keys.empty()) print_advice(session, shares);
  if (!recovery_keys.empty()) print_recovery_advice(session, shares);
  return 0;
}

world::Task<int> init_status(Session& session, Client& client) {
  ApiRequest request;
  request.path = "sys/init";
  request.failure = "Error checking init status: ";
  request.exit_status = 1;
  const Value answer = co_await client.send_for_json(std::move(request));
  const bool initialized = answer.flag_of("initialized");
  if (session.in_table()) {
    session.line(initialized ? "Vault is initialized" : "Vault is not initialized");
  } else {
    const Value shown = Value::object({{"Initialized", Value::of(initialized)}});
    show_data(session, shown);
  }
  co_return initialized ? 0 : 2;
}

// PGP keys and Consul are not served; a key file that is missing is reported as the original does.
void refuse_what_is_not_served(Session& session) {
  for (const char* name : {"pgp-keys", "recovery-pgp-keys", "root-token-pgp-key"}) {
    if (!session.flags().has(name)) continue;
    const std::string files = session.flags().text(name);
    for (const std::string& file : split(files, ',')) {
      if (file.starts_with("keybase:") || session.context().disk().exists(session.context().resolve(file)))
        continue;
      throw Failure(1, "invalid value " + quoted(files) + " for flag -" + name + ": open " + file +
                           ": no such file or directory");
    }
  }
  for (const char* name :
       {"pgp-keys", "recovery-pgp-keys", "root-token-pgp-key", "consul-auto", "consul-service"}) {
    if (session.flags().has(name))
      throw Failure(1, std::string("-") + name + " is not served by the Squall stand-in");
  }
}

world::Task<int> run_init(Session& session) {
  refuse_what_is_not_served(session);
  session.expect_arguments(0);
  if (session.flags().has("stored-shares"))
    session.warn("-stored-shares has no effect and will be removed in Vault 1.3.\n");
  Client client(session);
  ApiRequest seal;
  seal.path = "sys/seal-status";
  seal.preparing = true;
  const Value status = co_await client.send_for_json(std::move(seal));
  if (session.flags().on("status")) co_return co_await init_status(session, client);

  const Shares shares = wanted_shares(session.flags(), status.flag_of("recovery_seal"));
  ApiRequest request;
  request.method = "PUT";
  request.path = "sys/init";
  request.body = init_body(shares);
  request.failure = "Error initializing: ";
  const Value answer = co_await client.send_for_json(std::move(request));
  co_return print_init(session, shares, answer);
}

}  // namespace

void add_init_commands(std::vector<Command>& commands) {
  commands.push_back(
      {"operator init",
       "Initializes a server: prints the key shares and the root token, once",
       "[options]",
       {{"status", FlagKind::boolean, "Only say whether the server is initialized: exit status 0 or 2."},
        {"key-shares", FlagKind::integer, "How many unseal key shares to make. Default: 5."},
        {"n", FlagKind::integer, "The same."},
        {"key-threshold", FlagKind::integer, "How many of them unseal. Default: 3."},
        {"t", FlagKind::integer, "The same."},
        {"recovery-shares", FlagKind::integer, "How many recovery key shares to make (auto unseal)."},
        {"recovery-threshold", FlagKind::integer, "How many of them are a quorum."},
        {"pgp-keys", FlagKind::text, "Files of PGP keys. Not served."},
        {"recovery-pgp-keys", FlagKind::text, "Files of PGP keys. Not served."},
        {"root-token-pgp-key", FlagKind::text, "A file with a PGP key. Not served."},
        {"stored-shares", FlagKind::integer, "Has no effect."},
        {"consul-auto", FlagKind::boolean, "Not served."},
        {"consul-service", FlagKind::text, "Not served."}},
       Output::format,
       run_init});
}

}  // namespace squall::vault::cli
