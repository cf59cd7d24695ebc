// vault login (methods token, userpass, github) and vault print token, as command/login.go and the methods'
// own CLI handlers. Other methods that Vault knows are refused by name.
#include <algorithm>
#include <array>

#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/data_arguments.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

using Settings = std::map<std::string, std::string>;

constexpr const char* kFailure = "Error authenticating: ";
constexpr std::array<std::string_view, 14> kMethodsNotServed = {
    "alicloud", "aws",        "centrify", "cert", "cf",   "gcp", "ldap",
    "kerberos", "kubernetes", "oci",      "oidc", "okta", "pcf", "radius"};

std::string setting(const Settings& settings, const std::string& name) {
  const auto it = settings.find(name);
  return it == settings.end() ? std::string() : it->second;
}

Secret secret_of_lookup(const std::string& token, const Value& data) {
  SecretAuth auth;
  auth.client_token = token;
  auth.accessor = data.text_of("accessor");
  auth.policies = auth.token_policies = data.texts_of("policies");
  if (data.given("identity_policies")) {
    auth.identity_policies = data.texts_of("identity_policies");
    auth.policies.insert(auth.policies.end(), auth.identity_policies->begin(), auth.identity_policies->end());
  }
  if (const Value* meta = data.given("meta")) auth.metadata = *meta;
  auth.lease_duration_s = data.integer_of("ttl");
  auth.renewable = data.flag_of("renewable");
  Secret secret;
  secret.auth = std::move(auth);
  return secret;
}

world::Task<std::string> ask_for_token(Session& session) {
  SecretPrompt prompt{
      "Token (will be hidden): ", 2,
      std::string(kFailure) +
          "An error occurred attempting to ask for a token. The raw error message is shown below, but "
          "usually "
          "this is because you attempted to pipe a value into the command or you are executing outside of a "
          "terminal (tty). If you want to pipe the value, pass \"-\" as the argument to read from stdin. The "
          "raw error was: "};
  co_return co_await read_secret(session, std::move(prompt));
}

world::Task<std::optional<Secret>> by_token(Session& session, Client& client, Settings settings) {
  bool lookup = true;
  if (settings.contains("lookup")) {
    const auto parsed = parse_go_bool(settings["lookup"]);
    if (!parsed) {
      throw Failure(2, std::string(kFailure) +
                           "Failed to parse \"lookup\" as boolean: strconv.ParseBool: parsing " +
                           quoted(settings["lookup"]) + ": invalid syntax");
    }
    lookup = *parsed;
  }
  std::string token = setting(settings, "token");
  if (!settings.contains("token")) token = co_await ask_for_token(session);
  token = trimmed(token);
  if (token.empty()) {
    throw Failure(2, std::string(kFailure) +
                         "a token must be passed to auth, please view the help for more information");
  }
  if (!lookup) {
    const Value nothing;
    co_return secret_of_lookup(token, nothing);
  }
  client.set_token(token);
  ApiRequest request;
  request.path = "auth/token/lookup-self";
  request.wraps = Wraps::never;
  request.failure = std::string(kFailure) + "error looking up token: ";
  const Value answer = co_await client.send_for_json(std::move(request));
  const Value* data = answer.given("data");
  if (!data) throw Failure(2, std::string(kFailure) + "empty response from lookup-self");
  co_return secret_of_lookup(token, *data);
}

world::Task<std::optional<Secret>> post_login(Client& client, std::string path, Value body) {
  ApiRequest request;
  request.method = "PUT";
  request.path = std::move(path);
  request.body = std::move(body);
  request.failure = kFailure;
  const ApiAnswer answer = co_await client.send(std::move(request));
  co_return parse_secret(answer.body);
}

// A login whose answer was to be wrapped: the token is kept, so it is taken out at once.
world::Task<Secret> unwrapped(Client& client, std::string wrapping_token) {
  client.set_token(std::move(wrapping_token));
  ApiRequest request;
  request.method = "PUT";
  request.path = "sys/wrapping/unwrap";
  request.failure = "Error extracting token: ";
  request.body = Value();
  request.wraps = Wraps::never;
  const ApiAnswer answer = co_await client.send(std::move(request));
  const std::optional<Secret> secret = parse_secret(answer.body);
  if (!secret) throw Failure(2, "Error extracting token: empty response from auth helper");
  co_return *secret;
}

world::Task<std::optional<Secret>> by_password(Session& session, Client& client, Settings settings) {
  const std::string user = setting(settings, "username");
  if (user.empty()) throw Failure(2, std::string(kFailure) + "'username' must be specified");
  std::string password = setting(settings, "password");
  if (!settings.contains("password")) {
    SecretPrompt prompt{"Password (will be hidden): ", 2, kFailure};
    password = co_await read_secret(session, std::move(prompt));
  }
  Value body = Value::object({{"password", Value::of(password)}});
  std::string path = "auth/" + setting(settings, "mount") + "/login/" + user;
  co_return co_await post_login(client, std::move(path), std::move(body));
}

world::Task<std::optional<Secret>> by_github(Session& session, Client& client, Settings settings) {
  std::string token = setting(settings, "token");
  if (token.empty()) token = session.context().env("VAULT_AUTH_GITHUB_TOKEN");
  if (token.empty()) {
    SecretPrompt prompt{"GitHub Personal Access Token (will be hidden): ", 2, kFailure};
    token = co_await read_secret(session, std::move(prompt));
  }
  Value body = Value::object({{"token", Value::of(trimmed(token))}});
  std::string path = "auth/" + setting(settings, "mount") + "/login";
  co_return co_await post_login(client, std::move(path), std::move(body));
}

void check_method(const std::string& method) {
  if (method == "token" || method == "userpass" || method == "github") return;
  if (std::find(kMethodsNotServed.begin(), kMethodsNotServed.end(), method) != kMethodsNotServed.end()) {
    throw Failure(1, "Auth method " + method + " is not served by the Squall stand-in");
  }
  throw Failure(
      1, wrapped("Unknown auth method: " + method +
                 ". Use \"vault auth list\" to see the complete list of auth methods. Additionally, some "
                 "auth methods are only available via the HTTP API."));
}

void store_token(Session& session, const std::string& token) {
  world::Disk& disk = session.context().disk();
  const std::string path = token_file(session);
  try {
    disk.write(path, token, 0600);
    disk.sync(path);
  } catch (const world::DiskError& error) {
    throw Failure(2, "Error storing token: " + std::string(error.what()));
  }
  if (session.context().env("VAULT_TOKEN").empty()) return;
  session.warn(
      wrapped("WARNING! The VAULT_TOKEN environment variable is set! The value of this variable will take "
              "precedence; if this is unwanted please unset VAULT_TOKEN or update its value accordingly.") +
      "\n");
}

world::Task<Settings> login_settings(Session& session, const std::string& method) {
  std::vector<std::string> arguments = session.arguments();
  if (method == "token" && !arguments.empty() && arguments[0].find('=') == std::string::npos) {
    arguments[0] = "token=" + arguments[0];
  }
  Settings settings = co_await parse_texts(session, std::move(arguments), "Error parsing configuration: ");
  // The mount's path stands between slashes of the login path.
  std::string mount = setting(settings, "mount");
  if (mount.empty()) mount = session.flags().text("path", method);
  settings["mount"] = sanitized_path(mount);
  co_return settings;
}

world::Task<int> run_login(Session& session) {
  const bool token_only = session.flags().on("token-only");
  const bool no_store = token_only || session.flags().on("no-store");
  const bool no_print = session.flags().on("no-print");
  if (no_store && no_print) throw Failure(1, "-no-store and -no-print cannot be used together");
  std::string method = sanitized_path(session.flags().text("method", "token"));
  if (method.empty()) method = "token";
  check_method(method);
  Settings settings = co_await login_settings(session, method);

  Client client(session);
  if (method != "token") client.set_token("");  // a token of another life must not spoil the login
  std::optional<Secret> secret;
  if (method == "token") secret = co_await by_token(session, client, std::move(settings));
  if (method == "userpass") secret = co_await by_password(session, client, std::move(settings));
  if (method == "github") secret = co_await by_github(session, client, std::move(settings));
  if (!secret) throw Failure(2, "Error extracting token: empty response from auth helper");
  if (secret->wrap && secret->wrap->wrapped_accessor.empty())
    throw Failure(2, "Error extracting token: wrapped response does not contain a token");
  if (secret->wrap && token_only) co_return show_field(session, *secret, "wrapping_token");
  if (secret->wrap && no_store) co_return show_secret(session, *secret);
  if (secret->wrap) secret = co_await unwrapped(client, secret->wrap->token);
  if (!secret->auth) throw Failure(2, "Error extracting token: no auth or wrapping info in response");

  if (!no_store) {
    store_token(session, secret->auth->client_token);
  } else if (!token_only) {
    session.warn(
        wrapped("The token was not stored in token helper. Set the VAULT_TOKEN environment variable or pass "
                "the token below with each request to Vault.") +
        "\n");
  }
  if (no_print) co_return 0;
  const std::string field = token_only ? "token" : session.flags().text("field");
  if (!field.empty()) co_return show_field(session, *secret, field);
  if (session.in_table()) {
    session.line(
        wrapped("Success! You are now authenticated. The token information displayed below is already "
                "stored in the token helper. You do NOT need to run \"vault login\" again. Future Vault "
                "requests will automatically use this token.") +
        "\n");
  }
  co_return show_secret(session, *secret);
}

world::Task<int> run_print_token(Session& session) {
  const Client client(session);
  session.line(client.token());
  co_return 0;
}

}  // namespace

void add_login_commands(std::vector<Command>& commands) {
  commands.push_back({"login",
                      "Logs in and keeps the token in ~/.vault-token",
                      "[options] [AUTH K=V...]",
                      {{"method", FlagKind::text, "token, userpass or github. Default: token."},
                       {"path", FlagKind::text, "Where the auth method is mounted, if not at its own name."},
                       {"no-store", FlagKind::boolean, "Do not keep the token."},
                       {"no-print", FlagKind::boolean, "Do not print the token."},
                       {"token-only", FlagKind::boolean, "Print the token alone and do not keep it."}},
                      Output::field_and_format,
                      run_login});
  commands.push_back({"print token", "Prints the token in use", "", {}, Output::format, run_print_token});
}

}  // namespace squall::vault::cli
