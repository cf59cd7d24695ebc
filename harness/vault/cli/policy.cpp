// vault policy write, read, list and delete.
#include "emulator/base/ascii.hpp"
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

world::Task<std::string> policy_text(Session& session, std::string path) {
  if (path == "-") co_return co_await session.context().read_input();
  const auto content = session.context().disk().read(session.context().resolve(path));
  if (!content) throw Failure(2, "Error opening policy file: open " + path + ": no such file or directory");
  co_return *content;
}

world::Task<int> run_write(Session& session) {
  session.expect_arguments(2);
  Client client(session);
  const std::string given = session.arguments()[0];
  const std::string name = base::ascii_lower(trimmed(given));
  const std::string text = co_await policy_text(session, trimmed(session.arguments()[1]));
  ApiRequest request;
  request.method = "PUT";
  request.path = "sys/policies/acl/" + name;
  request.failure = "Error uploading policy: ";
  request.body = Value::object({{"policy", Value::of(text)}});
  if (name != given) session.warn("Policy name was converted from " + quoted(given) + " to " + quoted(name));
  co_await client.send(std::move(request));
  session.line("Success! Uploaded policy: " + name);
  co_return 0;
}

world::Task<int> run_read(Session& session) {
  session.expect_arguments(1);
  Client client(session);
  const std::string name = base::ascii_lower(trimmed(session.arguments()[0]));
  ApiRequest request;
  request.path = "sys/policies/acl/" + name;
  request.failure = "Error reading policy named " + name + ": ";
  const std::optional<Secret> secret = co_await read_secret_at(client, std::move(request));
  const std::string text = secret ? secret->data.text_of("policy") : "";
  if (text.empty()) throw Failure(2, "No policy named: " + name);
  if (session.in_table()) {
    session.line(trimmed(text));
    co_return 0;
  }
  const Value shown = Value::object({{"policy", Value::of(text)}});
  co_return show_data(session, shown);
}

world::Task<int> run_list(Session& session) {
  session.expect_arguments(0);
  Client client(session);
  ApiRequest request;
  request.path = "sys/policies/acl";
  request.query = {{"list", "true"}};
  request.failure = "Error listing policies: ";
  const Value answer = co_await client.send_for_json(std::move(request));
  const Value* data = answer.given("data");
  const std::vector<std::string> names = (data ? *data : answer).texts_of("keys");
  if (!session.in_table()) {
    const Value shown = Value::of(names);
    co_return show_data(session, shown);
  }
  for (const std::string& name : names) session.line(name);
  co_return 0;
}

world::Task<int> run_delete(Session& session) {
  session.expect_arguments(1);
  Client client(session);
  const std::string name = base::ascii_lower(trimmed(session.arguments()[0]));
  ApiRequest request;
  request.method = "DELETE";
  request.path = "sys/policies/acl/" + name;
  request.failure = "Error deleting " + name + ": ";
  co_await client.send(std::move(request));
  session.line("Success! Deleted policy: " + name);
  co_return 0;
}

}  // namespace

void add_policy_commands(std::vector<Command>& commands) {
  commands.push_back({"policy write",
                      "Uploads a policy from a file, or from standard input (-)",
                      "[options] NAME PATH",
                      {},
                      Output::none,
                      run_write});
  commands.push_back({"policy read", "Prints a policy", "[options] [NAME]", {}, Output::format, run_read});
  commands.push_back({"policy list", "Lists the policies", "[options]", {}, Output::format, run_list});
  commands.push_back({"policy delete", "Deletes a policy", "[options] NAME", {}, Output::none, run_delete});
}

}  // namespace squall::vault::cli
