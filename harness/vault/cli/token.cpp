// vault token create, lookup, renew, revoke, capabilities.
#include <algorithm>

#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

Value create_body(const Flags& flags) {
  Value body = Value::object();
  const auto add_text = [&](const char* flag, const char* name) {
    const std::string text = flags.text(flag);
    if (!text.empty()) body.set(name, Value::of(text));
  };
  const auto add_duration = [&](const char* flag, const char* name) {
    body.set(name, Value::of(base::go_duration(flags.duration(flag).value_or(Duration(0)))));
  };
  add_text("id", "id");
  const std::vector<std::string> policies = flags.list("policy");
  if (!policies.empty()) body.set("policies", Value::of(policies));
  Value metadata = Value::object();
  for (const auto& [key, value] : flags.map("metadata")) metadata.set(key, Value::of(value));
  if (!metadata.members.empty()) body.set("meta", metadata);
  add_duration("ttl", "ttl");
  add_duration("explicit-max-ttl", "explicit_max_ttl");
  add_duration("period", "period");
  if (flags.on("orphan")) body.set("no_parent", Value::of(true));
  if (flags.on("no-default-policy")) body.set("no_default_policy", Value::of(true));
  body.set("display_name", Value::of(flags.text("display-name")));
  body.set("num_uses", Value::of(flags.integer("use-limit")));
  body.set("renewable", Value::of(flags.on("renewable", true)));
  body.set("type", Value::of(flags.text("type", "service")));
  body.set("entity_alias", Value::of(flags.text("entity-alias")));
  return body;
}

world::Task<int> run_create(Session& session) {
  session.expect_arguments(0);
  const Flags& flags = session.flags();
  Client client(session);
  ApiRequest request;
  request.method = "POST";
  const std::string role = flags.text("role");
  request.path = role.empty() ? "auth/token/create" : "auth/token/create/" + role;
  request.body = create_body(flags);
  request.failure = "Error creating token: ";
  const std::optional<Secret> secret = co_await write_secret_at(client, session, std::move(request));
  if (!secret) co_return 0;
  const std::string field = flags.text("field");
  co_return field.empty() ? show_secret(session, *secret) : show_field(session, *secret, field);
}

world::Task<int> run_lookup(Session& session) {
  const std::vector<std::string>& arguments = session.arguments();
  const bool accessor = session.flags().on("accessor");
  if (accessor && arguments.empty())
    throw Failure(1, "Not enough arguments with -accessor (expected 1, got 0)");
  if (accessor && arguments.size() > 1) {
    throw Failure(
        1, "Too many arguments with -accessor (expected 1, got " + std::to_string(arguments.size()) + ")");
  }
  if (arguments.size() > 1) {
    throw Failure(1, "Too many arguments (expected 0-1, got " + std::to_string(arguments.size()) + ")");
  }
  Client client(session);
  ApiRequest request;
  request.failure = "Error looking up token: ";
  if (arguments.empty()) {
    request.path = "auth/token/lookup-self";
  } else {
    request.method = "POST";
    request.path = accessor ? "auth/token/lookup-accessor" : "auth/token/lookup";
    request.body = Value::object({{accessor ? "accessor" : "token", Value::of(trimmed(arguments[0]))}});
  }
  const ApiAnswer answer = co_await client.send(std::move(request));
  const std::optional<Secret> secret = parse_secret(answer.body);
  co_return secret ? show_secret(session, *secret) : 0;
}

world::Task<int> run_renew(Session& session) {
  const std::vector<std::string>& arguments = session.arguments();
  const bool accessor = session.flags().on("accessor");
  if (accessor && arguments.empty())
    throw Failure(1, "Not enough arguments with -accessor (expected 1, got 0)");
  if (arguments.size() > 1) {
    throw Failure(1, "Too many arguments (expected 1, got " + std::to_string(arguments.size()) + ")");
  }
  const std::int64_t increment_s =
      std::chrono::floor<std::chrono::seconds>(
          session.flags().duration(session.flags().has("i") ? "i" : "increment").value_or(Duration(0)))
          .count();
  Client client(session);
  ApiRequest request;
  request.method = "PUT";
  request.failure = "Error renewing token: ";
  request.body = Value::object({{"increment", Value::of(increment_s)}});
  if (arguments.empty()) {
    request.path = "auth/token/renew-self";
  } else if (accessor) {
    request.method = "POST";
    request.path = "auth/token/renew-accessor";
    request.body->set("accessor", Value::of(trimmed(arguments[0])));
  } else {
    request.path = "auth/token/renew";
    request.body->set("token", Value::of(trimmed(arguments[0])));
  }
  const ApiAnswer answer = co_await client.send(std::move(request));
  const std::optional<Secret> secret = parse_secret(answer.body);
  if (!secret) co_return 0;
  co_return show_secret(session, *secret);
}

world::Task<int> run_revoke(Session& session) {
  const Flags& flags = session.flags();
  const std::vector<std::string>& arguments = session.arguments();
  const bool self = flags.on("self");
  const bool accessor = flags.on("accessor");
  const std::string mode = flags.text("mode");
  if (arguments.empty() && !self) throw Failure(1, "Not enough arguments (expected 1 or -self, got 0)");
  if (!arguments.empty() && self) {
    throw Failure(1,
                  "Too many arguments with -self (expected 0, got " + std::to_string(arguments.size()) + ")");
  }
  if (arguments.size() > 1) {
    throw Failure(1,
                  "Too many arguments (expected 1 or -self, got " + std::to_string(arguments.size()) + ")");
  }
  if (self && accessor) throw Failure(1, "Cannot use -self with -accessor");
  if (self && !mode.empty()) throw Failure(1, "Cannot use -self with -mode");
  if (accessor && mode == "path") throw Failure(1, "Cannot use -accessor with -mode=path");
  if (accessor && mode == "orphan") throw Failure(1, "Cannot use -accessor with -mode=orphan");
  if (!mode.empty() && mode != "orphan" && mode != "path") throw Failure(1, "Invalid mode: " + mode);
  Client client(session);
  ApiRequest request;
  request.method = "PUT";
  request.failure = "Error revoking token: ";
  const std::string given = arguments.empty() ? "" : trimmed(arguments[0]);
  if (self) {
    request.path = "auth/token/revoke-self";
  } else if (accessor) {
    request.method = "POST";
    request.path = "auth/token/revoke-accessor";
    request.body = Value::object({{"accessor", Value::of(given)}});
  } else if (mode == "path") {
    request.path = "sys/revoke-prefix/" + given;
  } else {
    request.path = mode == "orphan" ? "auth/token/revoke-orphan" : "auth/token/revoke";
    request.body = Value::object({{"token", Value::of(given)}});
  }
  co_await client.send(std::move(request));
  session.line("Success! Revoked token (if it existed)");
  co_return 0;
}

world::Task<int> run_capabilities(Session& session) {
  const std::vector<std::string>& arguments = session.arguments();
  if (arguments.empty()) throw Failure(1, "Not enough arguments (expected 1-2, got 0)");
  if (arguments.size() > 2) {
    throw Failure(1, "Too many arguments (expected 1-2, got " + std::to_string(arguments.size()) + ")");
  }
  const std::string path = arguments.back();
  Client client(session);
  ApiRequest request;
  request.method = "POST";
  request.failure = "Error listing capabilities: ";
  request.body = Value::object({{"path", Value::of(path)}});
  if (arguments.size() == 1) {
    request.path = "sys/capabilities-self";
  } else {
    request.path = "sys/capabilities";
    request.body->set("token", Value::of(arguments[0]));
  }
  const Value answer = co_await client.send_for_json(std::move(request));
  const Value* data = answer.given("data");
  std::vector<std::string> names;
  if (data) names = data->texts_of(data->given("capabilities") ? "capabilities" : path);
  std::sort(names.begin(), names.end());
  if (!session.in_table()) {
    const Value list = Value::of(names);
    co_return show_data(session, list);
  }
  std::string line;
  for (const std::string& name : names) line += (line.empty() ? "" : ", ") + name;
  session.line(line);
  co_return 0;
}

}  // namespace

void add_token_commands(std::vector<Command>& commands) {
  commands.push_back(
      {"token create",
       "Makes a child of the token in use",
       "[options]",
       {{"id", FlagKind::text, "The token itself, instead of a random one."},
        {"display-name", FlagKind::text, "A name for it."},
        {"ttl", FlagKind::duration, "How long it lives."},
        {"explicit-max-ttl", FlagKind::duration, "How long it may live at most, renewed or not."},
        {"period", FlagKind::duration, "Each renewal gives it this long; it may be renewed for ever."},
        {"renewable", FlagKind::boolean, "Whether it may be renewed. Default: true."},
        {"orphan", FlagKind::boolean, "It outlives its parent."},
        {"no-default-policy", FlagKind::boolean, "Without the default policy."},
        {"use-limit", FlagKind::integer, "How many requests it is good for."},
        {"role", FlagKind::text, "The role to make it against."},
        {"type", FlagKind::text, "service or batch. Default: service."},
        {"metadata", FlagKind::map, "Kept with it; may be repeated."},
        {"policy", FlagKind::list, "A policy for it; may be repeated."},
        {"entity-alias", FlagKind::text, "The alias of the entity to tie it to; needs -role."}},
       Output::field_and_format,
       run_create});
  commands.push_back({"token lookup",
                      "Prints what the server knows of a token, by default the one in use",
                      "[options] [TOKEN | ACCESSOR]",
                      {{"accessor", FlagKind::boolean, "The argument is an accessor."}},
                      Output::format,
                      run_lookup});
  commands.push_back({"token renew",
                      "Renews a token, by default the one in use",
                      "[options] [TOKEN]",
                      {{"accessor", FlagKind::boolean, "The argument is an accessor."},
                       {"increment", FlagKind::duration, "How much longer."},
                       {"i", FlagKind::duration, "The same."}},
                      Output::format,
                      run_renew});
  commands.push_back(
      {"token revoke",
       "Revokes a token and its children",
       "[options] [TOKEN | ACCESSOR]",
       {{"accessor", FlagKind::boolean, "The argument is an accessor."},
        {"self", FlagKind::boolean, "Revoke the token in use."},
        {"mode", FlagKind::text, "orphan: not its children. path: every token made at that path."}},
       Output::none,
       run_revoke});
  commands.push_back({"token capabilities",
                      "Lists what a token may do at a path",
                      "[options] [TOKEN] PATH",
                      {},
                      Output::format,
                      run_capabilities});
}

}  // namespace squall::vault::cli
