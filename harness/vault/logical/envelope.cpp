#include "harness/vault/logical/envelope.hpp"

#include "harness/vault/go/json_text.hpp"

namespace squall::vault {
namespace {

using OrderedJson = nlohmann::ordered_json;

template <class J>
std::string text_of(const J& json) {
  return escape_html(json.dump(-1, ' ', false, J::error_handler_t::replace));
}

OrderedJson auth_json(const Auth& auth) {
  return {{"client_token", auth.client_token}, {"accessor", auth.accessor},
          {"policies", auth.policies},         {"token_policies", auth.policies},
          {"metadata", auth.metadata},         {"lease_duration", auth.lease_seconds},
          {"renewable", auth.renewable},       {"entity_id", auth.entity_id},
          {"token_type", auth.token_type},     {"orphan", auth.orphan},
          {"mfa_requirement", nullptr},        {"num_uses", auth.num_uses}};
}

OrderedJson wrap_json(const WrapInfo& wrap) {
  OrderedJson json = {{"token", wrap.token},
                      {"accessor", wrap.accessor},
                      {"ttl", wrap.ttl_s},
                      {"creation_time", base::rfc3339_nano(wrap.created)},
                      {"creation_path", wrap.creation_path}};
  if (!wrap.wrapped_accessor.empty()) json["wrapped_accessor"] = wrap.wrapped_accessor;
  return json;
}

}  // namespace

std::string answer_json(const Answer& answer, const std::string& request_id, bool flat) {
  const std::string data = answer.data_text.empty() ? text_of(answer.data) : escape_html(answer.data_text);
  OrderedJson warnings, auth, wrap;
  if (!answer.warnings.empty()) warnings = answer.warnings;
  if (answer.auth) auth = auth_json(*answer.auth);
  if (answer.wrap) wrap = wrap_json(*answer.wrap);
  std::string body = "{";
  if (flat && answer.data.is_object() && !answer.data.empty()) body += data.substr(1, data.size() - 2) + ",";
  return body + "\"request_id\":\"" + request_id +
         "\",\"lease_id\":\"\",\"renewable\":false,\"lease_duration\":" +
         std::to_string(answer.lease_seconds) + ",\"data\":" + data + ",\"wrap_info\":" + text_of(wrap) +
         ",\"warnings\":" + text_of(warnings) + ",\"auth\":" + text_of(auth) + "}";
}

}  // namespace squall::vault
