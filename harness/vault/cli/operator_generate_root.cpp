// vault operator generate-root, as command/operator_generate_root.go.
#include "emulator/base/encoding.hpp"
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/key_share.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"
#include "harness/vault/go/base64_problem.hpp"

namespace squall::vault::cli {

namespace {

constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

world::Task<Value> ask(Client& client, std::string method, std::string path, std::string failure,
                       Value body) {
  ApiRequest request;
  request.method = std::move(method);
  request.path = "sys/generate-root/" + path;
  request.failure = std::move(failure);
  if (!body.is(Value::Kind::null)) request.body = std::move(body);
  co_return co_await client.send_for_json(std::move(request));
}

world::Task<Value> status_of(Client& client, std::string failure) {
  Value nothing;
  co_return co_await ask(client, "GET", "attempt", std::move(failure), std::move(nothing));
}

int print_status(Session& session, const Value& status) {
  if (!session.in_table()) {
    Value shown = Value::object();
    for (const char* name : {"nonce", "started", "progress", "required", "complete", "encoded_token",
                             "encoded_root_token", "pgp_fingerprint", "otp", "otp_length"}) {
      const Value* value = status.find(name);
      shown.set(name, value ? *value : Value());
    }
    return show_data(session, shown);
  }
  const auto number = [&](const char* name) { return std::to_string(status.integer_of(name)); };
  std::vector<Row> rows = {{"Nonce", status.text_of("nonce")},
                           {"Started", status.flag_of("started") ? "true" : "false"},
                           {"Progress", number("progress") + "/" + number("required")},
                           {"Complete", status.flag_of("complete") ? "true" : "false"}};
  if (const std::string token = status.text_of("encoded_token"); !token.empty())
    rows.push_back({"Encoded Token", token});
  if (const std::string otp = status.text_of("otp"); !otp.empty()) {
    session.warn(
        wrapped("A One-Time-Password has been generated for you and is shown in the OTP field. You will need "
                "this value to decode the resulting root token, so keep it safe."));
    rows.push_back({"OTP", otp});
  }
  if (status.integer_of("otp_length") != 0) rows.push_back({"OTP Length", number("otp_length")});
  session.line(columns(rows));
  return 0;
}

world::Task<int> make_otp(Session& session, Client& client) {
  const Value status = co_await status_of(client, "Error getting root generation status: ");
  const std::int64_t length = status.integer_of("otp_length");
  const std::string otp = session.context().entropy().text(static_cast<std::size_t>(length), base62);
  if (session.in_table()) {
    show_raw(session, otp);
    co_return 0;
  }
  const Value shown = Value::object({{"otp", Value::of(otp)}, {"otp_length", Value::of(length)}});
  co_return show_data(session, shown);
}

int decode(Session& session) {
  const std::string encoded = session.flags().text("decode"), otp = session.flags().text("otp");
  const std::string failure = "Error decoding root token: ";
  std::string padded = encoded;
  while (padded.size() % 4 != 0) padded += '=';
  const std::optional<std::string> bytes = base::base64_decode(padded);
  if (!bytes || encoded.ends_with('='))
    throw Failure(1, failure + "error decoding base64'd token: " + go_base64_problem(encoded));
  if (bytes->size() != otp.size())
    throw Failure(1, failure + "error xoring token: length of byte slices is not equivalent: " +
                         std::to_string(bytes->size()) + " != " + std::to_string(otp.size()));
  std::string token = *bytes;
  for (std::size_t i = 0; i < token.size(); ++i) token[i] = static_cast<char>(token[i] ^ otp[i]);
  if (session.in_table()) {
    show_raw(session, token);
    return 0;
  }
  return show_data(session, Value::object({{"token", Value::of(token)}}));
}

world::Task<int> give_share(Session& session, Client& client) {
  const Value status = co_await status_of(client, "Error getting root generation status: ");
  if (!status.flag_of("started")) {
    session.warn(
        wrapped("No root generation is in progress. Start a root generation by running \"vault operator "
                "generate-root -init\"."));
    throw Failure(1,
                  wrapped("If starting root generation using the OTP method and generating your own OTP, the "
                          "length of the OTP string needs to be " +
                          std::to_string(status.integer_of("otp_length")) + " characters in length."));
  }
  KeyShare share = co_await ask_key_share(session, "Operation nonce: ", status.text_of("nonce"));
  Value body = Value::object({{"key", Value::of(share.key)}, {"nonce", Value::of(share.nonce)}});
  const Value answer = co_await ask(client, "PUT", "update", "Error posting unseal key: ", std::move(body));
  co_return print_status(session, answer);
}

world::Task<int> run_generate_root(Session& session) {
  session.expect_arguments(0, 1);
  const Flags& flags = session.flags();
  if (flags.on("dr-token") && flags.on("recovery-token"))
    throw Failure(1, "Both -recovery-token and -dr-token flags are set");
  for (const char* name : {"dr-token", "recovery-token", "pgp-key"}) {
    if (flags.has(name)) throw Failure(1, std::string("-") + name + " is not served by the Squall stand-in");
  }
  Client client(session);
  if (flags.on("generate-otp")) co_return co_await make_otp(session, client);
  if (!flags.text("decode").empty()) {
    if (flags.text("otp").empty()) throw Failure(1, "Missing otp: use -otp to supply it");
    co_await status_of(client, "Error getting root generation status: ");
    co_return decode(session);
  }
  if (flags.on("cancel")) {
    Value nothing;
    co_await ask(client, "DELETE", "attempt", "Error canceling root token generation: ", std::move(nothing));
    session.line("Success! Root token generation canceled (if it was started)");
    co_return 0;
  }
  if (flags.on("init")) {
    Value body = Value::object({{"otp", Value::of(flags.text("otp"))}, {"pgp_key", Value::of("")}});
    const Value status =
        co_await ask(client, "PUT", "attempt", "Error initializing root generation: ", std::move(body));
    co_return print_status(session, status);
  }
  if (flags.on("status")) {
    const Value status = co_await status_of(client, "Error getting root generation status: ");
    co_return print_status(session, status);
  }
  co_return co_await give_share(session, client);
}

}  // namespace

void add_generate_root_commands(std::vector<Command>& commands) {
  commands.push_back({"operator generate-root",
                      "Makes a root token from a quorum of key shares",
                      "[options] [KEY]",
                      {{"init", FlagKind::boolean, "Start, with -otp or a password that the server makes."},
                       {"cancel", FlagKind::boolean, "Give up what is under way."},
                       {"status", FlagKind::boolean, "Say how far it is."},
                       {"decode", FlagKind::text, "The encoded token to decode with -otp."},
                       {"generate-otp", FlagKind::boolean, "Print a one-time password of the right length."},
                       {"otp", FlagKind::text, "The one-time password."},
                       {"nonce", FlagKind::text, "The operation's nonce, for a share given as an argument."},
                       {"dr-token", FlagKind::boolean, "Not served."},
                       {"recovery-token", FlagKind::boolean, "Not served."},
                       {"pgp-key", FlagKind::text, "Not served."}},
                      Output::format,
                      run_generate_root});
}

}  // namespace squall::vault::cli
