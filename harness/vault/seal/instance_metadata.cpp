#include "harness/vault/seal/instance_metadata.hpp"

#include "harness/vault/seal/aws_retry.hpp"

namespace squall::vault {
namespace {

constexpr const char* address = "169.254.169.254";
constexpr Duration request_timeout = 1s;
constexpr int tries = 3, token_ttl_s = 21600;

}  // namespace

world::Task<InstanceMetadata::Answer> InstanceMetadata::fetch(std::string method, std::string path,
                                                              std::string token) {
  world::Call call;
  call.host = address;
  call.connect_timeout = call.total_timeout = request_timeout;
  call.request.method = method;
  call.request.target = "/latest/" + path;
  call.request.headers.add("Host", address);
  call.request.headers.add("User-Agent", "aws-sdk-go/1.44.269 (squall; linux; amd64)");
  if (method == "PUT") {
    call.request.headers.add("Content-Length", "0");
    call.request.headers.add("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", std::to_string(token_ttl_s));
  }
  if (!token.empty()) call.request.headers.add("X-Aws-Ec2-Metadata-Token", token);
  call.request.headers.add("Accept-Encoding", "gzip");
  call.request.headers.add("Connection", "close");
  const world::Reply reply = co_await network_.send(std::move(call));
  Answer answer;
  if (const auto* response = std::get_if<http::Response>(&reply)) answer = {response->status, response->body};
  co_return answer;
}

world::Task<> InstanceMetadata::pause(int attempt) {
  if (attempt > 0) co_await world::sleep(scheduler_, aws_retry_delay(attempt - 1, false, entropy_));
}

// The token to send; empty for version 1.
world::Task<std::string> InstanceMetadata::token() {
  if (version_1_) co_return std::string();
  if (token_expires_ && scheduler_.now() < *token_expires_) co_return token_;
  Answer answer;
  for (int attempt = 0; attempt < tries && answer.again(); ++attempt) {
    co_await pause(attempt);
    answer = co_await fetch("PUT", "api/token", "");
  }
  if (answer.status == 200) {
    token_ = answer.body;
    token_expires_ = scheduler_.now() + std::chrono::seconds{token_ttl_s};
    co_return token_;
  }
  if (answer.status == 403 || answer.status == 404 || answer.status == 405) {
    version_1_ = true;
    const std::string reason =
        std::to_string(answer.status) + " " + std::string(http::reason_phrase(answer.status));
    const std::string status = "\n\tstatus code: " + std::to_string(answer.status) + ", request id: \n";
    out_(base::format_utc(scheduler_.now(), "%Y/%m/%d %H:%M:%S") +
         " WARN: failed to get session token, falling back to IMDSv1: " + reason + ": " +
         std::string(http::reason_phrase(answer.status)) + status +
         "caused by: EC2MetadataError: failed to make EC2Metadata request\n" + status);
  }
  co_return std::string();
}

world::Task<std::optional<std::string>> InstanceMetadata::get(std::string path) {
  Answer answer;
  for (int attempt = 0; attempt < tries && answer.again(); ++attempt) {
    co_await pause(attempt);
    const std::string token_text = co_await token();  // asked for anew by every try
    answer = co_await fetch("GET", path, token_text);
  }
  if (answer.status == 401) {  // tokens are wanted after all
    version_1_ = false;
    token_expires_.reset();
  }
  if (answer.status != 200) co_return std::nullopt;
  co_return answer.body;
}

}  // namespace squall::vault
