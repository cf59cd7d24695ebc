#include "harness/vault/cli/key_share.hpp"

#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

world::Task<KeyShare> ask_key_share(Session& session, std::string title, std::string operation_nonce) {
  KeyShare share;
  share.key = session.arguments().empty() ? "" : trimmed(session.arguments()[0]);
  // Who is asked for a share is shown the nonce; who passes one must know it.
  share.nonce = session.flags().text("nonce");
  if (share.key == "-") {
    share.key = co_await session.context().read_input();
  } else if (share.key.empty()) {
    share.nonce = operation_nonce;
    session.line(title + operation_nonce);
    SecretPrompt prompt{
        "Unseal Key (will be hidden): ", 1,
        "An error occurred attempting to ask for the unseal key. The raw error message is shown "
        "below, but usually this is because you attempted to pipe a value into the command or "
        "you are executing outside of a terminal (tty). If you want to pipe the value, pass "
        "\"-\" as the argument to read from stdin. The raw error was: ",
        true, true};
    share.key = co_await read_secret(session, std::move(prompt));
  }
  share.key = trimmed(share.key);
  if (share.nonce.empty()) throw Failure(1, "Missing nonce value: specify it via the -nonce flag");
  co_return share;
}

}  // namespace squall::vault::cli
