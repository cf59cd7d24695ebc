// vault secrets tune and move, and vault auth tune and move.
#include "emulator/world/await.hpp"
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/mounts.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

constexpr Duration kPollInterval = 10s;

struct MovedThing {
  std::string name;  // "secrets engine" or "auth method"
};

std::vector<FlagSpec> auth_tune_flags() {
  std::vector<FlagSpec> flags = mount_setting_flags(true);
  for (const FlagSpec& flag :
       {FlagSpec{"user-lockout-threshold", FlagKind::integer, "How many failed logins lock a user out."},
        FlagSpec{"user-lockout-duration", FlagKind::duration, "How long a user stays locked out."},
        FlagSpec{"user-lockout-counter-reset-duration", FlagKind::duration,
                 "After how long without a failed login they are forgotten."},
        FlagSpec{"user-lockout-disable", FlagKind::boolean, "Lock nobody out."}})
    flags.push_back(flag);
  return flags;
}

// What -user-lockout-* ask for, as texts; null where none was given.
Value user_lockout(const Flags& flags) {
  Value config = Value::object();
  if (flags.has("user-lockout-threshold"))
    config.set("lockout_threshold", Value::of(std::to_string(flags.integer("user-lockout-threshold"))));
  for (const auto& [flag, name] :
       {std::pair{"user-lockout-duration", "lockout_duration"},
        std::pair{"user-lockout-counter-reset-duration", "lockout_counter_reset_duration"}}) {
    if (const auto duration = flags.duration(flag))
      config.set(name, Value::of(*duration == Duration(0) ? "" : base::go_duration(*duration)));
  }
  if (flags.has("user-lockout-disable"))
    config.set("lockout_disable", Value::of(flags.on("user-lockout-disable")));
  return config.members.empty() ? Value() : config;
}

world::Task<int> tune(Session& session, MountKind kind) {
  session.expect_arguments(1);
  const std::string path = with_slash(sanitized_path(session.arguments()[0]));
  const std::string thing = kind.auth ? "auth method" : "secrets engine";
  Client client(session);
  ApiRequest request;
  request.method = "POST";
  request.path = (kind.auth ? "sys/mounts/auth/" : "sys/mounts/") + sanitized_path(path) + "/tune";
  request.failure = "Error tuning " + thing + " " + path + ": ";
  Value body = mount_settings(session.flags());
  if (session.flags().has("description"))
    body.set("description", Value::of(session.flags().text("description")));
  Value options = Value::object();
  for (const auto& [key, value] : session.flags().map("options")) options.set(key, Value::of(value));
  if (session.flags().integer("version") > 0) {
    options.set("version", Value::of(std::to_string(session.flags().integer("version"))));
  }
  if (!options.members.empty()) body.set("options", std::move(options));
  if (Value lockout = user_lockout(session.flags()); !lockout.is(Value::Kind::null))
    body.set("user_lockout_config", std::move(lockout));
  request.body = std::move(body);
  co_await client.send(std::move(request));
  session.line("Success! Tuned the " + thing + " at: " + path);
  co_return 0;
}

world::Task<std::string> migration_status(Client& client, std::string id, std::string failure) {
  ApiRequest request;
  request.path = "sys/remount/status/" + id;
  request.failure = std::move(failure);
  const Value answer = co_await client.send_for_json(std::move(request));
  const Value* data = answer.given("data");
  const Value* info = data ? data->given("migration_info") : nullptr;
  co_return info ? info->text_of("status") : std::string();
}

world::Task<int> move_mount(Session& session, MovedThing thing) {
  session.expect_arguments(2);
  const std::string from = with_slash(sanitized_path(session.arguments()[0]));
  const std::string to = with_slash(sanitized_path(session.arguments()[1]));
  Client client(session);
  ApiRequest request;
  request.method = "POST";
  request.path = "sys/remount";
  request.failure = "Error moving " + thing.name + " " + from + " to " + to + ": ";
  request.body = Value::object({{"from", Value::of(from)}, {"to", Value::of(to)}});
  const Value answer = co_await client.send_for_json(std::move(request));
  const Value* data = answer.given("data");
  const std::string id = data ? data->text_of("migration_id") : "";
  const std::string which = thing.name + " " + from + " to " + to + ", with migration ID " + id;
  session.line("Started moving " + which);
  for (;;) {
    const std::string status = co_await migration_status(
        client, id, "Error checking migration status of " + thing.name + " " + from + " to " + to + ": ");
    if (status == "success") {
      session.line("Success! Finished moving " + which);
      co_return 0;
    }
    if (status == "failure") {
      session.warn("Failure! Error encountered moving " + which);
      co_return 0;
    }
    session.line("Waiting for terminal status in migration of " + which);
    co_await world::sleep(session.context().scheduler(), kPollInterval);
  }
}

world::Task<int> run_secrets_tune(Session& session) { return tune(session, secrets_engines()); }
world::Task<int> run_auth_tune(Session& session) { return tune(session, auth_methods()); }
world::Task<int> run_secrets_move(Session& session) { return move_mount(session, {"secrets engine"}); }
world::Task<int> run_auth_move(Session& session) { return move_mount(session, {"auth method"}); }

}  // namespace

void add_mount_change_commands(std::vector<Command>& commands) {
  commands.push_back({"secrets tune", "Changes the settings of a secrets engine", "[options] PATH",
                      mount_setting_flags(false), Output::none, run_secrets_tune});
  commands.push_back({"secrets move",
                      "Moves a secrets engine to another path",
                      "[options] SOURCE DESTINATION",
                      {},
                      Output::none,
                      run_secrets_move});
  commands.push_back({"auth tune", "Changes the settings of an auth method", "[options] PATH",
                      auth_tune_flags(), Output::none, run_auth_tune});
  commands.push_back({"auth move",
                      "Moves an auth method to another path",
                      "[options] SOURCE DESTINATION",
                      {},
                      Output::none,
                      run_auth_move});
}

}  // namespace squall::vault::cli
