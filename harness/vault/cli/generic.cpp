// vault read, write, patch, delete and list: the raw API under the CLI's output.
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/data_arguments.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

std::vector<std::string> after_path(const Session& session) {
  const std::vector<std::string>& arguments = session.arguments();
  return {arguments.begin() + 1, arguments.end()};
}

void add_query(ApiRequest& request, const Value& data) {
  for (const Value::Member& member : data.members) {
    if (!member.second.is(Value::Kind::array)) {
      request.query.emplace_back(member.first, printed(member.second));
      continue;
    }
    for (const Value& item : member.second.items) request.query.emplace_back(member.first, printed(item));
  }
}

world::Task<int> run_read(Session& session) {
  session.expect_arguments(1, 1000);
  const std::string path = sanitized_path(session.arguments()[0]);
  std::vector<std::string> pairs = after_path(session);
  const Value data = co_await parse_data(session, std::move(pairs), "Failed to parse K=V data: ");
  Client client(session);
  ApiRequest request;
  request.path = path;
  request.failure = "Error reading " + path + ": ";
  add_query(request, data);
  if (session.format() == "raw") {  // the answer as it came
    request.failure = "Error reading: " + path + ": ";
    const ApiAnswer answer = co_await client.send(std::move(request));
    session.line(answer.body);
    co_return 0;
  }
  const std::optional<Secret> secret = co_await read_secret_at(client, std::move(request));
  if (!secret) throw Failure(2, "No value found at " + path);
  const std::string field = session.flags().text("field");
  co_return field.empty() ? show_secret(session, *secret) : show_field(session, *secret, field);
}

// write and patch: they differ in the verb.
world::Task<int> send_data(Session& session, std::string method) {
  const bool force = session.flags().on("force") || session.flags().on("f");
  session.expect_arguments(1, 1000);
  if (session.arguments().size() == 1 && !force) throw Failure(1, "Must supply data or use -force");
  const std::string path = sanitized_path(session.arguments()[0]);
  std::vector<std::string> pairs = after_path(session);
  Value data = co_await parse_data(session, std::move(pairs), "Failed to parse K=V data: ");
  Client client(session);
  ApiRequest request;
  request.method = std::move(method);
  request.path = path;
  // Without arguments the original sends a nil map.
  request.body = session.arguments().size() == 1 ? Value() : std::move(data);
  request.failure = "Error writing data to " + path + ": ";
  const std::optional<Secret> secret = co_await write_secret_at(client, session, std::move(request));
  co_return show_written(session, secret, "Success! Data written to: " + path);
}

world::Task<int> run_write(Session& session) { return send_data(session, "PUT"); }
world::Task<int> run_patch(Session& session) { return send_data(session, "PATCH"); }

world::Task<int> run_delete(Session& session) {
  if (session.arguments().empty()) throw Failure(1, "Not enough arguments (expected at least 1, got 0)");
  const std::string path = sanitized_path(session.arguments()[0]);
  std::vector<std::string> pairs = after_path(session);
  const Value data = co_await parse_data(session, std::move(pairs), "Failed to parse K=V data: ");
  Client client(session);
  ApiRequest request;
  request.method = "DELETE";
  request.path = path;
  request.failure = "Error deleting " + path + ": ";
  add_query(request, data);
  const std::optional<Secret> secret = co_await write_secret_at(client, session, std::move(request));
  co_return show_written(session, secret, "Success! Data deleted (if it existed) at: " + path);
}

world::Task<int> run_list(Session& session) {
  session.expect_arguments(1);
  const std::string path = sanitized_path(session.arguments()[0]);
  Client client(session);
  ApiRequest request;
  request.path = path;
  request.query = {{"list", "true"}};
  request.failure = "Error listing " + path + ": ";
  const std::optional<Secret> secret = co_await read_secret_at(client, std::move(request));
  if (secret && secret->wrap) co_return show_secret(session, *secret);
  const bool listed = secret && secret->data.given("keys");
  if (!session.in_table() && !listed) {
    const Value nothing = Value::object();
    show_data(session, nothing);
    co_return 2;
  }
  if (!secret) throw Failure(2, "No value found at " + path);
  if (secret->data.is(Value::Kind::null)) co_return show_secret(session, *secret);
  if (!listed) throw Failure(2, "No entries found at " + path);
  co_return show_list(session, *secret);
}

}  // namespace

void add_generic_commands(std::vector<Command>& commands) {
  commands.push_back(
      {"read", "Reads what is at a path", "[options] PATH", {}, Output::field_and_format, run_read});
  commands.push_back(
      {"write",
       "Writes data to a path",
       "[options] PATH [DATA K=V...]",
       {{"force", FlagKind::boolean, "Write without data."}, {"f", FlagKind::boolean, "The same."}},
       Output::field_and_format,
       run_write});
  commands.push_back(
      {"patch",
       "Changes some of the data at a path",
       "[options] PATH [DATA K=V...]",
       {{"force", FlagKind::boolean, "Change without data."}, {"f", FlagKind::boolean, "The same."}},
       Output::field_and_format,
       run_patch});
  commands.push_back(
      {"delete", "Deletes what is at a path", "[options] PATH", {}, Output::field_and_format, run_delete});
  commands.push_back({"list",
                      "Lists what is below a path",
                      "[options] PATH",
                      {{"detailed", FlagKind::boolean, "With what the server knows of each, in JSON."}},
                      Output::format,
                      run_list});
}

}  // namespace squall::vault::cli
