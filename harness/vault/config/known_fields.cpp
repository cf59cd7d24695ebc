#include "harness/vault/config/known_fields.hpp"

#include <map>
#include <set>

namespace squall::vault {
namespace {

const std::set<std::string> top_level_fields = {"ui",
                                                "api_addr",
                                                "cluster_addr",
                                                "cluster_name",
                                                "disable_mlock",
                                                "disable_cache",
                                                "cache_size",
                                                "disable_clustering",
                                                "default_lease_ttl",
                                                "max_lease_ttl",
                                                "log_level",
                                                "log_format",
                                                "pid_file",
                                                "plugin_directory",
                                                "raw_storage_endpoint",
                                                "default_max_request_duration",
                                                "listener",
                                                "storage",
                                                "backend",
                                                "ha_storage",
                                                "ha_backend",
                                                "seal",
                                                "kms",
                                                "service_registration",
                                                "telemetry",
                                                "entropy",
                                                "license_path",
                                                "disable_performance_standby",
                                                "disable_sealwrap",
                                                "disable_printable_check",
                                                "enable_ui",
                                                "enable_response_header_hostname",
                                                "enable_response_header_raft_node_id",
                                                "log_file",
                                                "log_rotate_duration",
                                                "log_rotate_bytes",
                                                "log_rotate_max_files",
                                                "log_requests_level",
                                                "plugin_file_uid",
                                                "plugin_file_permissions",
                                                "introspection_endpoint",
                                                "user_lockout",
                                                "experiments",
                                                "detect_deadlocks",
                                                "cluster_cipher_suites",
                                                "imprecise_lease_role_tracking",
                                                "administrative_namespace_path",
                                                "disable_indexing"};
// True: this node does what it says.
const std::map<std::string, bool> listener_fields = {
    {"address", true},
    {"cluster_address", true},
    {"tls_disable", true},
    {"tls_cert_file", true},
    {"tls_key_file", true},
    {"tls_client_ca_file", true},
    {"tls_require_and_verify_client_cert", true},
    {"max_request_size", true},
    {"tls_min_version", false},
    {"tls_max_version", false},
    {"tls_cipher_suites", false},
    {"tls_prefer_server_cipher_suites", false},
    {"tls_disable_client_certs", false},
    {"max_request_duration", true},
    {"x_forwarded_for_authorized_addrs", false},
    {"x_forwarded_for_hop_skips", false},
    {"x_forwarded_for_reject_not_authorized", false},
    {"x_forwarded_for_reject_not_present", false},
    {"proxy_protocol_behavior", false},
    {"proxy_protocol_authorized_addrs", false},
    {"telemetry", false},
    {"profiling", false},
    {"inflight_requests_logging", false},
    {"custom_response_headers", false},
    {"http_read_timeout", false},
    {"http_read_header_timeout", false},
    {"http_write_timeout", false},
    {"http_idle_timeout", false},
    {"purpose", false},
    {"require_request_header", false},
    {"cors_enabled", false},
    {"cors_allowed_origins", false},
    {"cors_allowed_headers", false},
    {"role", true},
};
// Of no consequence for what a client of this node can see but for what their warning says.
const std::set<std::string> silent_fields = {"ui",
                                             "enable_ui",
                                             "disable_cache",
                                             "cache_size",
                                             "plugin_directory",
                                             "disable_performance_standby",
                                             "disable_sealwrap",
                                             "disable_printable_check",
                                             "license_path",
                                             "disable_indexing"};

}  // namespace

bool knows_top_level_field(const std::string& name) { return top_level_fields.contains(name); }
bool knows_listener_field(const std::string& name) { return listener_fields.contains(name); }
bool heeds_listener_field(const std::string& name) {
  auto field = listener_fields.find(name);
  return field != listener_fields.end() && field->second;
}
bool has_silent_field(const std::string& name) { return silent_fields.contains(name); }

}  // namespace squall::vault
