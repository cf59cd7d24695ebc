#include "harness/vault/seal/aws_credentials.hpp"

#include <nlohmann/json.hpp>

namespace squall::vault {
namespace {

constexpr Duration refresh_window = 5min;
constexpr const char* role_path = "meta-data/iam/security-credentials/";

struct Url {
  std::string host, target = "/";
  std::uint16_t port = 80;
};

std::optional<Url> parse_http_url(const std::string& text) {
  if (!text.starts_with("http://")) return std::nullopt;
  const std::string rest = text.substr(7);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  Url url;
  url.host = rest.substr(0, slash);
  if (slash < rest.size()) url.target = rest.substr(slash);
  if (const std::size_t colon = url.host.find(':'); colon != std::string::npos) {
    const std::string port = url.host.substr(colon + 1);
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos)
      return std::nullopt;
    url.port = static_cast<std::uint16_t>(std::stoi(port));
    url.host.resize(colon);
  }
  return url;
}

}  // namespace

AwsCredentials::AwsCredentials(AwsProcess process, AwsSettings settings)
    : process_(std::move(process)),
      settings_(std::move(settings)),
      metadata_(process_.scheduler, process_.network, process_.entropy, process_.out) {}

std::optional<auth::Credentials> AwsCredentials::from_file() const {
  auto first = [](std::string a, std::string b) { return a.empty() ? b : a; };
  const std::string path = first(first(settings_.shared_file, process_.env("AWS_SHARED_CREDENTIALS_FILE")),
                                 process_.env("HOME") + "/.aws/credentials");
  const std::string wanted =
      "[" + first(first(settings_.profile, process_.env("AWS_PROFILE")), "default") + "]";
  std::optional<std::string> text;
  try {
    text = process_.disk.read(path);
  } catch (const world::DiskError&) {
    return std::nullopt;
  }
  if (!text) return std::nullopt;
  auth::Credentials found;
  bool inside = false;
  for (std::size_t start = 0; start < text->size();) {
    const std::size_t end = std::min(text->find('\n', start), text->size());
    std::string line = text->substr(start, end - start);
    std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
    start = end + 1;
    if (line.starts_with('[')) inside = line == wanted;
    const std::size_t equals = line.find('=');
    if (!inside || equals == std::string::npos) continue;
    const std::string key = line.substr(0, equals), value = line.substr(equals + 1);
    if (key == "aws_access_key_id") found.access_key_id = value;
    if (key == "aws_secret_access_key") found.secret_access_key = value;
    if (key == "aws_session_token") found.session_token = value;
  }
  if (found.access_key_id.empty() || found.secret_access_key.empty()) return std::nullopt;
  return found;
}

bool AwsCredentials::accept(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return false;
  const auto member = [&](const char* name) {
    const auto it = json.find(name);
    return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  if (json.contains("Code") && member("Code") != "Success") return false;
  const std::optional<Time> expires = base::parse_iso8601(member("Expiration"));
  cached_ = auth::Credentials{member("AccessKeyId"), member("SecretAccessKey"), member("Token")};
  refresh_at_ = expires ? std::optional<Time>(*expires - refresh_window) : std::nullopt;
  return !cached_->access_key_id.empty();
}

world::Task<bool> AwsCredentials::from_container() {
  std::string text = process_.env("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (text.empty()) {
    const std::string relative = process_.env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    if (relative.empty()) co_return false;
    text = "http://169.254.170.2" + relative;
  }
  const std::optional<Url> url = parse_http_url(text);
  const bool allowed =
      url && (url->host == "localhost" || url->host.starts_with("127.") || url->host == "169.254.170.2");
  if (!allowed) co_return false;
  world::Call call;
  call.host = url->host;
  call.port = url->port;
  call.total_timeout = 5s;
  call.request.target = url->target;
  call.request.headers.add("Host", url->host);
  if (const std::string token = process_.env("AWS_CONTAINER_AUTHORIZATION_TOKEN"); !token.empty())
    call.request.headers.add("Authorization", token);
  const world::Reply reply = co_await process_.network.send(std::move(call));
  const auto* response = std::get_if<http::Response>(&reply);
  co_return response != nullptr && response->status == 200 && accept(response->body);
}

world::Task<bool> AwsCredentials::from_instance() {
  const std::optional<std::string> roles = co_await metadata_.get(role_path);
  if (!roles) co_return false;
  const std::string role = roles->substr(0, roles->find('\n'));
  const std::optional<std::string> text = co_await metadata_.get(role_path + role);
  co_return text&& accept(*text);
}

world::Task<std::optional<auth::Credentials>> AwsCredentials::get() {
  if (cached_ && (!refresh_at_ || process_.scheduler.now() < *refresh_at_)) co_return cached_;
  const std::optional<auth::Credentials> before = cached_;
  if (!settings_.access_key.empty() && !settings_.secret_key.empty()) {
    cached_ = auth::Credentials{settings_.access_key, settings_.secret_key, settings_.session_token};
    co_return cached_;
  }
  auto env = [this](const char* name, const char* other) {
    const std::string value = process_.env(name);
    return value.empty() ? process_.env(other) : value;
  };
  const std::string id = env("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY");
  const std::string secret = env("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY");
  if (!id.empty() && !secret.empty()) {
    cached_ = auth::Credentials{id, secret, process_.env("AWS_SESSION_TOKEN")};
    co_return cached_;
  }
  cached_ = from_file();
  if (cached_) co_return cached_;
  const bool container = co_await from_container();
  if (container) co_return cached_;
  const bool instance = co_await from_instance();
  if (instance) co_return cached_;
  cached_.reset();
  // What has been fetched before is used as long as it may hold, when it cannot be renewed.
  if (before && refresh_at_ && process_.scheduler.now() < *refresh_at_ + refresh_window) cached_ = before;
  co_return cached_;
}

world::Task<std::string> AwsCredentials::region() {
  std::string known = settings_.region;
  if (known.empty()) known = process_.env("AWS_REGION");
  if (known.empty()) known = process_.env("AWS_DEFAULT_REGION");
  if (!known.empty()) co_return known;
  // Available at all? Then the identity document names the region.
  const std::optional<std::string> instance = co_await metadata_.get("meta-data/instance-id");
  if (instance) {
    const std::optional<std::string> text = co_await metadata_.get("dynamic/instance-identity/document");
    const nlohmann::json document = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
    if (document.is_object() && document.contains("region"))
      co_return document.at("region").get<std::string>();
  }
  co_return std::string("us-east-1");
}

}  // namespace squall::vault
