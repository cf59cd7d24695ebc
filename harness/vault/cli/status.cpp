#include "harness/vault/cli/status.hpp"

#include "emulator/base/time.hpp"
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

constexpr const char* kNoTime = "0001-01-01T00:00:00Z";  // Go's zero time

// SealStatusOutput: both answers in the order of the Go struct, members that are empty left out where Go
// omits them.
Value merged(const Value& status, const Value& leader) {
  Value out = Value::object();
  const auto copy = [&](const Value& from, const char* name, bool omit_empty) {
    const Value* value = from.find(name);
    const bool empty =
        !value || value->is(Value::Kind::null) || value->literal == "" || value->literal == "0";
    const bool unset = value && value->is(Value::Kind::boolean) ? !value->boolean : empty;
    if (omit_empty && unset) return;
    if (value) out.set(name, *value);
  };
  for (const char* name : {"type", "initialized", "sealed", "t", "n", "progress", "nonce", "version",
                           "build_date", "migration"}) {
    copy(status, name, false);
  }
  copy(status, "cluster_name", true);
  copy(status, "cluster_id", true);
  copy(status, "recovery_seal", false);
  copy(status, "storage_type", true);
  if (const Value* warnings = status.given("warnings")) out.set("warnings", *warnings);
  out.set("ha_enabled", Value::of(leader.flag_of("ha_enabled")));
  copy(leader, "is_self", true);
  const std::string active = leader.text_of("active_time");
  out.set("active_time", Value::of(active.empty() ? kNoTime : active));
  for (const char* name :
       {"leader_address", "leader_cluster_address", "performance_standby",
        "performance_standby_last_remote_wal", "last_wal", "raft_committed_index", "raft_applied_index"}) {
    copy(leader, name, true);
  }
  return out;
}

void add_ha_rows(const Value& status, std::vector<Row>& rows) {
  rows.push_back({"HA Cluster", status.text_of("leader_cluster_address")});
  const bool active = status.flag_of("is_self");
  rows.push_back({"HA Mode", active ? "active" : "standby"});
  const std::string since = status.text_of("active_time");
  if (active && since != kNoTime) rows.push_back({"Active Since", since});
  const std::string leader = status.text_of("leader_address");
  if (!active) rows.push_back({"Active Node Address", leader.empty() ? "<none>" : leader});
  if (status.flag_of("performance_standby")) {
    rows.push_back({"Performance Standby Node", "true"});
    rows.push_back({"Performance Standby Last Remote WAL",
                    std::to_string(status.integer_of("performance_standby_last_remote_wal"))});
  }
}

std::string status_table(const Value& status) {
  const auto yes = [&](const char* name) { return std::string(status.flag_of(name) ? "true" : "false"); };
  const auto number = [&](const char* name) { return std::to_string(status.integer_of(name)); };
  const std::string recovery = status.flag_of("recovery_seal") ? "Recovery " : "";
  const bool sealed = status.flag_of("sealed");
  std::vector<Row> rows = {{"Key", "Value"},
                           {recovery + "Seal Type", status.text_of("type")},
                           {"Initialized", yes("initialized")},
                           {"Sealed", yes("sealed")},
                           {"Total " + recovery + "Shares", number("n")},
                           {"Threshold", number("t")}};
  if (sealed) {
    rows.push_back({"Unseal Progress", number("progress") + "/" + number("t")});
    rows.push_back({"Unseal Nonce", status.text_of("nonce")});
  }
  if (status.flag_of("migration")) rows.push_back({"Seal Migration in Progress", "true"});
  rows.push_back({"Version", status.text_of("version")});
  rows.push_back({"Build Date", status.text_of("build_date")});
  rows.push_back({"Storage Type", status.text_of("storage_type")});
  if (status.given("cluster_name") && status.given("cluster_id")) {
    rows.push_back({"Cluster Name", status.text_of("cluster_name")});
    rows.push_back({"Cluster ID", status.text_of("cluster_id")});
  }
  rows.push_back({"HA Enabled", yes("ha_enabled")});
  if (status.flag_of("ha_enabled") && !sealed) add_ha_rows(status, rows);
  for (const auto& [title, name] :
       {std::pair{"Raft Committed Index", "raft_committed_index"},
        std::pair{"Raft Applied Index", "raft_applied_index"}, std::pair{"Last WAL", "last_wal"}}) {
    if (status.integer_of(name) > 0) rows.push_back({title, number(name)});
  }
  if (const Value* warnings = status.given("warnings")) rows.push_back({"Warnings", printed(*warnings)});
  return table(std::move(rows));
}

world::Task<int> run_status(Session& session) {
  session.expect_arguments(0);
  // 2 means sealed here, so that every failure is a 1.
  Client client(session, 1);
  ApiRequest request;
  request.path = "sys/seal-status";
  request.failure = "Error checking seal status: ";
  request.exit_status = 1;
  const Value status = co_await client.send_for_json(std::move(request));
  const int shown = co_await show_seal_status(session, client, status);
  co_return status.flag_of("sealed") ? 2 : shown;  // a failure to ask who leads does not hide that
}

world::Task<int> run_version(Session& session) {
  session.line("Vault v1.14.9 stand-in (Squall 0.1.0), not HashiCorp Vault");
  co_return 0;
}

}  // namespace

world::Task<int> show_seal_status(Session& session, Client& client, Value status) {
  ApiRequest request;
  request.path = "sys/leader";
  const ApiAnswer answer = co_await client.exchange(std::move(request));
  Value leader = Value::object();
  if (answer.ok()) {
    leader = parse_json(answer.body).value.value_or(Value::object());
  } else if (answer.error.find("Vault is sealed") != std::string::npos) {
    // A sealed node with HA cannot say who leads; that it has HA is what its refusal tells.
    leader.set("ha_enabled", Value::of(true));
  } else {
    session.warn("Error checking leader status: " + answer.error);
    co_return 1;
  }
  const Value both = merged(status, leader);
  if (session.in_table()) {
    session.line(status_table(both));
  } else {
    show_data(session, both);  // whether it can be shown so or not
  }
  co_return 0;
}

void add_status_commands(std::vector<Command>& commands) {
  commands.push_back(
      {"status",
       "Prints whether the server is sealed, and who leads. Exit status: 0 unsealed, 2 sealed, 1 error",
       "[options]",
       {},
       Output::format,
       run_status});
  commands.push_back({"version", "Prints the version of this stand-in", "", {}, Output::format, run_version});
}

}  // namespace squall::vault::cli
