#include "harness/guest/aws/credentials.hpp"

#include <nlohmann/json.hpp>

#include "harness/guest/aws/failure.hpp"
#include "harness/guest/aws/imds.hpp"

namespace squall::guest::aws {
namespace {

std::optional<auth::Credentials> from_environment(program::Context& context) {
  auth::Credentials out{context.env("AWS_ACCESS_KEY_ID"), context.env("AWS_SECRET_ACCESS_KEY"),
                        context.env("AWS_SESSION_TOKEN", context.env("AWS_SECURITY_TOKEN"))};
  if (out.access_key_id.empty()) return {};
  if (out.secret_access_key.empty())
    throw Failure(general_status, "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY");
  return out;
}

std::optional<auth::Credentials> from_profile(const Settings& settings) {
  auth::Credentials out{settings.from_profile("aws_access_key_id"),
                        settings.from_profile("aws_secret_access_key"),
                        settings.from_profile("aws_session_token")};
  if (out.access_key_id.empty()) return {};
  if (out.secret_access_key.empty())
    throw Failure(general_status,
                  "Partial credentials found in shared-credentials-file, missing: aws_secret_access_key");
  return out;
}

std::optional<auth::Credentials> from_document(const std::string& text) {
  auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("AccessKeyId") || !document.contains("SecretAccessKey"))
    return {};
  return auth::Credentials{document["AccessKeyId"], document["SecretAccessKey"], document.value("Token", "")};
}

world::Task<std::optional<auth::Credentials>> from_container(program::Context& context) {
  const std::string relative = context.env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (relative.empty()) co_return std::nullopt;
  world::Call call{.host = "169.254.170.2", .request = {.target = relative}};
  call.request.headers.add("Host", "169.254.170.2");
  call.connect_timeout = 2s;
  call.total_timeout = 2s;
  world::Reply reply = co_await context.network().send(std::move(call));
  if (auto* response = std::get_if<http::Response>(&reply); response != nullptr && response->status == 200)
    co_return from_document(response->body);
  throw Failure(general_status,
                "Error when retrieving credentials from container-role: Error retrieving "
                "metadata: Received non 200 response from ECS metadata");
}

world::Task<std::optional<auth::Credentials>> from_instance(program::Context& context) {
  const std::string folder = "/latest/meta-data/iam/security-credentials/";
  auto role = co_await ask_metadata(context, folder);
  if (!role) co_return std::nullopt;
  auto document = co_await ask_metadata(context, folder + role->substr(0, role->find('\n')));
  if (!document) co_return std::nullopt;
  co_return from_document(*document);
}

std::string configured_region(program::Context& context, const Settings& settings) {
  for (const std::string& region : {settings.region_option, context.env("AWS_REGION"),
                                    context.env("AWS_DEFAULT_REGION"), settings.from_profile("region")})
    if (!region.empty()) return region;
  return {};
}

}  // namespace

world::Task<std::optional<FoundCredentials>> look_for_credentials(program::Context& context,
                                                                  const Settings& settings) {
  // A profile that was asked for by option goes before the environment's keys.
  if (settings.profile_option.empty())
    if (auto found = from_environment(context)) co_return FoundCredentials{*found, "env"};
  if (auto found = from_profile(settings)) co_return FoundCredentials{*found, "shared-credentials-file"};
  if (!settings.from_profile("role_arn").empty())
    throw Failure(general_status, "Squall does not serve profiles with role_arn; call aws sts assume-role");
  auto container = co_await from_container(context);
  if (container) co_return FoundCredentials{*container, "container-role"};
  auto instance = co_await from_instance(context);
  if (instance) co_return FoundCredentials{*instance, "iam-role"};
  co_return std::nullopt;
}

world::Task<auth::Credentials> find_credentials(program::Context& context, const Settings& settings) {
  std::optional<FoundCredentials> found = co_await look_for_credentials(context, settings);
  if (!found)
    throw Failure(
        configuration_status,
        "Unable to locate credentials. You can configure credentials by running \"aws configure\".");
  co_return found->credentials;
}

world::Task<std::string> find_region(program::Context& context, const Settings& settings) {
  std::string region = configured_region(context, settings);
  if (!region.empty()) co_return region;
  auto zone = co_await ask_metadata(context, "/latest/meta-data/placement/availability-zone/");
  if (!zone) co_return "";
  zone->pop_back();
  co_return *zone;
}

}  // namespace squall::guest::aws
