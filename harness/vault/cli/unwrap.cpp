// vault unwrap, as command/unwrap.go: the answer that a wrapping token stands for.
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

world::Task<int> run_unwrap(Session& session) {
  session.expect_arguments(0, 1);
  Client client(session);
  const std::string token = session.arguments().empty() ? "" : trimmed(session.arguments()[0]);
  ApiRequest request;
  request.method = "PUT";
  request.path = "sys/wrapping/unwrap";
  request.failure = "Error unwrapping: ";
  Value body = Value::object();
  // Who has no token of its own, or has the wrapping token for it, asks with that one.
  if (!token.empty() && client.token().empty()) {
    client.set_token(token);
  } else if (!token.empty() && token != client.token()) {
    body.set("token", Value::of(token));
  }
  request.body = std::move(body);
  const std::optional<Secret> secret = co_await write_secret_at(client, session, std::move(request));
  if (!secret) {
    if (session.in_table()) session.line("Successfully unwrapped. There was no data in the wrapped secret.");
    co_return 0;
  }
  const std::string field = session.flags().text("field");
  if (!field.empty()) co_return show_field(session, *secret, field);
  co_return secret->data.given("keys") ? show_list(session, *secret) : show_secret(session, *secret);
}

}  // namespace

void add_unwrap_commands(std::vector<Command>& commands) {
  commands.push_back({"unwrap",
                      "Prints the answer that a wrapping token stands for, once",
                      "[options] [TOKEN]",
                      {},
                      Output::field_and_format,
                      run_unwrap});
}

}  // namespace squall::vault::cli
