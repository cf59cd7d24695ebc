// vault operator unseal and seal, as command/operator_unseal.go and operator_seal.go.
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/status.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

constexpr const char* kNoTerminal =
    "An error occurred attempting to ask for an unseal key. The raw error message is shown below, but "
    "usually "
    "this is because you attempted to pipe a value into the unseal command or you are executing outside of a "
    "terminal (tty). You should run the unseal command from a terminal for maximum security. If this is not "
    "an option, the unseal key can be provided as the first argument to the unseal command. The raw error "
    "was:\n\n";

world::Task<std::string> ask_for_key(Session& session) {
  SecretPrompt prompt{"Unseal Key (will be hidden): ", 1, kNoTerminal, true, true};
  const std::string key = co_await read_secret(session, std::move(prompt));
  co_return trimmed(key);
}

world::Task<int> run_unseal(Session& session) {
  session.expect_arguments(0, 1);
  const bool reset = session.flags().on("reset");
  const bool migrate = session.flags().on("migrate");
  std::string key = session.arguments().empty() ? "" : trimmed(session.arguments()[0]);
  Client client(session);
  ApiRequest request;
  request.method = "PUT";
  request.path = "sys/unseal";
  if (reset) {
    request.failure = "Error resetting unseal process: ";
    request.body = Value::object({{"reset", Value::of(true)}});
  } else {
    if (key.empty()) key = co_await ask_for_key(session);
    request.failure = "Error unsealing: ";
    request.body = Value::object(
        {{"key", Value::of(key)}, {"reset", Value::of(false)}, {"migrate", Value::of(migrate)}});
  }
  const Value status = co_await client.send_for_json(std::move(request));
  co_return co_await show_seal_status(session, client, status);
}

world::Task<int> run_seal(Session& session) {
  session.expect_arguments(0);
  Client client(session);
  ApiRequest request;
  request.method = "PUT";
  request.path = "sys/seal";
  request.failure = "Error sealing: ";
  co_await client.send(std::move(request));
  session.line("Success! Vault is sealed.");
  co_return 0;
}

}  // namespace

void add_unseal_commands(std::vector<Command>& commands) {
  commands.push_back({"operator unseal",
                      "Gives the server one key share",
                      "[options] [KEY]",
                      {{"reset", FlagKind::boolean, "Throw away the shares given so far."},
                       {"migrate", FlagKind::boolean, "The share is for a seal migration."}},
                      Output::format,
                      run_unseal});
  commands.push_back({"operator seal", "Seals the server", "[options]", {}, Output::none, run_seal});
}

}  // namespace squall::vault::cli
