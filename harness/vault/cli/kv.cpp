// vault kv put, get, list, delete, patch and enable-versioning, as command/kv_*.go of Vault 1.14.
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/data_arguments.hpp"
#include "harness/vault/cli/kv_path.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

constexpr const char* kBadData = "Failed to parse K=V data: ";

std::vector<std::string> pairs_of(const Session& session) {
  const std::vector<std::string>& arguments = session.arguments();
  return {arguments.begin() + 1, arguments.end()};
}

void expect_key_and_data(const Session& session, bool data_needed) {
  const std::size_t got = session.arguments().size();
  if (got < 1) throw Failure(1, "Not enough arguments (expected >1, got 0)");
  if (got == 1 && data_needed) throw Failure(1, "Must supply data");
}

world::Task<int> run_put(Session& session) {
  expect_key_and_data(session, true);
  Client client(session);
  std::vector<std::string> pairs = pairs_of(session);
  Value data = co_await parse_data(session, std::move(pairs), kBadData);
  const KvPath path = co_await find_kv(session, client, session.arguments()[0]);
  ApiRequest request;
  request.method = "PUT";
  request.path = path.below_if_versioned("data");
  request.failure = "Error writing data to " + request.path + ": ";
  if (path.versioned) {
    Value options = Value::object();
    const std::int64_t cas = session.flags().integer("cas", -1);
    if (cas > -1) options.set("cas", Value::of(cas));
    request.body = Value::object({{"data", std::move(data)}, {"options", std::move(options)}});
  } else {
    request.body = std::move(data);
  }
  const std::string written = request.path;
  const std::optional<Secret> secret = co_await write_secret_at(client, session, std::move(request));
  co_return show_kv_written(session, secret, written, true);
}

// -field looks into the data of a version 2 secret; "data" is the whole of it unless it has such a key.
int show_kv_field(Session& session, const Secret& secret, const KvPath& path, const std::string& full) {
  const std::string field = session.flags().text("field");
  if (!path.versioned) return show_field(session, secret, field);
  const Value* data = secret.data.given("data");
  if (!data) throw Failure(2, "No data found at " + full);
  if (field == "data" && !data->find("data")) return show_field(session, secret, field);
  return show_field(session, *data, field);
}

int show_kv_table(Session& session, const Secret& secret, const KvPath& path, const std::string& full) {
  if (secret.wrap) return show_secret(session, secret);
  show_warnings(session, secret);
  if (path.versioned) show_path(session, full, "Secret Path");
  if (const Value* metadata = secret.data.given("metadata"); path.versioned && metadata) {
    session.line(heading_for("Metadata", *metadata));
    show_data(session, *metadata);
    session.line("");
  }
  const Value* data = path.versioned ? secret.data.given("data") : &secret.data;
  if (!data || data->is(Value::Kind::null)) return 0;
  session.line(heading_for("Data", *data));
  return show_data(session, *data);
}

world::Task<int> run_get(Session& session) {
  session.expect_arguments(1);
  Client client(session);
  const KvPath path = co_await find_kv(session, client, session.arguments()[0]);
  const std::string full = path.below_if_versioned("data");
  ApiRequest request;
  request.path = full;
  request.failure = "Error reading " + full + ": ";
  const std::int64_t version = session.flags().integer("version");
  if (path.versioned && version > 0) request.query = {{"version", std::to_string(version)}};
  const std::optional<Secret> secret = co_await read_secret_at(client, std::move(request));
  if (!secret) throw Failure(2, "No value found at " + full);
  if (!session.flags().text("field").empty()) co_return show_kv_field(session, *secret, path, full);
  if (!session.in_table()) co_return show_secret(session, *secret);
  co_return show_kv_table(session, *secret, path, full);
}

world::Task<int> run_list(Session& session) {
  const std::string mount = session.flags().text("mount");
  session.expect_arguments(mount.empty() ? 1 : 0, 1);
  Client client(session);
  const std::string key = session.arguments().empty() ? "" : session.arguments()[0];
  const KvPath path = co_await find_kv(session, client, key);
  const std::string full = path.below_if_versioned("metadata");
  ApiRequest request;
  request.path = full;
  request.query = {{"list", "true"}};
  request.failure = "Error listing " + full + ": ";
  const std::optional<Secret> secret = co_await read_secret_at(client, std::move(request));
  if (secret && secret->wrap) co_return show_secret(session, *secret);
  const bool listed = secret && secret->data.given("keys");
  if (!session.in_table() && !listed) {
    const Value nothing = Value::object();
    show_data(session, nothing);
    co_return 2;
  }
  if (!secret || secret->data.is(Value::Kind::null)) throw Failure(2, "No value found at " + full);
  if (!listed) throw Failure(2, "No entries found at " + full);
  co_return show_list(session, *secret);
}

world::Task<int> run_delete(Session& session) {
  session.expect_arguments(1);
  Client client(session);
  const KvPath path = co_await find_kv(session, client, session.arguments()[0]);
  const std::vector<std::string> versions = version_list(session.flags());
  const std::string shown = path.below_if_versioned("data");
  ApiRequest request;
  request.method = "DELETE";
  request.path = shown;
  request.failure = "Error deleting " + shown + ": ";
  if (path.versioned && !versions.empty()) {
    request.method = "PUT";
    request.path = path.below("delete");
    request.body = Value::object({{"versions", Value::of(versions)}});
  }
  const std::optional<Secret> secret = co_await write_secret_at(client, session, std::move(request));
  co_return show_written(session, secret, "Success! Data deleted (if it existed) at: " + shown);
}

// For servers and policies without PATCH: read, change, write if nobody wrote in between.
world::Task<std::optional<Secret>> read_then_write(Session& session, Client& client, std::string full,
                                                   Value changes) {
  ApiRequest read;
  read.path = full;
  read.failure = "Error doing pre-read at " + full + ": ";
  const std::optional<Secret> current = co_await read_secret_at(client, std::move(read));
  if (!current || current->data.is(Value::Kind::null)) throw Failure(2, "No value found at " + full);
  const Value* metadata = current->data.given("metadata");
  if (!metadata) throw Failure(2, "No metadata found at " + full + "; patch only works on existing data");
  const Value* data = current->data.given("data");
  if (!data) throw Failure(2, "No data found at " + full + "; patch only works on existing data");
  Value merged = *data;
  for (const Value::Member& change : changes.members) merged.set(change.first, change.second);
  const Value* version = metadata->find("version");
  Value options = Value::object({{"cas", version ? *version : Value()}});
  ApiRequest write;
  write.method = "PUT";
  write.path = full;
  write.failure = "Error writing data to " + full + ": ";
  write.body = Value::object({{"data", std::move(merged)}, {"options", std::move(options)}});
  co_return co_await write_secret_at(client, session, std::move(write));
}

world::Task<std::optional<Secret>> merge_patch(Session& session, Client& client, std::string full,
                                               Value changes, bool may_fall_back) {
  Value options = Value::object();
  const std::int64_t cas = session.flags().integer("cas");
  if (cas > 0) options.set("cas", Value::of(cas));
  ApiRequest request;
  request.method = "PATCH";
  request.path = full;
  request.body = Value::object({{"data", changes}, {"options", std::move(options)}});
  const ApiAnswer answer = co_await client.exchange(std::move(request));
  if (may_fall_back && (answer.status == 405 || answer.status == 403)) {
    if (answer.status == 403) {
      session.warn(
          "Data was written to " + full +
          " but we recommend that you add the \"patch\" capability to your ACL policy in order to use HTTP "
          "PATCH in the future.");
    }
    co_return co_await read_then_write(session, client, std::move(full), std::move(changes));
  }
  if (!answer.ok()) throw Failure(2, "Error writing data to " + full + ": " + answer.error);
  co_return parse_secret(answer.body);
}

world::Task<int> run_patch(Session& session) {
  const std::vector<std::string> removed = session.flags().list("remove-data");
  expect_key_and_data(session, removed.empty());
  Client client(session);
  std::vector<std::string> pairs = pairs_of(session);
  Value changes = co_await parse_data(session, std::move(pairs), kBadData);
  for (const std::string& name : removed) changes.set(name, Value());  // a null removes it
  const KvPath path = co_await find_versioned_kv(session, client, session.arguments()[0], 2,
                                                 "K/V engine mount must be version 2 for patch support");
  const std::string full = path.below("data");
  const std::string method = session.flags().text("method");
  if (!method.empty() && method != "rw" && method != "patch") {
    throw Failure(2, "Unsupported method provided to -method flag: " + method);
  }
  std::optional<Secret> secret;
  if (method == "rw") {
    secret = co_await read_then_write(session, client, full, std::move(changes));
  } else {
    secret = co_await merge_patch(session, client, full, std::move(changes), method.empty());
  }
  co_return show_kv_written(session, secret, full, true);
}

world::Task<int> run_enable_versioning(Session& session) {
  session.expect_arguments(1);
  Client client(session);
  const std::string mount = with_slash(sanitized_path(session.arguments()[0]));
  ApiRequest request;
  request.method = "POST";
  request.path = "sys/mounts/" + sanitized_path(mount) + "/tune";
  request.failure = "Error tuning secrets engine " + mount + ": ";
  Value options = Value::object({{"version", Value::of("2")}});
  request.body = Value::object({{"options", std::move(options)}});
  co_await client.send(std::move(request));
  session.line("Success! Tuned the secrets engine at: " + mount);
  co_return 0;
}

}  // namespace

void add_kv_commands(std::vector<Command>& commands) {
  const FlagSpec cas = {"cas", FlagKind::integer,
                        "Write only if the current version is this one; 0: only if new."};
  commands.push_back({"kv put",
                      "Writes a key, replacing all of its data",
                      "[options] KEY [DATA]",
                      {mount_flag(), cas},
                      Output::field_and_format,
                      run_put});
  commands.push_back({"kv get",
                      "Reads a key",
                      "[options] KEY",
                      {mount_flag(), {"version", FlagKind::integer, "Which version. Default: the latest."}},
                      Output::field_and_format,
                      run_get});
  commands.push_back(
      {"kv list", "Lists the keys below a path", "[options] PATH", {mount_flag()}, Output::format, run_list});
  commands.push_back({"kv delete",
                      "Deletes the latest version of a key, or those given",
                      "[options] PATH",
                      {mount_flag(), versions_flag()},
                      Output::field_and_format,
                      run_delete});
  commands.push_back(
      {"kv patch",
       "Changes some of a key's data",
       "[options] KEY [DATA]",
       {mount_flag(),
        cas,
        {"method", FlagKind::text, "patch: by HTTP PATCH. rw: by read and write. Default: either."},
        {"remove-data", FlagKind::list, "A name to remove; may be repeated."}},
       Output::field_and_format,
       run_patch});
  commands.push_back({"kv enable-versioning",
                      "Makes a version 1 mount keep versions",
                      "[options] KEY",
                      {},
                      Output::format,
                      run_enable_versioning});
}

}  // namespace squall::vault::cli
