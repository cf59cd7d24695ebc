// vault operator raft list-peers, join, remove-peer, snapshot save and autopilot get-config, as
// command/operator_raft_*.go.
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

std::string yes_or_no(bool value) { return value ? "true" : "false"; }

world::Task<std::optional<Secret>> read_at(Session& session, std::string path, std::string failure) {
  session.expect_arguments(0);
  Client client(session);
  ApiRequest request;
  request.path = std::move(path);
  request.failure = std::move(failure);
  co_return co_await read_secret_at(client, std::move(request));
}

world::Task<int> run_list_peers(Session& session) {
  const std::optional<Secret> secret = co_await read_at(session, "sys/storage/raft/configuration",
                                                        "Error reading the raft cluster configuration: ");
  if (!secret) throw Failure(2, "No raft cluster configuration found");
  if (!session.in_table()) co_return show_secret(session, *secret);
  const Value* config = secret->data.given("config");
  const Value* servers = config ? config->given("servers") : nullptr;
  std::vector<Row> rows = {{"Node", "Address", "State", "Voter"}};
  for (const Value& server : servers ? servers->items : std::vector<Value>())
    rows.push_back({server.text_of("node_id"), server.text_of("address"),
                    server.flag_of("leader") ? "leader" : "follower", yes_or_no(server.flag_of("voter"))});
  session.line(table(std::move(rows)));
  co_return 0;
}

std::string file_or_text(Session& session, const std::string& flag) {
  const std::string given = session.flags().text(flag);
  if (!given.starts_with('@')) return given;
  const auto content = session.context().disk().read(session.context().resolve(given.substr(1)));
  if (!content)
    throw Failure(1, "Failed to parse the given CA certificates: open " + given.substr(1) +
                         ": no such file or directory");
  return *content;
}

world::Task<int> run_join(Session& session) {
  session.expect_arguments(0, 1);
  const Flags& flags = session.flags();
  ApiRequest request;
  request.method = "POST";
  request.path = "sys/storage/raft/join";
  request.failure = "Error joining the node to the Raft cluster: ";
  request.body =
      Value::object({{"auto_join", Value::of("")},
                     {"auto_join_scheme", Value::of(flags.text("auto-join-scheme", "https"))},
                     {"auto_join_port", Value::of(flags.integer("auto-join-port", 8200))},
                     {"leader_api_addr", Value::of("")},
                     {"leader_ca_cert", Value::of(file_or_text(session, "leader-ca-cert"))},
                     {"leader_client_cert", Value::of(file_or_text(session, "leader-client-cert"))},
                     {"leader_client_key", Value::of(file_or_text(session, "leader-client-key"))},
                     {"retry", Value::of(flags.on("retry"))},
                     {"non_voter", Value::of(flags.on("non-voter"))}});
  if (!session.arguments().empty()) {
    const std::string where = trimmed(session.arguments()[0]);
    const bool discovered = where.find("provider=") != std::string::npos;
    request.body->set(discovered ? "auto_join" : "leader_api_addr", Value::of(where));
  }
  Client client(session);
  const Value answer = co_await client.send_for_json(std::move(request));
  const bool joined = answer.flag_of("joined");
  if (!session.in_table()) {
    const Value shown = Value::object({{"joined", Value::of(joined)}});
    co_return show_data(session, shown);
  }
  session.line(table({{"Key", "Value"}, {"Joined", yes_or_no(joined)}}));
  co_return 0;
}

world::Task<int> run_remove_peer(Session& session) {
  session.expect_arguments(1);
  ApiRequest request;
  request.method = "POST";
  request.path = "sys/storage/raft/remove-peer";
  request.failure = "Error removing the peer from raft cluster: ";
  request.body = Value::object(
      {{"server_id", Value::of(trimmed(session.arguments()[0]))}, {"dr_operation_token", Value::of("")}});
  Client client(session);
  co_await client.send(std::move(request));
  session.line("Peer removed successfully!");
  co_return 0;
}

world::Task<int> run_snapshot_save(Session& session) {
  session.expect_arguments(1);
  const std::string path = trimmed(session.arguments()[0]);
  if (path.empty()) throw Failure(1, "Output file name is required");
  Client client(session);
  ApiRequest request;
  request.path = "sys/storage/raft/snapshot";
  request.failure = "Error taking the snapshot: ";
  const ApiAnswer answer = co_await client.send(std::move(request));
  try {
    session.context().disk().write(session.context().resolve(path), answer.body, 0600);
  } catch (const world::DiskError& error) {
    throw Failure(2, "Error opening output file: " + std::string(error.what()));
  }
  co_return 0;
}

// Without integrated storage there is nothing to say, and nothing is said.
world::Task<int> run_get_config(Session& session) {
  const std::optional<Secret> secret =
      co_await read_at(session, "sys/storage/raft/autopilot/configuration", "Error getting configuration: ");
  if (!secret) co_return 0;
  if (!session.in_table()) co_return show_secret(session, *secret);
  const auto text = [&](const char* name) {
    const Value* value = secret->data.given(name);
    return value ? printed(*value) : std::string();
  };
  session.line(table({{"Key", "Value"},
                      {"Cleanup Dead Servers", text("cleanup_dead_servers")},
                      {"Last Contact Threshold", text("last_contact_threshold")},
                      {"Dead Server Last Contact Threshold", text("dead_server_last_contact_threshold")},
                      {"Server Stabilization Time", text("server_stabilization_time")},
                      {"Min Quorum", text("min_quorum")},
                      {"Max Trailing Logs", text("max_trailing_logs")}}));
  co_return 0;
}

world::Task<int> run_autopilot_state(Session& session) {
  const std::optional<Secret> secret =
      co_await read_at(session, "sys/storage/raft/autopilot/state", "Error checking autopilot state: ");
  if (!secret) co_return 0;
  if (!session.in_table()) co_return show_secret(session, *secret);
  throw Failure(1, "the Squall stand-in shows the autopilot's state with -format=json alone");
}

}  // namespace

void add_raft_commands(std::vector<Command>& commands) {
  commands.push_back({"operator raft list-peers",
                      "Lists the servers of the raft cluster",
                      "[options]",
                      {},
                      Output::format,
                      run_list_peers});
  commands.push_back({"operator raft join",
                      "Joins this node to a raft cluster",
                      "[options] <leader-api-addr|auto-join-configuration>",
                      {{"auto-join-scheme", FlagKind::text, "Of addresses that are found. Default: https."},
                       {"auto-join-port", FlagKind::integer, "Of addresses that are found. Default: 8200."},
                       {"leader-ca-cert", FlagKind::text, "The CA of the leader, or @file."},
                       {"leader-client-cert", FlagKind::text, "The certificate to show, or @file."},
                       {"leader-client-key", FlagKind::text, "Its key, or @file."},
                       {"retry", FlagKind::boolean, "Try until it succeeds."},
                       {"non-voter", FlagKind::boolean, "Without a vote (Enterprise)."}},
                      Output::format,
                      run_join});
  commands.push_back({"operator raft remove-peer",
                      "Removes a server from the raft cluster",
                      "[options] <server id>",
                      {},
                      Output::none,
                      run_remove_peer});
  commands.push_back({"operator raft snapshot save",
                      "Saves a snapshot of the cluster's state to a file",
                      "<snapshot_file>",
                      {},
                      Output::none,
                      run_snapshot_save});
  commands.push_back({"operator raft autopilot get-config",
                      "Prints the autopilot's configuration",
                      "[options]",
                      {},
                      Output::format,
                      run_get_config});
  commands.push_back({"operator raft autopilot state",
                      "Prints what the autopilot knows of the servers",
                      "[options]",
                      {},
                      Output::format,
                      run_autopilot_state});
}

}  // namespace squall::vault::cli
