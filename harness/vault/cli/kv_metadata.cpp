// vault kv metadata get, put, patch and delete.
#include <algorithm>

#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/kv_path.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

constexpr const char* kNotVersioned = "Metadata not supported on KV Version 1";

int show_metadata_table(Session& session, Secret secret, const std::string& full) {
  const Value* listed = secret.data.given("versions");
  if (!listed) {
    session.warn("No value found at " + full);
    show_secret(session, secret);
    return 2;
  }
  Value versions = *listed;
  secret.data.erase("versions");
  show_path(session, full, "Metadata Path");
  session.line(heading_for("Metadata", secret.data));
  show_secret(session, secret);
  std::sort(versions.members.begin(), versions.members.end(),
            [](const Value::Member& a, const Value::Member& b) {
              return std::strtoll(a.first.c_str(), nullptr, 10) < std::strtoll(b.first.c_str(), nullptr, 10);
            });
  for (const Value::Member& version : versions.members) {
    session.line("\n" + heading_for("Version " + version.first, version.second));
    show_data(session, version.second);
  }
  return 0;
}

world::Task<int> run_get(Session& session) {
  session.expect_arguments(1);
  Client client(session);
  const KvPath path = co_await find_versioned_kv(session, client, session.arguments()[0], 1, kNotVersioned);
  const std::string full = path.below("metadata");
  ApiRequest request;
  request.path = full;
  request.failure = "Error reading " + full + ": ";
  const std::optional<Secret> secret = co_await read_secret_at(client, std::move(request));
  if (!secret) throw Failure(2, "No value found at " + full);
  const std::string field = session.flags().text("field");
  if (!field.empty()) co_return show_field(session, *secret, field);
  if (!session.in_table()) co_return show_secret(session, *secret);
  co_return show_metadata_table(session, *secret, full);
}

Value metadata_body(const Flags& flags) {
  Value body = Value::object();
  if (flags.integer("max-versions", -1) >= 0)
    body.set("max_versions", Value::of(flags.integer("max-versions")));
  if (flags.has("cas-required")) body.set("cas_required", Value::of(flags.on("cas-required")));
  const auto delete_after = flags.duration("delete-version-after");
  if (delete_after && *delete_after >= Duration(0)) {
    body.set("delete_version_after", Value::of(base::go_duration(*delete_after)));
  }
  Value custom = Value::object();
  for (const auto& [key, value] : flags.map("custom-metadata")) custom.set(key, Value::of(value));
  for (const std::string& key : flags.list("remove-custom-metadata")) custom.set(key, Value());
  if (!custom.members.empty()) body.set("custom_metadata", std::move(custom));
  return body;
}

world::Task<int> write_metadata(Session& session, std::string method) {
  session.expect_arguments(1);
  Client client(session);
  const KvPath path = co_await find_versioned_kv(session, client, session.arguments()[0], 1, kNotVersioned);
  const std::string full = path.below("metadata");
  ApiRequest request;
  request.method = std::move(method);
  request.path = full;
  request.failure = "Error writing data to " + full + ": ";
  request.body = metadata_body(session.flags());
  const std::optional<Secret> secret = co_await write_secret_at(client, session, std::move(request));
  co_return show_written(session, secret, "Success! Data written to: " + full);
}

world::Task<int> run_put(Session& session) { return write_metadata(session, "PUT"); }
world::Task<int> run_patch(Session& session) { return write_metadata(session, "PATCH"); }

world::Task<int> run_delete(Session& session) {
  session.expect_arguments(1);
  Client client(session);
  const KvPath path = co_await find_versioned_kv(session, client, session.arguments()[0], 1, kNotVersioned);
  const std::string full = path.below("metadata");
  ApiRequest request;
  request.method = "DELETE";
  request.path = full;
  request.failure = "Error deleting " + full + ": ";
  const std::optional<Secret> secret = co_await write_secret_at(client, session, std::move(request));
  co_return show_written(session, secret, "Success! Data deleted (if it existed) at: " + full);
}

}  // namespace

void add_kv_metadata_commands(std::vector<Command>& commands) {
  std::vector<FlagSpec> flags = {
      mount_flag(),
      {"max-versions", FlagKind::integer, "How many versions to keep; 0: as the mount says."},
      {"cas-required", FlagKind::boolean, "Whether every write must name the version that it replaces."},
      {"delete-version-after", FlagKind::duration, "After how long a version is deleted."},
      {"custom-metadata", FlagKind::map, "A name and a text to keep with the key; may be repeated."}};
  commands.push_back({"kv metadata get",
                      "Prints a key's settings and versions",
                      "[options] KEY",
                      {mount_flag()},
                      Output::format,
                      run_get});
  commands.push_back(
      {"kv metadata put", "Sets a key's settings", "[options] KEY", flags, Output::format, run_put});
  flags.push_back({"remove-custom-metadata", FlagKind::list, "A name to remove; may be repeated."});
  commands.push_back({"kv metadata patch", "Changes some of a key's settings", "[options] KEY", flags,
                      Output::format, run_patch});
  commands.push_back({"kv metadata delete",
                      "Removes a key with all of its versions",
                      "[options] PATH",
                      {mount_flag()},
                      Output::none,
                      run_delete});
}

}  // namespace squall::vault::cli
