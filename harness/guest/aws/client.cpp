#include "harness/guest/aws/client.hpp"

#include <algorithm>
#include <cctype>

#include "emulator/base/random.hpp"
#include "emulator/world/await.hpp"
#include "harness/guest/aws/customizations.hpp"
#include "harness/guest/aws/values.hpp"

namespace squall::guest::aws {
namespace {

bool throttled(const std::string& code) {
  static constexpr std::string_view codes[] = {"Throttling",
                                               "ThrottlingException",
                                               "ThrottledException",
                                               "RequestThrottled",
                                               "RequestThrottledException",
                                               "TooManyRequestsException",
                                               "RequestLimitExceeded",
                                               "BandwidthLimitExceeded",
                                               "LimitExceededException",
                                               "SlowDown",
                                               "PriorRequestNotComplete",
                                               "ProvisionedThroughputExceededException",
                                               "TransactionInProgressException",
                                               "EC2ThrottledException"};
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

bool transient(int status, const std::string& code) {
  return status == 500 || status == 502 || status == 503 || status == 504 || code == "RequestTimeout" ||
         code == "RequestTimeoutException" || throttled(code);
}

// Between 0 and 2^attempt seconds, at most 20.
Duration backoff(program::Context& context, int attempt) {
  std::uint64_t draw = 0;
  for (char c : context.entropy().bytes(4)) draw = draw << 8 | static_cast<unsigned char>(c);
  const double share = static_cast<double>(draw) / 4294967296.0;
  const double seconds = std::min(share * static_cast<double>(1 << attempt), 20.0);
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

std::string upper_snake(std::string_view text) {
  std::string out;
  for (char c : text)
    out += c == ' ' || c == '-' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 32) : c;
  return out;
}

// A member that names a request so that it is not done twice gets an id of its own.
void add_tokens(program::Context& context, const wire::Operation& operation, Json& parameters) {
  if (operation.input == nullptr) return;
  for (const wire::Member& member : operation.input->members)
    if (member.idempotency_token && !parameters.contains(std::string(member.name)))
      parameters[std::string(member.name)] = context.entropy().uuid();
}

// A region becomes part of a host's name.
void check_region(const std::string& region) {
  const bool sound =
      region.size() <= 63 && !region.starts_with('-') && !region.ends_with('-') &&
      std::all_of(region.begin(), region.end(),
                  [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-'; }) &&
      (region.empty() || region.find_first_not_of("0123456789") != region.npos);
  if (!sound)
    throw Failure(general_status, "Provided region_name '" + region + "' doesn't match a supported format.");
}

// AWS_MAX_ATTEMPTS and AWS_RETRY_MODE, or the profile's settings of those names
// (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-retries.html).
int configured_attempts(program::Context& context, const Settings& settings) {
  const std::string text = context.env("AWS_MAX_ATTEMPTS", settings.from_profile("max_attempts"));
  const std::string mode = context.env("AWS_RETRY_MODE", settings.from_profile("retry_mode"));
  auto attempts = text.empty() ? std::optional<std::int64_t>(3) : python_int(text);
  if (!attempts) throw Failure(general_status, "invalid literal for int() with base 10: '" + text + "'");
  if (mode == "adaptive") throw Failure(general_status, "Squall does not serve AWS_RETRY_MODE adaptive");
  if (!mode.empty() && mode != "standard")
    throw Failure(general_status, "Invalid value provided to \"mode\": \"" + mode +
                                      "\" must be one of: \"standard\" or \"adaptive\"");
  if (*attempts < 1)
    throw Failure(general_status, "Value provided to \"max_attempts\": " + std::to_string(*attempts) +
                                      " must be an integer greater than or equal to one.");
  return static_cast<int>(std::min<std::int64_t>(*attempts, 1000));
}

}  // namespace

Failure service_failure(const ServiceError& error, std::string_view operation) {
  return {service_status,
          "An error occurred (" + error.code + ") when calling the " + std::string(operation) + " operation" +
              (error.retries_spent ? " (reached max retries: " + std::to_string(*error.retries_spent) + ")"
                                   : std::string()) +
              ": " + error.what()};
}

world::Task<Client> Client::make(program::Context& context, const Settings& settings,
                                 const wire::Service& service) {
  Client client(context, settings, service);
  client.region_ = co_await find_region(context, settings);
  if (client.region_.empty() && !service.global)
    throw Failure(
        configuration_status,
        "You must specify a region. You can also configure your region by running \"aws configure\".");
  check_region(client.region_);
  client.max_attempts_ = configured_attempts(context, settings);
  client.signing_region_ = service.global ? "us-east-1" : client.region_;
  client.endpoint_ = settings.endpoint_url;
  if (client.endpoint_.empty())
    client.endpoint_ =
        context.env("AWS_ENDPOINT_URL_" + upper_snake(service.service_id), context.env("AWS_ENDPOINT_URL"));
  if (client.endpoint_.empty()) {
    const std::string prefix(service.endpoint_prefix);
    client.endpoint_ = "https://" + prefix + (service.global ? "" : "." + client.region_) + ".amazonaws.com";
  }
  if (!client.endpoint_.ends_with('/')) client.endpoint_ += '/';
  co_return client;
}

world::Call Client::address(http::Request request) const {
  world::Call call;
  const std::size_t scheme = endpoint_.find("://"), start = scheme + 3;
  call.scheme = endpoint_.substr(0, scheme);
  const std::string authority = endpoint_.substr(start, endpoint_.find('/', start) - start);
  const std::size_t colon = authority.rfind(':');
  const bool port = colon != authority.npos && authority.find(']', colon) == authority.npos;
  call.host = authority.substr(0, port ? colon : authority.npos);
  call.port = call.scheme == "https" ? 443 : 80;
  if (port) call.port = static_cast<std::uint16_t>(python_int(authority.substr(colon + 1)).value_or(0));
  if (call.host.starts_with('[') && call.host.ends_with(']'))
    call.host = call.host.substr(1, call.host.size() - 2);
  const std::string path = endpoint_.substr(endpoint_.find('/', start));
  if (path.size() > 1) request.target = path.substr(0, path.size() - 1) + request.target;
  request.headers.set("Host", authority);
  request.headers.set("User-Agent",
                      "aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0 source/x86_64.debian.12 prompt/off");
  call.request = std::move(request);
  call.tls.skip_verify = !settings_->verify_tls;
  call.connect_timeout = std::chrono::seconds(settings_->connect_timeout_s);
  call.total_timeout = std::chrono::seconds(settings_->read_timeout_s);
  return call;
}

void Client::fail_connection(const world::NetError& error) const {
  using world::NetFault;
  if (error.fault == NetFault::timed_out && error.connected)
    throw Failure(general_status, "Read timeout on endpoint URL: \"" + endpoint_ + "\"");
  if (error.fault == NetFault::timed_out)
    throw Failure(general_status, "Connect timeout on endpoint URL: \"" + endpoint_ + "\"");
  if (error.fault == NetFault::reset)
    throw Failure(general_status,
                  "Connection was closed before we received a valid response from endpoint URL: \"" +
                      endpoint_ + "\".");
  const char* tls =
      error.fault == NetFault::tls_untrusted
          ? "certificate verify failed: unable to get local issuer certificate"
      : error.fault == NetFault::tls_name_mismatch
          ? "certificate verify failed: Hostname mismatch, certificate is not valid for the name"
      : error.fault == NetFault::tls_expired ? "certificate verify failed: certificate has expired"
      : error.fault == NetFault::tls_not_tls ? "wrong version number"
                                             : nullptr;
  if (tls != nullptr)
    throw Failure(general_status, "SSL validation failed for " + endpoint_ + " [SSL: " +
                                      (error.fault == NetFault::tls_not_tls ? "WRONG_VERSION_NUMBER] "
                                                                            : "CERTIFICATE_VERIFY_FAILED] ") +
                                      tls);
  throw Failure(general_status, "Could not connect to the endpoint URL: \"" + endpoint_ + "\"");
}

world::Task<http::Response> Client::send(http::Request request, bool sign) {
  if (sign && !credentials_) credentials_ = co_await find_credentials(*context_, *settings_);
  world::Call call = address(std::move(request));
  if (!settings_->ca_bundle.empty() && call.scheme == "https") {
    auto bundle = context_->disk().read(context_->resolve(settings_->ca_bundle));
    if (!bundle)
      throw Failure(general_status, "Could not find a suitable TLS CA certificate bundle, invalid path: " +
                                        settings_->ca_bundle);
    call.tls.ca_pem = *bundle;
  }
  for (int attempt = 0;; ++attempt) {
    world::Call one = call;
    if (sign)
      auth::sign(one.request, *credentials_, signing_region_, service_->signing_name,
                 context_->scheduler().now());
    world::Reply reply = co_await context_->network().send(std::move(one));
    const bool last = attempt + 1 >= max_attempts_;
    if (auto* failed = std::get_if<world::NetError>(&reply)) {
      const bool hopeless = failed->fault >= world::NetFault::tls_not_tls;
      if (last || hopeless) fail_connection(*failed);
    } else {
      auto& response = std::get<http::Response>(reply);
      if (response.status < 300) co_return std::move(response);
      base::AwsError error = wire::codec(service_->protocol).decode_error(response);
      const bool retry = transient(response.status, error.code);
      if (!retry || last)
        throw ServiceError(error.code, response.status, error.what(),
                           retry ? std::optional(attempt) : std::nullopt);
    }
    co_await world::sleep(context_->scheduler(), backoff(*context_, attempt));
  }
}

world::Task<Json> Client::call(const wire::Operation& operation, Json parameters) {
  if (settings_->binary_format == "base64" && operation.input != nullptr)
    decode_blobs(parameters, *operation.input);
  finish_parameters(*service_, operation, parameters);
  add_tokens(*context_, operation, parameters);
  validate_parameters(parameters, operation);
  const wire::Codec& codec = wire::codec(service_->protocol);
  wire::Value input =
      operation.input == nullptr ? wire::Value::object() : to_wire(parameters, *operation.input);
  http::Request request = codec.encode_request(*service_, operation, input);
  http::Response response = co_await send(std::move(request), settings_->sign && !operation.unsigned_allowed);
  if (operation.output == nullptr) co_return Json::object();
  Json output = from_wire(codec.decode_response(*service_, operation, response), *operation.output);
  change_answer(*service_, operation, output);
  co_return output;
}

}  // namespace squall::guest::aws
