#include "emulator/services/imds/imds.hpp"

#include <algorithm>
#include <charconv>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/services/imds/metadata.hpp"

namespace squall::services::imds {
namespace {

constexpr std::string_view token_path = "/latest/api/token";
constexpr std::string_view token_header = "X-aws-ec2-metadata-token";
constexpr std::string_view ttl_header = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds";  // as answers write it
constexpr std::int64_t longest_ttl_s = 21600;
constexpr std::size_t most_path_bytes = 1024;
// New credentials are there long before the old ones end (AWS promises five minutes).
constexpr Duration renewal_margin = 1h;

constexpr std::string_view versions[] = {
    "1.0",        "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15",
    "2008-02-01", "2008-09-01", "2009-04-04", "2011-01-01", "2011-05-01", "2012-01-12",
    "2014-02-25", "2014-11-05", "2015-10-20", "2016-04-19", "2016-06-30", "2016-09-02",
    "2018-03-28", "2018-08-17", "2018-09-24", "2019-10-01", "2020-10-27", "2021-01-03",
    "2021-03-23", "2021-07-15", "2022-09-24", "2024-04-11", "latest",
};

// AWS's page for what goes wrong.
http::Response failure(int status, const std::string& title) {
  std::string heading = std::to_string(status) + " - " + title;
  std::string page =
      "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"
      "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n"
      "\t\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
      "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n"
      " <head>\n  <title>" +
      heading + "</title>\n </head>\n <body>\n  <h1>" + heading + "</h1>\n </body>\n</html>\n";
  http::Response response = http::Response::text(status, page, "text/html");
  response.headers.add("Server", "EC2ws");
  return response;
}

http::Response not_found() { return failure(404, "Not Found"); }

http::Response success(std::string body, const ec2::InstanceView& instance) {
  http::Response response = http::Response::text(200, std::move(body));
  response.headers.add("Accept-Ranges", "none");
  response.headers.add("Last-Modified", base::http_date(instance.record.launch_time));
  response.headers.add("Server", "EC2ws");
  return response;
}

std::string big_endian(std::uint64_t number) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(number >> (56 - 8 * i) & 0xff);
  return bytes;
}

// Between the slashes, empty parts left out.
std::string normalized(std::string_view path) {
  std::string clean;
  while (!path.empty()) {
    std::size_t slash = path.find('/');
    std::string_view part = path.substr(0, slash);
    if (!part.empty()) clean += (clean.empty() ? "" : "/") + std::string(part);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return clean;
}

}  // namespace

Imds::Imds(world::Scheduler& scheduler, world::Entropy& entropy, ec2::Directory& instances, RoleSource& roles)
    : scheduler_(scheduler), instances_(instances), roles_(roles), token_key_(entropy.bytes(32)) {}

std::optional<http::Response> Imds::answer(const std::string& instance_id, const http::Request& request) {
  auto instance = instances_.find(instance_id);
  if (!instance || !instance->record.exists()) return std::nullopt;
  if (instance->record.http_endpoint == "disabled") return failure(403, "Forbidden");
  if (request.path().size() > most_path_bytes) return failure(414, "URI Too Long");
  if (request.method == "PUT") {
    // The limit is the TTL of the packets that carry the token, and of nothing else.
    if (request.hops > instance->record.hop_limit) return std::nullopt;
    return put(*instance, request);
  }
  if (request.method != "GET" && request.method != "HEAD") return failure(405, "Method Not Allowed");
  http::Response response = get(*instance, request);
  if (request.method == "HEAD") response.body.clear();
  return response;
}

http::Response Imds::put(const ec2::InstanceView& instance, const http::Request& request) {
  if (request.path() != token_path) return failure(405, "Method Not Allowed");
  // A proxy that was tricked into asking says for whom it asks.
  if (request.headers.has("X-Forwarded-For")) return failure(403, "Forbidden");
  std::string_view ttl_text = request.headers.get(ttl_header);
  std::int64_t ttl_s = 0;
  auto [end, problem] = std::from_chars(ttl_text.data(), ttl_text.data() + ttl_text.size(), ttl_s);
  if (problem != std::errc() || end != ttl_text.data() + ttl_text.size() || ttl_s < 1 ||
      ttl_s > longest_ttl_s)
    return failure(400, "Bad Request");
  http::Response response = http::Response::text(200, make_token(instance.record.id, ttl_s));
  response.headers.add(std::string(ttl_header), std::to_string(ttl_s));
  response.headers.add("Server", "EC2ws");
  return response;
}

http::Response Imds::get(const ec2::InstanceView& instance, const http::Request& request) {
  if (request.path() == token_path) return failure(405, "Method Not Allowed");
  std::optional<std::int64_t> left_s;
  if (request.headers.has(token_header)) {
    left_s = token_left_s(instance.record.id, request.headers.get(token_header));
    if (!left_s) return failure(401, "Unauthorized");
  } else if (instance.record.http_tokens == "required") {
    return failure(401, "Unauthorized");
  }
  std::string path = normalized(base::percent_decode(request.path()));
  std::size_t slash = path.find('/');
  std::string version = path.substr(0, slash);
  std::optional<std::string> text;
  std::string_view below = slash == std::string::npos ? "" : std::string_view(path).substr(slash + 1);
  if (version.empty())
    text = listing(std::vector<std::string>(std::begin(versions), std::end(versions)));
  else if (std::find(std::begin(versions), std::end(versions), version) != std::end(versions))
    text = document(instance, below);
  if (!text) return not_found();
  http::Response response = success(std::move(*text), instance);
  if (below == "user-data") response.headers.set("Content-Type", "application/octet-stream");
  if (left_s) response.headers.add(std::string(ttl_header), std::to_string(*left_s));
  return response;
}

// 40 bytes, as AWS's tokens: a header, the end in seconds, and a seal over both and the instance.
std::string Imds::make_token(const std::string& instance_id, std::int64_t ttl_s) {
  std::string claim = std::string("\x01\x00\x04\x00", 4) +
                      big_endian(static_cast<std::uint64_t>(base::unix_seconds(scheduler_.now()) + ttl_s));
  return base::base64_encode(claim + base::hmac_sha256(token_key_, claim + instance_id).substr(0, 28));
}

std::optional<std::int64_t> Imds::token_left_s(const std::string& instance_id, std::string_view token) const {
  auto raw = base::base64_decode(token);
  if (!raw || raw->size() != 40) return std::nullopt;
  std::string claim = raw->substr(0, 12);
  std::string seal = base::hmac_sha256(token_key_, claim + instance_id).substr(0, 28);
  if (!base::constant_time_equal(seal, raw->substr(12))) return std::nullopt;
  std::uint64_t end_s = 0;
  for (char byte : claim.substr(4)) end_s = end_s << 8 | static_cast<unsigned char>(byte);
  std::int64_t left_s = static_cast<std::int64_t>(end_s) - base::unix_seconds(scheduler_.now());
  return left_s > 0 ? std::optional(left_s) : std::nullopt;
}

std::optional<std::string> Imds::document(const ec2::InstanceView& instance, std::string_view path) {
  constexpr std::string_view metadata_root = "meta-data";
  bool has_user_data = !instance.record.user_data.data.empty();
  if (path.empty()) return has_user_data ? "dynamic\nmeta-data\nuser-data" : "dynamic\nmeta-data";
  if (path == "user-data")
    return has_user_data ? std::optional(instance.record.user_data.data) : std::nullopt;
  if (path == "dynamic") return "instance-identity/";
  if (path == "dynamic/instance-identity") return "document";
  if (path == "dynamic/instance-identity/document") return identity_document(instance);
  if (path != metadata_root && !path.starts_with("meta-data/")) return std::nullopt;
  std::string_view below = path.size() > metadata_root.size() ? path.substr(metadata_root.size() + 1) : "";
  if (below == "iam" || below.starts_with("iam/")) return iam_document(instance, below);
  std::vector<std::string> more;
  if (!instance.record.profile_arn.empty()) more.push_back("iam/");
  return metadata(instance, below, more);
}

std::optional<std::string> Imds::iam_document(const ec2::InstanceView& instance, std::string_view path) {
  const std::string& profile = instance.record.profile_arn;
  if (profile.empty()) return std::nullopt;
  auto role = roles_.role_name(profile);
  if (path == "iam") return role ? "info\nsecurity-credentials/" : "info";
  if (path == "iam/info")
    return "{\n  \"Code\" : \"" + std::string(role ? "Success" : "InstanceProfileNotFound") +
           "\",\n  \"LastUpdated\" : \"" + base::iso8601(scheduler_.now()) +
           "\",\n  \"InstanceProfileArn\" : \"" + profile + "\",\n  \"InstanceProfileId\" : \"" +
           instance.record.profile_id + "\"\n}";
  if (!role) return std::nullopt;
  if (path == "iam/security-credentials") return *role;
  if (path == "iam/security-credentials/" + *role) return credentials_document(instance, *role);
  return std::nullopt;
}

std::string Imds::credentials_document(const ec2::InstanceView& instance, const std::string& role) {
  Time now = scheduler_.now();
  auto cached = credentials_.find(instance.record.id);
  bool fresh = cached != credentials_.end() && cached->second.profile_arn == instance.record.profile_arn &&
               cached->second.role == role && cached->second.credentials.expires - now > renewal_margin;
  if (!fresh) {
    auto minted = roles_.mint(instance.record.id, instance.record.profile_arn);
    if (!minted) {
      credentials_.erase(instance.record.id);
      return "{\n  \"Code\" : \"AssumeRoleUnauthorizedAccess\",\n  \"Message\" : \"EC2 cannot assume the "
             "role " +
             role +
             ".  Please see documentation at "
             "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html"
             "#troubleshoot_iam-ec2_errors-info-doc.\",\n  \"LastUpdated\" : \"" +
             base::iso8601(now) + "\"\n}";
    }
    cached =
        credentials_.insert_or_assign(instance.record.id, Cached{instance.record.profile_arn, role, *minted})
            .first;
  }
  const RoleCredentials& credentials = cached->second.credentials;
  return "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"" + base::iso8601(credentials.issued) +
         "\",\n  \"Type\" : \"AWS-HMAC\",\n  \"AccessKeyId\" : \"" + credentials.access_key_id +
         "\",\n  \"SecretAccessKey\" : \"" + credentials.secret_access_key + "\",\n  \"Token\" : \"" +
         credentials.session_token + "\",\n  \"Expiration\" : \"" + base::iso8601(credentials.expires) +
         "\"\n}";
}

}  // namespace squall::services::imds
