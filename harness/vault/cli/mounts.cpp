// vault secrets list, enable, disable and vault auth list, enable, disable: the same commands on sys/mounts
// and sys/auth.
#include "harness/vault/cli/mounts.hpp"
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

// A mount in the order of the Go struct MountOutput.
Value ordered_mount(const Value& mount) {
  const auto pick = [](const Value& from, Value& to, const char* name, bool omit_empty) {
    const Value* value = from.find(name);
    const bool empty = !value || value->is(Value::Kind::null) ||
                       (value->is(Value::Kind::text) && value->literal.empty()) ||
                       (value->is(Value::Kind::array) && value->items.empty());
    if (omit_empty && empty) return;
    to.set(name, value ? *value : Value());
  };
  Value out = Value::object();
  for (const char* name : {"uuid", "type", "description", "accessor"})
    out.set(name, Value::of(mount.text_of(name)));
  Value config = Value::object();
  if (const Value* given = mount.given("config")) {
    for (const char* name : {"default_lease_ttl", "max_lease_ttl", "force_no_cache"})
      pick(*given, config, name, false);
    for (const char* name : {"audit_non_hmac_request_keys", "audit_non_hmac_response_keys",
                             "listing_visibility", "passthrough_request_headers", "allowed_response_headers",
                             "token_type", "allowed_managed_keys", "user_lockout_config"}) {
      pick(*given, config, name, true);
    }
  }
  out.set("config", std::move(config));
  pick(mount, out, "options", false);
  for (const char* name : {"local", "seal_wrap", "external_entropy_access"}) {
    out.set(name, Value::of(mount.flag_of(name)));
  }
  for (const char* name :
       {"plugin_version", "running_plugin_version", "running_sha256", "deprecation_status"}) {
    out.set(name, Value::of(mount.text_of(name)));
  }
  return out;
}

std::string ttl_cell(const std::string& type, std::int64_t seconds) {
  if (type == "system" || type == "cubbyhole") return "";
  return seconds == 0 ? "system" : std::to_string(seconds);
}

std::string yes_or_no(const Value& value, const char* name) { return value.flag_of(name) ? "true" : "false"; }

Row detailed_row(const std::string& path, const Value& mount, bool auth) {
  const Value none = Value::object();
  const Value* config = mount.given("config");
  const Value* options = mount.given("options");
  const std::string type = mount.text_of("type");
  Row row = {path, type, mount.text_of("accessor"),
             ttl_cell(type, config ? config->integer_of("default_lease_ttl") : 0),
             ttl_cell(type, config ? config->integer_of("max_lease_ttl") : 0)};
  if (auth) {
    row.push_back(config ? config->text_of("token_type") : "");
  } else {
    row.push_back(config && config->flag_of("force_no_cache") ? "true" : "false");
  }
  for (const std::string& text :
       {std::string(mount.flag_of("local") ? "local" : "replicated"), yes_or_no(mount, "seal_wrap"),
        yes_or_no(mount, "external_entropy_access"), printed(options ? *options : none),
        mount.text_of("description"), mount.text_of("uuid"), mount.text_of("plugin_version"),
        mount.text_of("running_plugin_version"), mount.text_of("running_sha256"),
        mount.text_of("deprecation_status")}) {
    row.push_back(text);
  }
  return row;
}

Row detailed_titles(bool auth) {
  return {"Path",
          "Plugin",
          "Accessor",
          "Default TTL",
          "Max TTL",
          auth ? "Token Type" : "Force No Cache",
          "Replication",
          "Seal Wrap",
          "External Entropy Access",
          "Options",
          "Description",
          "UUID",
          "Version",
          "Running Version",
          "Running SHA256",
          "Deprecation Status"};
}

world::Task<int> list_mounts(Session& session, MountKind kind) {
  session.expect_arguments(0);
  Client client(session);
  ApiRequest request;
  request.path = kind.api;
  request.failure = kind.list_failure;
  const Value answer = co_await client.send_for_json(std::move(request));
  const Value* data = answer.given("data");
  if (!data) throw Failure(2, kind.list_failure + "data from server response is empty");
  const Value& mounts = *data;
  if (!session.in_table()) {
    Value shown = Value::object();
    for (const Value::Member& mount : mounts.members) shown.set(mount.first, ordered_mount(mount.second));
    co_return show_data(session, shown);
  }
  std::vector<Row> rows;
  if (session.flags().on("detailed")) {
    rows.push_back(detailed_titles(kind.auth));
    for (const Value::Member& mount : mounts.members)
      rows.push_back(detailed_row(mount.first, mount.second, kind.auth));
  } else {
    rows.push_back({"Path", "Type", "Accessor", "Description"});
    if (kind.auth) rows[0].push_back("Version");
    for (const auto& [path, mount] : mounts.members) {
      rows.push_back({path, mount.text_of("type"), mount.text_of("accessor"), mount.text_of("description")});
      if (kind.auth) rows.back().push_back(mount.text_of("plugin_version"));
    }
  }
  session.line(table(std::move(rows)));
  co_return 0;
}

Value enable_body(const Flags& flags, const std::string& type) {
  Value config = mount_settings(flags);
  config.set("options", Value());
  for (const auto& [flag, name] :
       {std::pair{"default-lease-ttl", "default_lease_ttl"}, std::pair{"max-lease-ttl", "max_lease_ttl"}})
    config.set(name, Value::of(base::go_duration(flags.duration(flag).value_or(Duration(0)))));
  config.set("force_no_cache", Value::of(flags.on("force-no-cache")));
  Value options = Value::object();
  for (const auto& [key, value] : flags.map("options")) options.set(key, Value::of(value));
  if (flags.integer("version") > 0)
    options.set("version", Value::of(std::to_string(flags.integer("version"))));
  return Value::object({{"type", Value::of(type)},
                        {"description", Value::of(flags.text("description"))},
                        {"config", std::move(config)},
                        {"local", Value::of(flags.on("local"))},
                        {"seal_wrap", Value::of(flags.on("seal-wrap"))},
                        {"external_entropy_access", Value::of(flags.on("external-entropy-access"))},
                        {"options", options.members.empty() ? Value() : std::move(options)}});
}

world::Task<int> enable_mount(Session& session, MountKind kind) {
  session.expect_arguments(1);
  std::string type = trimmed(session.arguments()[0]);
  if (type == "plugin") type = session.flags().text("plugin-name");
  std::string path = session.flags().text("path");
  if (path.empty()) path = type;
  Client client(session);
  ApiRequest request;
  request.method = "POST";
  request.path = kind.api + "/" + sanitized_path(path);
  request.failure = kind.auth ? "Error enabling " + type + " auth: " : "Error enabling: ";
  request.body = enable_body(session.flags(), type);
  co_await client.send(std::move(request));
  const std::string version = session.flags().text("plugin-version");
  const std::string what = kind.auth ? type + " auth method" : "the " + type + " secrets engine";
  session.line("Success! Enabled " + what + (version.empty() ? "" : " version " + version) +
               " at: " + with_slash(path));
  co_return 0;
}

world::Task<int> disable_mount(Session& session, MountKind kind) {
  session.expect_arguments(1);
  const std::string path = with_slash(sanitized_path(session.arguments()[0]));
  Client client(session);
  ApiRequest request;
  request.method = "DELETE";
  request.path = kind.api + "/" + sanitized_path(path);
  request.failure =
      std::string("Error disabling ") + (kind.auth ? "auth method" : "secrets engine") + " at " + path + ": ";
  co_await client.send(std::move(request));
  session.line(std::string("Success! Disabled the ") + (kind.auth ? "auth method" : "secrets engine") +
               " (if it existed) at: " + path);
  co_return 0;
}

world::Task<int> run_secrets_list(Session& session) { return list_mounts(session, secrets_engines()); }
world::Task<int> run_secrets_enable(Session& session) { return enable_mount(session, secrets_engines()); }
world::Task<int> run_secrets_disable(Session& session) { return disable_mount(session, secrets_engines()); }
world::Task<int> run_auth_list(Session& session) { return list_mounts(session, auth_methods()); }
world::Task<int> run_auth_enable(Session& session) { return enable_mount(session, auth_methods()); }
world::Task<int> run_auth_disable(Session& session) { return disable_mount(session, auth_methods()); }

}  // namespace

MountKind secrets_engines() { return {"sys/mounts", "Error listing secrets engines: ", false}; }
MountKind auth_methods() { return {"sys/auth", "Error listing enabled authentications: ", true}; }

std::vector<FlagSpec> mount_setting_flags(bool auth) {
  std::vector<FlagSpec> flags = {
      {"default-lease-ttl", FlagKind::duration, "How long a lease or token lives by default."},
      {"max-lease-ttl", FlagKind::duration, "How long it may live at most."},
      {"description", FlagKind::text, "A text for people."},
      {"options", FlagKind::map, "A setting of the engine; may be repeated."},
      {"version", FlagKind::integer, "The version of the engine (kv: 1 or 2)."},
      {"audit-non-hmac-request-keys", FlagKind::list, "A key not to hash in audit logs; may be repeated."},
      {"audit-non-hmac-response-keys", FlagKind::list, "The same for responses."},
      {"listing-visibility", FlagKind::text, "hidden or unauth."},
      {"passthrough-request-headers", FlagKind::list, "A header to pass on; may be repeated."},
      {"allowed-response-headers", FlagKind::list, "A header to let out; may be repeated."},
      {"plugin-version", FlagKind::text, "The version of the plugin."}};
  flags.push_back(
      auth ? FlagSpec{"token-type", FlagKind::text, "service, batch, default-service or default-batch."}
           : FlagSpec{"allowed-managed-keys", FlagKind::list,
                      "A managed key that the engine may use; may be repeated."});
  return flags;
}

Value mount_settings(const Flags& flags) {
  Value config = Value::object();
  for (const auto& [flag, name] :
       {std::pair{"default-lease-ttl", "default_lease_ttl"}, std::pair{"max-lease-ttl", "max_lease_ttl"}}) {
    const auto duration = flags.duration(flag);
    if (duration && *duration != Duration(0)) {
      config.set(name, Value::of(*duration < Duration(0) ? "0" : base::go_duration(*duration)));
    }
  }
  for (const auto& [flag, name] : {std::pair{"audit-non-hmac-request-keys", "audit_non_hmac_request_keys"},
                                   std::pair{"audit-non-hmac-response-keys", "audit_non_hmac_response_keys"},
                                   std::pair{"passthrough-request-headers", "passthrough_request_headers"},
                                   std::pair{"allowed-response-headers", "allowed_response_headers"},
                                   std::pair{"allowed-managed-keys", "allowed_managed_keys"}}) {
    if (flags.has(flag)) config.set(name, Value::of(flags.list(flag)));
  }
  for (const auto& [flag, name] :
       {std::pair{"listing-visibility", "listing_visibility"}, std::pair{"plugin-version", "plugin_version"},
        std::pair{"token-type", "token_type"}}) {
    if (flags.has(flag)) config.set(name, Value::of(flags.text(flag)));
  }
  return config;
}

namespace {

std::vector<FlagSpec> enable_flags(bool auth) {
  std::vector<FlagSpec> flags = mount_setting_flags(auth);
  for (const FlagSpec& flag :
       {FlagSpec{"path", FlagKind::text, "Where to mount it. Default: its type."},
        FlagSpec{"plugin-name", FlagKind::text, "The type, where TYPE is \"plugin\"."},
        FlagSpec{"local", FlagKind::boolean, "Not replicated to other clusters."},
        FlagSpec{"seal-wrap", FlagKind::boolean, "Wrap its data by the seal as well."},
        FlagSpec{"external-entropy-access", FlagKind::boolean, "May draw on outside entropy."}}) {
    flags.push_back(flag);
  }
  if (!auth) flags.push_back({"force-no-cache", FlagKind::boolean, "Never from the cache."});
  return flags;
}

}  // namespace

void add_mount_commands(std::vector<Command>& commands) {
  const std::vector<FlagSpec> detailed = {{"detailed", FlagKind::boolean, "All that is known of each."}};
  commands.push_back(
      {"secrets list", "Lists the secrets engines", "[options]", detailed, Output::format, run_secrets_list});
  commands.push_back({"secrets enable", "Mounts a secrets engine", "[options] TYPE", enable_flags(false),
                      Output::none, run_secrets_enable});
  commands.push_back({"secrets disable",
                      "Unmounts a secrets engine and deletes its data",
                      "[options] PATH",
                      {},
                      Output::none,
                      run_secrets_disable});
  commands.push_back(
      {"auth list", "Lists the auth methods", "[options]", detailed, Output::format, run_auth_list});
  commands.push_back({"auth enable", "Mounts an auth method", "[options] TYPE", enable_flags(true),
                      Output::none, run_auth_enable});
  commands.push_back({"auth disable",
                      "Unmounts an auth method and revokes its tokens",
                      "[options] PATH",
                      {},
                      Output::none,
                      run_auth_disable});
}

}  // namespace squall::vault::cli
