// vault operator rekey, as command/operator_rekey.go: start, give shares, ask, cancel; of the barrier's key
// or, with -target=recovery, of the recovery key.
#include "emulator/base/ascii.hpp"
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/key_share.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

struct Target {
  std::string api;   // "sys/rekey"
  std::string keys;  // "unseal": what the texts call them
};

Target target_of(const Flags& flags) {
  const std::string given = flags.text("target", flags.on("recovery-key") ? "recovery" : "barrier");
  const std::string name = base::ascii_lower(trimmed(given));
  if (name == "barrier") return {"sys/rekey", "unseal"};
  if (name == "recovery" || name == "hsm") return {"sys/rekey-recovery-key", "recovery"};
  throw Failure(1, "Unknown target: " + given);
}

ApiRequest request_of(std::string method, std::string path, std::string failure) {
  ApiRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.failure = std::move(failure);
  return request;
}

// In the order of the Go struct.
int print_status(Session& session, const Value& status) {
  if (!session.in_table()) {
    Value shown = Value::object();
    for (const char* name : {"nonce", "started", "t", "n", "progress", "required", "pgp_fingerprints",
                             "backup", "verification_required"}) {
      const Value* value = status.find(name);
      shown.set(name, value ? *value : Value());
    }
    shown.set("verification_nonce", Value::of(status.text_of("verification_nonce")));
    return show_data(session, shown);
  }
  const bool started = status.flag_of("started");
  const auto number = [&](const char* name) { return std::to_string(status.integer_of(name)); };
  std::vector<Row> rows = {
      {"Key", "Value"}, {"Nonce", status.text_of("nonce")}, {"Started", started ? "true" : "false"}};
  if (started) {
    rows.push_back({"Rekey Progress", number("progress") + "/" + number("required")});
    rows.push_back({"New Shares", number("n")});
    rows.push_back({"New Threshold", number("t")});
    rows.push_back({"Verification Required", status.flag_of("verification_required") ? "true" : "false"});
  }
  session.line(table(std::move(rows)));
  return 0;
}

int print_keys(Session& session, const Target& target, const Value& before, const Value& answer) {
  if (!session.in_table()) {
    Value shown = Value::object();
    for (const char* name : {"nonce", "complete", "keys", "keys_base64", "pgp_fingerprints", "backup",
                             "verification_required"}) {
      const Value* value = answer.find(name);
      shown.set(name, value ? *value : Value());
    }
    return show_data(session, shown);
  }
  session.line("");
  const std::vector<std::string> keys = answer.texts_of("keys_base64");
  for (std::size_t i = 0; i < keys.size(); ++i) session.line("Key " + std::to_string(i + 1) + ": " + keys[i]);
  session.line("\nOperation nonce: " + answer.text_of("nonce") + "\n");
  const std::string threshold = std::to_string(before.integer_of("t"));
  std::string text = "Vault " + target.keys + " keys rekeyed with " + std::to_string(before.integer_of("n")) +
                     " key shares and a key threshold of " + threshold +
                     ". Please securely distribute the key shares printed above.";
  if (target.keys == "unseal")
    text += " When Vault is re-sealed, restarted, or stopped, you must supply at least " + threshold +
            " of these keys to unseal it before it can start servicing requests.";
  session.line(wrapped(text));
  return 0;
}

world::Task<int> start(Session& session, Client& client, Target target) {
  ApiRequest request = request_of("PUT", target.api + "/init", "Error initializing rekey: ");
  const Flags& flags = session.flags();
  request.body =
      Value::object({{"secret_shares", Value::of(flags.integer("key-shares", flags.integer("n", 5)))},
                     {"secret_threshold", Value::of(flags.integer("key-threshold", flags.integer("t", 3)))},
                     {"stored_shares", Value::of(std::int64_t{0})},
                     {"pgp_keys", Value()},
                     {"Backup", Value::of(false)},
                     {"require_verification", Value::of(false)}});
  const Value status = co_await client.send_for_json(std::move(request));
  if (session.in_table()) {
    session.warn(wrapped(
        "WARNING! If you lose the keys after they are returned, there is no recovery. Consider "
        "canceling this operation and re-initializing with the -pgp-keys flag to protect the returned " +
        target.keys +
        " keys along with -backup to allow recovery of the encrypted keys in case of emergency. You "
        "can delete the stored keys later using the -delete flag."));
    session.line("");
  }
  co_return print_status(session, status);
}

world::Task<int> give_share(Session& session, Client& client, Target target) {
  ApiRequest ask = request_of("GET", target.api + "/init", "Error getting rekey status: ");
  const Value status = co_await client.send_for_json(std::move(ask));
  if (!status.flag_of("started")) {
    throw Failure(1, wrapped("No rekey is in progress. Start a rekey process by running \"vault operator "
                             "rekey -init\"."));
  }
  KeyShare share = co_await ask_key_share(session, "Rekey operation nonce: ", status.text_of("nonce"));
  ApiRequest update = request_of("PUT", target.api + "/update", "Error posting unseal key: ");
  update.body = Value::object({{"key", Value::of(share.key)}, {"nonce", Value::of(share.nonce)}});
  const Value answer = co_await client.send_for_json(std::move(update));
  if (answer.flag_of("complete")) co_return print_keys(session, target, status, answer);
  co_return print_status(session, answer);
}

world::Task<int> run_rekey(Session& session) {
  session.expect_arguments(0, 1);
  const Flags& flags = session.flags();
  for (const char* name :
       {"verify", "pgp-keys", "backup", "backup-delete", "backup-retrieve", "delete", "retrieve"}) {
    if (flags.has(name)) throw Failure(1, std::string("-") + name + " is not served by the Squall stand-in");
  }
  Client client(session);
  Target target = target_of(flags);
  if (flags.on("cancel")) {
    ApiRequest request = request_of("DELETE", target.api + "/init", "Error canceling rekey: ");
    co_await client.send(std::move(request));
    session.line("Success! Canceled rekeying (if it was started)");
    co_return 0;
  }
  if (flags.on("init")) co_return co_await start(session, client, std::move(target));
  if (flags.on("status")) {
    ApiRequest request = request_of("GET", target.api + "/init", "Error reading rekey status: ");
    const Value status = co_await client.send_for_json(std::move(request));
    co_return print_status(session, status);
  }
  co_return co_await give_share(session, client, std::move(target));
}

}  // namespace

void add_rekey_commands(std::vector<Command>& commands) {
  commands.push_back(
      {"operator rekey",
       "Makes new key shares from a quorum of the present ones",
       "[options] [KEY]",
       {{"init", FlagKind::boolean, "Start, with -key-shares and -key-threshold."},
        {"cancel", FlagKind::boolean, "Give up what is under way."},
        {"status", FlagKind::boolean, "Say how far it is."},
        {"key-shares", FlagKind::integer, "How many shares to make. Default: 5."},
        {"n", FlagKind::integer, "The same."},
        {"key-threshold", FlagKind::integer, "How many of them are a quorum. Default: 3."},
        {"t", FlagKind::integer, "The same."},
        {"nonce", FlagKind::text, "The operation's nonce, for a share given as an argument."},
        {"target", FlagKind::text, "barrier or recovery. Default: barrier."},
        {"recovery-key", FlagKind::boolean, "The same as -target=recovery."},
        {"stored-shares", FlagKind::integer, "Accepted for the sake of old scripts; means nothing."},
        {"verify", FlagKind::boolean, "Not served."},
        {"pgp-keys", FlagKind::text, "Not served."},
        {"backup", FlagKind::boolean, "Not served."},
        {"backup-delete", FlagKind::boolean, "Not served."},
        {"backup-retrieve", FlagKind::boolean, "Not served."},
        {"delete", FlagKind::boolean, "Not served."},
        {"retrieve", FlagKind::boolean, "Not served."}},
       Output::format,
       run_rekey});
}

}  // namespace squall::vault::cli
