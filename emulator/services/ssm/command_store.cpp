#include "emulator/services/ssm/command_store.hpp"

namespace squall::services::ssm {
namespace {

const store::Schema schema{"ssm commands", {R"(
CREATE TABLE ssm_command(
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, region TEXT NOT NULL,
  document_name TEXT NOT NULL, document_version TEXT NOT NULL, comment TEXT NOT NULL, parameters TEXT NOT NULL,
  targets TEXT NOT NULL, max_concurrency TEXT NOT NULL, max_errors TEXT NOT NULL, timeout_seconds INTEGER NOT NULL,
  requested INTEGER NOT NULL, expires INTEGER NOT NULL, status TEXT NOT NULL, details TEXT NOT NULL,
  by_id INTEGER NOT NULL) STRICT;
CREATE INDEX ssm_command_by_place ON ssm_command(account, region, sequence);
CREATE INDEX ssm_command_by_status ON ssm_command(status);
CREATE TABLE ssm_invocation(
  command_id TEXT NOT NULL, position INTEGER NOT NULL, instance_id TEXT NOT NULL, instance_name TEXT NOT NULL,
  status TEXT NOT NULL, details TEXT NOT NULL, PRIMARY KEY(command_id, position)) STRICT;
CREATE UNIQUE INDEX ssm_invocation_by_instance ON ssm_invocation(command_id, instance_id);
CREATE TABLE ssm_step(
  command_id TEXT NOT NULL, instance_id TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,
  plugin TEXT NOT NULL, status TEXT NOT NULL, details TEXT NOT NULL, response_code INTEGER NOT NULL,
  started INTEGER, finished INTEGER, standard_output BLOB NOT NULL, standard_error BLOB NOT NULL,
  PRIMARY KEY(command_id, instance_id, position)) STRICT;
CREATE TABLE ssm_node(instance_id TEXT PRIMARY KEY, registered INTEGER NOT NULL) STRICT;
)"}};

constexpr std::string_view command_columns =
    "SELECT id, account, region, sequence, document_name, document_version, comment, parameters, targets, "
    "max_concurrency, max_errors, timeout_seconds, requested, expires, status, details, by_id FROM "
    "ssm_command ";
constexpr std::string_view invocation_columns =
    "SELECT command_id, instance_id, instance_name, status, details FROM ssm_invocation ";

InvocationRecord read_invocation(store::Query& rows) {
  return {rows.text(0), rows.text(1), rows.text(2), {rows.text(3), rows.text(4)}};
}

std::string sql(std::string_view columns, std::string_view rest) {
  return std::string(columns) + std::string(rest);
}

}  // namespace

CommandStore::CommandStore(store::Database& database) : database_(database) { database_.apply(schema); }

void CommandStore::add(CommandRecord& command,
                       const std::vector<std::pair<std::string, std::string>>& instances,
                       const std::vector<StepRecord>& steps) {
  store::Transaction transaction(database_);
  database_.run(
      "INSERT INTO ssm_command(id, account, region, document_name, document_version, comment, parameters, "
      "targets, max_concurrency, max_errors, timeout_seconds, requested, expires, status, details, by_id) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      command.id, command.account, command.region, command.document_name, command.document_version,
      command.comment, command.parameters, command.targets, command.max_concurrency, command.max_errors,
      command.timeout_seconds, command.requested, command.expires, command.status.status,
      command.status.details, !command.instance_ids.empty());
  for (std::size_t position = 0; position < instances.size(); ++position) {
    const auto& [instance_id, name] = instances[position];
    database_.run("INSERT INTO ssm_invocation VALUES(?, ?, ?, ?, 'Pending', 'Pending')", command.id, position,
                  instance_id, name);
    for (std::size_t number = 0; number < steps.size(); ++number)
      put_step(command.id, instance_id, number, steps[number]);
  }
  transaction.commit();
}

std::vector<CommandRecord> CommandStore::read_commands(store::Query rows) {
  std::vector<CommandRecord> commands;
  while (rows.next()) {
    CommandRecord& command = commands.emplace_back();
    command.id = rows.text(0);
    command.account = rows.text(1);
    command.region = rows.text(2);
    command.sequence = rows.integer(3);
    command.document_name = rows.text(4);
    command.document_version = rows.text(5);
    command.comment = rows.text(6);
    command.parameters = rows.text(7);
    command.targets = rows.text(8);
    command.max_concurrency = rows.text(9);
    command.max_errors = rows.text(10);
    command.timeout_seconds = rows.integer(11);
    command.requested = rows.time(12);
    command.expires = rows.time(13);
    command.status = {rows.text(14), rows.text(15)};
    if (!rows.boolean(16)) continue;
    for (const InvocationRecord& invocation : invocations(command.id))
      command.instance_ids.push_back(invocation.instance_id);
  }
  return commands;
}

std::optional<CommandRecord> CommandStore::find(const std::string& id) {
  auto found = read_commands(database_.query(sql(command_columns, "WHERE id = ?"), id));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<CommandRecord> CommandStore::list(const std::string& account, const std::string& region) {
  return read_commands(database_.query(
      sql(command_columns, "WHERE account = ? AND region = ? ORDER BY sequence DESC"), account, region));
}

std::vector<CommandRecord> CommandStore::unfinished() {
  return read_commands(database_.query(
      sql(command_columns, "WHERE status IN ('Pending', 'InProgress', 'Cancelling') ORDER BY sequence")));
}

std::vector<InvocationRecord> CommandStore::invocations(const std::string& command_id) {
  std::vector<InvocationRecord> invocations;
  auto rows = database_.query(sql(invocation_columns, "WHERE command_id = ? ORDER BY position"), command_id);
  while (rows.next()) invocations.push_back(read_invocation(rows));
  return invocations;
}

std::optional<InvocationRecord> CommandStore::invocation(const std::string& command_id,
                                                         const std::string& instance_id) {
  auto rows = database_.query(sql(invocation_columns, "WHERE command_id = ? AND instance_id = ?"), command_id,
                              instance_id);
  if (!rows.next()) return {};
  return read_invocation(rows);
}

std::vector<StepRecord> CommandStore::steps(const std::string& command_id, const std::string& instance_id) {
  std::vector<StepRecord> steps;
  auto rows = database_.query(
      "SELECT name, plugin, status, details, response_code, started, finished, standard_output, "
      "standard_error "
      "FROM ssm_step WHERE command_id = ? AND instance_id = ? ORDER BY position",
      command_id, instance_id);
  while (rows.next())
    steps.push_back({rows.text(0),
                     rows.text(1),
                     {rows.text(2), rows.text(3)},
                     rows.integer(4),
                     rows.optional_time(5),
                     rows.optional_time(6),
                     rows.text(7),
                     rows.text(8)});
  return steps;
}

void CommandStore::set_status(const std::string& command_id, const Status& status) {
  database_.run("UPDATE ssm_command SET status = ?, details = ? WHERE id = ?", status.status, status.details,
                command_id);
}

void CommandStore::set_status(const std::string& command_id, const std::string& instance_id,
                              const Status& status) {
  database_.run("UPDATE ssm_invocation SET status = ?, details = ? WHERE command_id = ? AND instance_id = ?",
                status.status, status.details, command_id, instance_id);
}

void CommandStore::put_step(const std::string& command_id, const std::string& instance_id, std::size_t number,
                            const StepRecord& step) {
  database_.run("INSERT OR REPLACE INTO ssm_step VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", command_id,
                instance_id, number, step.name, step.plugin, step.status.status, step.status.details,
                step.response_code, step.started, step.finished, store::Blob{step.standard_output},
                store::Blob{step.standard_error});
}

std::optional<Time> CommandStore::registered(const std::string& instance_id) {
  auto rows = database_.query("SELECT registered FROM ssm_node WHERE instance_id = ?", instance_id);
  if (!rows.next()) return {};
  return rows.time(0);
}

void CommandStore::set_registered(const std::string& instance_id, Time when) {
  database_.run("INSERT OR IGNORE INTO ssm_node VALUES(?, ?)", instance_id, when);
}

}  // namespace squall::services::ssm
