#include "harness/vault/cli/secret.hpp"

#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

Value list_or_null(const std::vector<std::string>& texts) {
  return texts.empty() ? Value() : Value::of(texts);
}

SecretAuth parse_auth(const Value& value) {
  SecretAuth auth;
  auth.client_token = value.text_of("client_token");
  auth.accessor = value.text_of("accessor");
  auth.entity_id = value.text_of("entity_id");
  auth.policies = value.texts_of("policies");
  auth.token_policies = value.texts_of("token_policies");
  if (value.given("identity_policies")) auth.identity_policies = value.texts_of("identity_policies");
  if (const Value* metadata = value.given("metadata")) auth.metadata = *metadata;
  auth.orphan = value.flag_of("orphan");
  auth.renewable = value.flag_of("renewable");
  auth.lease_duration_s = value.integer_of("lease_duration");
  if (const Value* mfa = value.given("mfa_requirement")) auth.mfa_requirement = *mfa;
  return auth;
}

Value auth_as_json(const SecretAuth& auth) {
  Value out = Value::object();
  out.set("client_token", Value::of(auth.client_token));
  out.set("accessor", Value::of(auth.accessor));
  out.set("policies", list_or_null(auth.policies));
  out.set("token_policies", list_or_null(auth.token_policies));
  out.set("identity_policies", auth.identity_policies ? Value::of(*auth.identity_policies) : Value());
  out.set("metadata", auth.metadata);
  out.set("orphan", Value::of(auth.orphan));
  out.set("entity_id", Value::of(auth.entity_id));
  out.set("lease_duration", Value::of(auth.lease_duration_s));
  out.set("renewable", Value::of(auth.renewable));
  out.set("mfa_requirement", auth.mfa_requirement);
  return out;
}

WrapInfo parse_wrap(const Value& value) {
  WrapInfo wrap;
  wrap.token = value.text_of("token");
  wrap.accessor = value.text_of("accessor");
  wrap.creation_time = value.text_of("creation_time");
  wrap.creation_path = value.text_of("creation_path");
  wrap.wrapped_accessor = value.text_of("wrapped_accessor");
  wrap.ttl_s = value.integer_of("ttl");
  return wrap;
}

Value wrap_as_json(const WrapInfo& wrap) {
  return Value::object({{"token", Value::of(wrap.token)},
                        {"accessor", Value::of(wrap.accessor)},
                        {"ttl", Value::of(wrap.ttl_s)},
                        {"creation_time", Value::of(wrap.creation_time)},
                        {"creation_path", Value::of(wrap.creation_path)},
                        {"wrapped_accessor", Value::of(wrap.wrapped_accessor)}});
}

}  // namespace

Value Secret::as_json() const {
  Value out = Value::object();
  out.set("request_id", Value::of(request_id));
  out.set("lease_id", Value::of(lease_id));
  out.set("lease_duration", Value::of(lease_duration_s));
  out.set("renewable", Value::of(renewable));
  out.set("data", data);
  out.set("warnings", list_or_null(warnings));
  if (auth) out.set("auth", auth_as_json(*auth));
  if (wrap) out.set("wrap_info", wrap_as_json(*wrap));
  return out;
}

std::optional<Secret> parse_secret(const std::string& body) {
  if (trimmed(body).empty()) return {};
  const ParsedValue parsed = parse_json(body);
  if (!parsed.value) throw Failure(2, parsed.error);
  const Value& value = *parsed.value;
  Secret secret;
  secret.request_id = value.text_of("request_id");
  secret.lease_id = value.text_of("lease_id");
  secret.lease_duration_s = value.integer_of("lease_duration");
  secret.renewable = value.flag_of("renewable");
  if (const Value* data = value.given("data"); data && data->is(Value::Kind::object)) secret.data = *data;
  secret.warnings = value.texts_of("warnings");
  if (const Value* auth = value.given("auth")) secret.auth = parse_auth(*auth);
  if (const Value* wrap = value.given("wrap_info")) secret.wrap = parse_wrap(*wrap);
  const bool empty = !secret.wrap && secret.request_id.empty() && secret.lease_id.empty() &&
                     secret.lease_duration_s == 0 && !secret.renewable && !secret.tells_something() &&
                     !secret.auth;
  if (!empty) return secret;
  const bool only_errors = value.members.size() == 1 && value.find("errors");
  if (only_errors) return {};
  if (!value.members.empty()) secret.data = value;
  return secret;
}

world::Task<std::optional<Secret>> read_secret_at(Client& client, ApiRequest request) {
  const std::string failure = request.failure;
  const int exit_status = request.exit_status;
  const ApiAnswer answer = co_await client.exchange(std::move(request));
  if (answer.status == 404) {
    std::optional<Secret> secret = parse_secret(answer.body);
    if (!secret || !secret->tells_something()) co_return std::nullopt;
    co_return secret;
  }
  if (!answer.ok()) throw Failure(exit_status, failure + answer.error);
  co_return parse_secret(answer.body);
}

world::Task<std::optional<Secret>> write_secret_at(Client& client, Session& session, ApiRequest request) {
  const std::string failure = request.failure;
  const int exit_status = request.exit_status;
  const ApiAnswer answer = co_await client.exchange(std::move(request));
  if (!answer.ok()) {
    session.warn(failure + answer.error);
    const std::optional<Secret> secret = answer.status == 404 ? parse_secret(answer.body) : std::nullopt;
    if (secret && secret->tells_something()) show_secret(session, *secret);
    throw Failure(exit_status, "");
  }
  co_return parse_secret(answer.body);
}

}  // namespace squall::vault::cli
