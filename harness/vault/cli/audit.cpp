// vault audit list, enable and disable, as command/audit_*.go.
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/data_arguments.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

std::string options_text(const Value& device) {
  std::string text;
  const Value* options = device.given("options");
  for (const Value::Member& option : options ? options->members : std::vector<Value::Member>())
    text += (text.empty() ? "" : " ") + option.first + "=" + printed(option.second);
  return text;
}

world::Task<int> run_audit_list(Session& session) {
  session.expect_arguments(0);
  Client client(session);
  ApiRequest request;
  request.path = "sys/audit";
  request.failure = "Error listing audits: ";
  const Value answer = co_await client.send_for_json(std::move(request));
  const Value* data = answer.given("data");
  const std::vector<Value::Member> devices = data ? data->members : std::vector<Value::Member>();
  if (!session.in_table()) {
    Value shown = Value::object();
    for (const auto& [path, device] : devices) {
      Value ordered = Value::object();
      for (const char* name : {"type", "description", "options", "local", "path"}) {
        const Value* value = device.find(name);
        ordered.set(name, value ? *value : Value());
      }
      shown.set(path, std::move(ordered));
    }
    co_return show_data(session, shown);
  }
  if (devices.empty()) {
    session.line("No audit devices are enabled.");
    co_return 2;
  }
  const bool detailed = session.flags().on("detailed");
  std::vector<Row> rows = {{"Path", "Type", "Description"}};
  if (detailed) rows[0].insert(rows[0].end(), {"Replication", "Options"});
  for (const auto& [path, device] : devices) {
    rows.push_back({path, device.text_of("type"), device.text_of("description")});
    if (!detailed) continue;
    rows.back().push_back(device.flag_of("local") ? "local" : "replicated");
    rows.back().push_back(options_text(device));
  }
  session.line(table(std::move(rows)));
  co_return 0;
}

world::Task<int> run_audit_enable(Session& session) {
  std::vector<std::string> arguments = session.arguments();
  if (arguments.empty())
    throw Failure(1,
                  "Error enabling audit device: audit type missing. Valid types include 'file', 'socket' and "
                  "'syslog'.");
  const std::string type = trimmed(arguments[0]);
  const std::string path = with_slash(sanitized_path(session.flags().text("path", type)));
  arguments.erase(arguments.begin());
  const std::map<std::string, std::string> texts =
      co_await parse_texts(session, std::move(arguments), "Failed to parse K=V data: ");
  Value options = Value::object();
  for (const auto& [name, value] : texts) options.set(name, Value::of(value));
  Client client(session);
  ApiRequest request;
  request.method = "PUT";
  request.path = "sys/audit/" + sanitized_path(path);
  request.failure = "Error enabling audit device: ";
  request.body = Value::object({{"type", Value::of(type)},
                                {"description", Value::of(session.flags().text("description"))},
                                {"options", std::move(options)},
                                {"local", Value::of(session.flags().on("local"))}});
  co_await client.send(std::move(request));
  session.line("Success! Enabled the " + type + " audit device at: " + path);
  co_return 0;
}

world::Task<int> run_audit_disable(Session& session) {
  session.expect_arguments(1);
  const std::string path = with_slash(sanitized_path(session.arguments()[0]));
  Client client(session);
  ApiRequest request;
  request.method = "DELETE";
  request.path = "sys/audit/" + sanitized_path(path);
  request.failure = "Error disabling audit device: ";
  co_await client.send(std::move(request));
  session.line("Success! Disabled audit device (if it was enabled) at: " + path);
  co_return 0;
}

}  // namespace

void add_audit_commands(std::vector<Command>& commands) {
  commands.push_back({"audit list",
                      "Lists the audit devices",
                      "[options]",
                      {{"detailed", FlagKind::boolean, "With their options."}},
                      Output::format,
                      run_audit_list});
  commands.push_back({"audit enable",
                      "Enables an audit device",
                      "[options] TYPE [CONFIG K=V...]",
                      {{"description", FlagKind::text, "A text for people."},
                       {"path", FlagKind::text, "Its name. Default: its type."},
                       {"local", FlagKind::boolean, "Not replicated to other clusters."}},
                      Output::none,
                      run_audit_enable});
  commands.push_back(
      {"audit disable", "Disables an audit device", "[options] PATH", {}, Output::none, run_audit_disable});
}

}  // namespace squall::vault::cli
