// A listener's block (internalshared/configutil/listener.go). Its fields are checked in Vault's order, by
// kind; most of them change nothing here, and a wrong one stops the server all the same.
#include <algorithm>
#include <array>
#include <set>

#include "emulator/base/ascii.hpp"
#include "harness/vault/config/known_fields.hpp"
#include "harness/vault/config/server_config.hpp"
#include "harness/vault/config/values.hpp"

namespace squall::vault {
namespace {

using hcl::Value;

enum class Kind { boolean, seconds, size, ciphers };
struct Check {
  const char* field;
  Kind kind;
};
constexpr std::array<Check, 16> checks = {{{"max_request_size", Kind::size},
                                           {"max_request_duration", Kind::seconds},
                                           {"require_request_header", Kind::boolean},
                                           {"tls_disable", Kind::boolean},
                                           {"tls_cipher_suites", Kind::ciphers},
                                           {"tls_require_and_verify_client_cert", Kind::boolean},
                                           {"tls_disable_client_certs", Kind::boolean},
                                           {"http_read_timeout", Kind::seconds},
                                           {"http_read_header_timeout", Kind::seconds},
                                           {"http_write_timeout", Kind::seconds},
                                           {"http_idle_timeout", Kind::seconds},
                                           {"x_forwarded_for_hop_skips", Kind::size},
                                           {"x_forwarded_for_reject_not_authorized", Kind::boolean},
                                           {"x_forwarded_for_reject_not_present", Kind::boolean},
                                           {"telemetry.unauthenticated_metrics_access", Kind::boolean},
                                           {"cors_enabled", Kind::boolean}}};

// The names of crypto/tls, as tlsutil takes them.
const std::set<std::string, std::less<>> cipher_suites = {"TLS_RSA_WITH_RC4_128_SHA",
                                                          "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
                                                          "TLS_RSA_WITH_AES_128_CBC_SHA",
                                                          "TLS_RSA_WITH_AES_256_CBC_SHA",
                                                          "TLS_RSA_WITH_AES_128_CBC_SHA256",
                                                          "TLS_RSA_WITH_AES_128_GCM_SHA256",
                                                          "TLS_RSA_WITH_AES_256_GCM_SHA384",
                                                          "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
                                                          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                                                          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                                                          "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
                                                          "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
                                                          "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                                                          "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                                                          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                                                          "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
                                                          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                                          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                                          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                                                          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                                          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
                                                          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
                                                          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                                                          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                                          "TLS_AES_128_GCM_SHA256",
                                                          "TLS_AES_256_GCM_SHA384",
                                                          "TLS_CHACHA20_POLY1305_SHA256"};

// "telemetry.unauthenticated_metrics_access" is a field of a block.
const Value* find(const Value& body, const std::string& field) {
  const auto dot = field.find('.');
  const Value* value = body.find(field.substr(0, dot));
  return value == nullptr || dot == std::string::npos ? value : value->find(field.substr(dot + 1));
}

void check_ciphers(const std::string& names) {
  for (std::size_t start = 0; start <= names.size();) {
    const std::size_t comma = std::min(names.find(',', start), names.size());
    std::string name = names.substr(start, comma - start);
    name.erase(0, name.find_first_not_of(' '));
    if (!cipher_suites.contains(name)) throw ConfigError("unsupported cipher \"" + name + "\"");
    start = comma + 1;
  }
}

void check_value(const std::string& field, Kind kind, const Value& value) {
  const bool parsed = kind == Kind::seconds || kind == Kind::size;
  std::int64_t number = 0;
  try {
    if (kind == Kind::boolean) to_bool(value);
    if (kind == Kind::ciphers && !value.text.empty()) check_ciphers(value.text);
    if (kind == Kind::seconds) number = to_seconds(value);
    if (kind == Kind::size) number = to_integer(value);
  } catch (const ConfigError& error) {
    throw ConfigError((parsed ? "error parsing " : "invalid value for ") + field + ": " + error.what());
  }
  if (number < 0 && field == "max_request_duration") throw ConfigError(field + " cannot be negative");
  if (number < 0 && field == "x_forwarded_for_hop_skips")
    throw ConfigError(field + " cannot be negative but set to " + std::to_string(number));
}

// "default", "200" or "2xx".
bool names_status(const std::string& code) {
  if (code == "default") return true;
  if (code.size() != 3 || code[0] < '1' || code[0] > '5') return false;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return code.substr(1) == "xx" || (digit(code[1]) && digit(code[2]));
}

void check_response_headers(const Value& headers) {
  for (const hcl::Item& item : headers.items)
    if (!names_status(item.keys[0]))
      throw ConfigError(
          "failed to parse custom_response_headers: invalid status code found in the server "
          "configuration: " +
          item.keys[0]);
}

void check_listener(const Value& body) {
  for (const Check& check : checks)
    if (const Value* value = find(body, check.field)) check_value(check.field, check.kind, *value);
  if (const Value* headers = body.find("custom_response_headers")) check_response_headers(*headers);
}

std::string text_of(const Value& body, const char* field) {
  const Value* value = body.find(field);
  return value == nullptr ? std::string() : value->text;
}

bool flag_of(const Value& body, const char* field) {
  const Value* value = body.find(field);
  return value != nullptr && to_bool(*value);
}

void check_type(const hcl::Block& block, const std::string& type) {
  if (type.empty()) throw ConfigError("listener type must be specified");
  if (type != "tcp" && type != "unix") throw ConfigError("unsupported listener type \"" + type + "\"");
  const std::string role = text_of(*block.body, "role");
  if (!role.empty() && role != "default" && role != "metrics_only")
    throw ConfigError("unsupported listener role \"" + role + "\"");
}

}  // namespace

ListenerConfig parse_listener(const hcl::Block& block, std::size_t index, const std::string& file,
                              ServerConfig& config) {
  const std::string where = "error parsing 'listener': listeners." + std::to_string(index);
  const std::string type = base::ascii_lower(block.label);
  const Value& body = *block.body;
  try {
    check_type(block, type);
  } catch (const ConfigError& error) {
    throw ConfigError(where + ": " + error.what());
  }
  try {
    check_listener(body);
  } catch (const ConfigError& error) {
    throw ConfigError(where + " " + error.what());
  }
  if (type == "unix") throw ConfigError("the Squall stand-in does not serve listeners of type \"unix\"");
  if (text_of(body, "role") == "metrics_only")
    throw ConfigError("the Squall stand-in does not serve listeners of role \"metrics_only\"");
  ListenerConfig listener;
  if (const std::string address = text_of(body, "address"); !address.empty()) listener.address = address;
  listener.cluster_address = text_of(body, "cluster_address");
  listener.tls_disable = flag_of(body, "tls_disable");
  listener.tls_cert_file = text_of(body, "tls_cert_file");
  listener.tls_key_file = text_of(body, "tls_key_file");
  listener.tls_client_ca_file = text_of(body, "tls_client_ca_file");
  listener.tls_require_client_certificate = flag_of(body, "tls_require_and_verify_client_cert");
  listener.tls_min_version = text_of(body, "tls_min_version");
  listener.tls_max_version = text_of(body, "tls_max_version");
  listener.proxy_protocol_behavior = text_of(body, "proxy_protocol_behavior");
  if (const Value* size = body.find("max_request_size"); size != nullptr && to_integer(*size) != 0)
    listener.max_request_size = to_integer(*size);
  if (const Value* duration = body.find("max_request_duration");
      duration != nullptr && to_seconds(*duration) != 0)
    listener.max_request_duration_s = to_seconds(*duration);
  for (const hcl::Item& item : body.items) {
    if (!knows_listener_field(item.keys[0])) {
      config.unknown_fields.push_back(unknown_field(item, file));
    } else if (!heeds_listener_field(item.keys[0])) {
      config.without_effect.push_back("listener: " + item.keys[0]);
    }
  }
  return listener;
}

}  // namespace squall::vault
