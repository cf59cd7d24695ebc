// vault operator key-status, rotate, members and step-down.
#include "emulator/base/time.hpp"
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

// "22 Nov 26 01:55 UTC": Go's time.RFC822.
std::string rfc822(const std::string& text) {
  const auto time = base::parse_iso8601(text);
  return time ? base::format_utc(*time, "%d %b %y %H:%M UTC") : text;
}

world::Task<Value> key_status(Client& client) {
  ApiRequest request;
  request.path = "sys/key-status";
  request.failure = "Error reading key status: ";
  const Value answer = co_await client.send_for_json(std::move(request));
  const Value* data = answer.given("data");
  Value status = Value::object();
  for (const char* name : {"term", "install_time", "encryptions"}) {
    const Value* value = (data ? *data : answer).find(name);
    status.set(name, value ? *value : Value());
  }
  co_return status;
}

int show_key_status(Session& session, const Value& status) {
  if (!session.in_table()) return show_data(session, status);
  session.line(columns({{"Key Term", std::to_string(status.integer_of("term"))},
                        {"Install Time", rfc822(status.text_of("install_time"))},
                        {"Encryption Count", std::to_string(status.integer_of("encryptions"))}}));
  return 0;
}

world::Task<int> run_key_status(Session& session) {
  session.expect_arguments(0);
  Client client(session);
  const Value status = co_await key_status(client);
  co_return show_key_status(session, status);
}

world::Task<int> run_rotate(Session& session) {
  session.expect_arguments(0);
  Client client(session);
  ApiRequest request;
  request.method = "POST";
  request.path = "sys/rotate";
  request.failure = "Error rotating key: ";
  co_await client.send(std::move(request));
  const Value status = co_await key_status(client);
  if (session.in_table()) session.line("Success! Rotated key\n");
  co_return show_key_status(session, status);
}

std::string whole_seconds(const std::string& text) {
  const auto time = base::parse_iso8601(text);
  return time ? base::iso8601(*time) : text;
}

world::Task<int> run_members(Session& session) {
  session.expect_arguments(0);
  Client client(session);
  ApiRequest request;
  request.path = "sys/ha-status";
  const Value answer = co_await client.send_for_json(std::move(request));
  // What comes back is a list of nodes; its members stand in the order of the Go struct.
  const Value* data = answer.given("data");
  const Value* nodes = (data ? *data : answer).given("nodes");
  Value listed;
  listed.kind = Value::Kind::array;
  std::vector<Row> rows = {{"Host Name", "API Address", "Cluster Address", "Active Node", "Version",
                            "Upgrade Version", "Redundancy Zone", "Last Echo"}};
  for (const Value& node : nodes ? nodes->items : std::vector<Value>()) {
    Value shown = Value::object();
    for (const char* name : {"hostname", "api_address", "cluster_address", "active_node", "last_echo",
                             "version", "upgrade_version", "redundancy_zone"}) {
      const Value* value = node.find(name);
      const std::string key = name;
      const bool optional = key == "upgrade_version" || key == "redundancy_zone";
      if (optional && node.text_of(name).empty()) continue;
      shown.set(name, value ? *value : Value());
    }
    listed.items.push_back(std::move(shown));
    rows.push_back({node.text_of("hostname"), node.text_of("api_address"), node.text_of("cluster_address"),
                    node.flag_of("active_node") ? "true" : "false", node.text_of("version"),
                    node.text_of("upgrade_version"), node.text_of("redundancy_zone"),
                    whole_seconds(node.text_of("last_echo"))});
  }
  if (!session.in_table()) {
    const Value shown = Value::object({{"Nodes", listed}});
    co_return show_data(session, shown);
  }
  session.line(table(std::move(rows)));
  co_return 0;
}

world::Task<int> run_step_down(Session& session) {
  session.expect_arguments(0);
  Client client(session);
  ApiRequest request;
  request.method = "PUT";
  request.path = "sys/step-down";
  request.failure = "Error stepping down: ";
  co_await client.send(std::move(request));
  session.line("Success! Stepped down: " + client.address());
  co_return 0;
}

}  // namespace

void add_operator_commands(std::vector<Command>& commands) {
  commands.push_back({"operator key-status",
                      "Prints the term of the encryption key and how much it encrypted",
                      "[options]",
                      {},
                      Output::format,
                      run_key_status});
  commands.push_back(
      {"operator rotate", "Makes a new encryption key", "[options]", {}, Output::format, run_rotate});
  commands.push_back(
      {"operator members", "Lists the nodes of the cluster", "[options]", {}, Output::format, run_members});
  commands.push_back({"operator step-down",
                      "Makes the active node give up leading",
                      "[options]",
                      {},
                      Output::none,
                      run_step_down});
}

}  // namespace squall::vault::cli
