// vault kv undelete, destroy and rollback: what only a version 2 mount can do with versions.
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/kv_path.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

// undelete and destroy differ in a word.
world::Task<int> change_versions(Session& session, std::string word, std::string title) {
  session.expect_arguments(1);
  const std::vector<std::string> versions = version_list(session.flags());
  if (versions.empty()) {
    throw Failure(1,
                  "No versions provided, use the \"-versions\" flag to specify the version to " + word + ".");
  }
  Client client(session);
  const KvPath path = co_await find_versioned_kv(session, client, session.arguments()[0], 1,
                                                 title + " not supported on KV Version 1");
  ApiRequest request;
  request.method = "PUT";
  request.path = path.below(word);
  request.failure = "Error writing data to " + request.path + ": ";
  request.body = Value::object({{"versions", Value::of(versions)}});
  const std::string written = request.path;
  const std::optional<Secret> secret = co_await write_secret_at(client, session, std::move(request));
  co_return show_written(session, secret, "Success! Data written to: " + written);
}

world::Task<int> run_undelete(Session& session) { return change_versions(session, "undelete", "Undelete"); }
world::Task<int> run_destroy(Session& session) { return change_versions(session, "destroy", "Destroy"); }

const Value& part_of(const std::optional<Secret>& secret, const char* name, const std::string& path) {
  const Value* part = secret ? secret->data.given(name) : nullptr;
  if (!part)
    throw Failure(2,
                  std::string("No ") + name + " found at " + path + "; rollback only works on existing data");
  return *part;
}

world::Task<int> run_rollback(Session& session) {
  session.expect_arguments(1);
  const std::int64_t version = session.flags().integer("version");
  if (!session.flags().has("version")) throw Failure(1, "Version flag must be specified");
  if (version <= 0) throw Failure(1, "Invalid value " + std::to_string(version) + " for the version flag");
  Client client(session);
  const KvPath path = co_await find_versioned_kv(session, client, session.arguments()[0], 2,
                                                 "K/V engine mount must be version 2 for rollback support");
  const std::string full = path.below("data");

  // What is current says which version the write must replace.
  ApiRequest current_request;
  current_request.path = full;
  current_request.failure = "Error doing pre-read at " + full + ": ";
  const std::optional<Secret> current = co_await read_secret_at(client, std::move(current_request));
  if (!current) throw Failure(2, "No value found at " + full);
  const Value cas = Value::of(part_of(current, "metadata", full).integer_of("version"));

  ApiRequest old_request;
  old_request.path = full;
  old_request.query = {{"version", std::to_string(version)}};
  old_request.failure = "Error reading " + full + ": ";
  const std::optional<Secret> old = co_await read_secret_at(client, std::move(old_request));
  if (!old) throw Failure(2, "No value found at " + full);
  const Value& metadata = part_of(old, "metadata", full);
  if (!metadata.text_of("deletion_time").empty()) {
    throw Failure(2, "Cannot roll back to a version that has been deleted");
  }
  if (metadata.flag_of("destroyed"))
    throw Failure(2, "Cannot roll back to a version that has been destroyed");

  ApiRequest write;
  write.method = "PUT";
  write.path = full;
  write.failure = "Error writing data to " + full + ": ";
  Value options = Value::object({{"cas", cas}});
  write.body = Value::object({{"data", part_of(old, "data", full)}, {"options", std::move(options)}});
  const std::optional<Secret> secret = co_await write_secret_at(client, session, std::move(write));
  co_return show_kv_written(session, secret, full, false);
}

}  // namespace

void add_kv_version_commands(std::vector<Command>& commands) {
  commands.push_back({"kv undelete",
                      "Brings deleted versions back",
                      "[options] KEY",
                      {mount_flag(), versions_flag()},
                      Output::format,
                      run_undelete});
  commands.push_back({"kv destroy",
                      "Removes versions for good",
                      "[options] KEY",
                      {mount_flag(), versions_flag()},
                      Output::format,
                      run_destroy});
  commands.push_back({"kv rollback",
                      "Writes an old version again, as the latest",
                      "[options] KEY",
                      {mount_flag(), {"version", FlagKind::integer, "Which version."}},
                      Output::format,
                      run_rollback});
}

}  // namespace squall::vault::cli
