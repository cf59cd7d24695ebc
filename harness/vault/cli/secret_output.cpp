// How a secret, or a part of one, is printed (Vault's command/format.go).
#include <algorithm>

#include "emulator/base/spans.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

// "2024-01-31T12:34:56.5Z" as Go prints a time: "2024-01-31 12:34:56.5 +0000 UTC".
std::string go_time(std::string text) {
  if (text.size() < 20 || text.back() != 'Z') return text;
  text[10] = ' ';
  text.pop_back();
  return text + " +0000 UTC";
}

std::string duration_cell(std::int64_t seconds) { return human_duration(base::whole_seconds(seconds)); }

const char* yes_or_no(bool value) { return value ? "true" : "false"; }

void add_auth_rows(const SecretAuth& auth, std::vector<Row>& rows) {
  rows.push_back({"token", auth.client_token});
  rows.push_back({"token_accessor", auth.accessor});
  // A root token has no end, and its duration of 0 would read as one.
  rows.push_back({"token_duration", auth.lease_duration_s == 0 ? "∞" : duration_cell(auth.lease_duration_s)});
  rows.push_back({"token_renewable", yes_or_no(auth.renewable)});
  rows.push_back({"token_policies", quoted_list(auth.token_policies)});
  rows.push_back(
      {"identity_policies", quoted_list(auth.identity_policies.value_or(std::vector<std::string>()))});
  rows.push_back({"policies", quoted_list(auth.policies)});
  for (const Value::Member& member : auth.metadata.members) {
    rows.push_back({"token_meta_" + member.first, printed(member.second)});
  }
}

void add_wrap_rows(const WrapInfo& wrap, std::vector<Row>& rows) {
  rows.push_back({"wrapping_token:", wrap.token});
  rows.push_back({"wrapping_accessor:", wrap.accessor});
  rows.push_back({"wrapping_token_ttl:", duration_cell(wrap.ttl_s)});
  rows.push_back({"wrapping_token_creation_time:", go_time(wrap.creation_time)});
  rows.push_back({"wrapping_token_creation_path:", wrap.creation_path});
  if (!wrap.wrapped_accessor.empty()) rows.push_back({"wrapped_accessor:", wrap.wrapped_accessor});
}

void add_data_rows(const Value& data, std::vector<Row>& rows) {
  for (const Value::Member& member : data.members)
    rows.push_back({member.first, cell(member.first, member.second)});
}

void print_rows(Session& session, std::vector<Row> rows) {
  if (rows.empty()) return;
  rows.insert(rows.begin(), Row{"Key", "Value"});
  session.line(table(std::move(rows)));
}

void secret_table(Session& session, const Secret& secret) {
  show_warnings(session, secret);
  std::vector<Row> rows;
  if (secret.lease_duration_s > 0) {
    if (!secret.lease_id.empty()) {
      rows.push_back({"lease_id", secret.lease_id});
      rows.push_back({"lease_duration", duration_cell(secret.lease_duration_s)});
      rows.push_back({"lease_renewable", yes_or_no(secret.renewable)});
    } else {
      rows.push_back({"refresh_interval", duration_cell(secret.lease_duration_s)});
    }
  }
  if (secret.wrap) add_wrap_rows(*secret.wrap, rows);
  if (secret.auth) add_auth_rows(*secret.auth, rows);
  add_data_rows(secret.data, rows);
  print_rows(session, std::move(rows));
}

std::optional<Value> field_of(const Secret& secret, const std::string& field) {
  if (secret.wrap) {
    const WrapInfo& wrap = *secret.wrap;
    if (field == "wrapping_token") return Value::of(wrap.token);
    if (field == "wrapping_accessor") return Value::of(wrap.accessor);
    if (field == "wrapping_token_ttl") return Value::of(wrap.ttl_s);
    if (field == "wrapping_token_creation_time") return Value::of(wrap.creation_time);
    if (field == "wrapping_token_creation_path") return Value::of(wrap.creation_path);
    if (field == "wrapped_accessor") return Value::of(wrap.wrapped_accessor);
  }
  if (secret.auth) {
    const SecretAuth& auth = *secret.auth;
    if (field == "token") return Value::of(auth.client_token);
    if (field == "token_accessor") return Value::of(auth.accessor);
    if (field == "token_duration") return Value::of(auth.lease_duration_s);
    if (field == "token_renewable") return Value::of(auth.renewable);
    if (field == "token_policies") return Value::of(auth.token_policies);
    if (field == "identity_policies")
      return Value::of(auth.identity_policies.value_or(std::vector<std::string>()));
    if (field == "policies") return Value::of(auth.policies);
  } else if (field == "refresh_interval") {
    return Value::of(secret.lease_duration_s);
  } else if (field == "data" && !secret.data.find("data") && secret.data.is(Value::Kind::object)) {
    return secret.data;
  }
  const Value* value = secret.data.given(field);
  return value ? std::optional<Value>(*value) : std::nullopt;
}

int print_field(Session& session, const std::optional<Value>& value, const std::string& field) {
  if (!value) {
    session.warn("Field " + quoted(field) + " not present in secret");
    return 1;
  }
  const std::string text =
      session.in_table() || session.format() == "raw" ? printed(*value) : formatted(session, *value);
  show_raw(session, text);
  return 0;
}

}  // namespace

void show_raw(Session& session, const std::string& text) {
  session.context().invocation().output_is_terminal ? session.line(text) : session.raw(text);
}

void show_warnings(Session& session, const Secret& secret) {
  if (secret.warnings.empty()) return;
  session.warn("WARNING! The following warnings were returned from Vault:\n");
  for (const std::string& warning : secret.warnings) session.warn(wrapped("* " + warning, 2) + "\n");
}

std::string formatted(Session& session, const Value& value) {
  if (session.format() == "json") return indented_json(value);
  if (session.format() == "yaml" || session.format() == "yml") return yaml(value);
  return {};
}

int show_secret(Session& session, const Secret& secret) {
  if (session.in_table()) {
    secret_table(session, secret);
    return 0;
  }
  return show_data(session, secret.as_json());
}

int show_list(Session& session, const Secret& secret) {
  const Value* keys = secret.data.given("keys");
  if (!session.in_table())
    return show_data(session, session.detailed() ? secret.as_json() : keys ? *keys : Value());
  show_warnings(session, secret);
  std::vector<std::string> names = secret.data.texts_of("keys");
  if (names.empty()) return 0;
  std::sort(names.begin(), names.end());
  std::vector<Row> rows = {{"Keys"}};
  for (const std::string& name : names) rows.push_back({name});
  session.line(table(std::move(rows)));
  return 0;
}

int show_data(Session& session, const Value& data) {
  if (session.in_table()) {
    std::vector<Row> rows;
    add_data_rows(data, rows);
    print_rows(session, std::move(rows));
    return 0;
  }
  const std::string text = formatted(session, data);
  if (text.empty()) {  // the pretty format is for trees alone
    session.warn("Could not parse output: cannot use the pretty formatter for this type");
    return 1;
  }
  session.line(trimmed(text));
  return 0;
}

int show_field(Session& session, const Secret& secret, const std::string& field) {
  return print_field(session, field_of(secret, field), field);
}

int show_field(Session& session, const Value& data, const std::string& field) {
  const Value* value = data.given(field);
  return print_field(session, value ? std::optional<Value>(*value) : std::nullopt, field);
}

int show_written(Session& session, const std::optional<Secret>& secret, const std::string& success) {
  if (!secret) {
    if (session.in_table()) session.line(success);
    return 0;
  }
  const std::string field = session.flags().text("field");
  return field.empty() ? show_secret(session, *secret) : show_field(session, *secret, field);
}

}  // namespace squall::vault::cli
