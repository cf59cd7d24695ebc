#include "harness/guest/aws/imds.hpp"

namespace squall::guest::aws {
namespace {

world::Task<std::optional<http::Response>> exchange(program::Context& context, http::Request request) {
  request.headers.add("Host", "169.254.169.254");
  world::Call call{.scheme = "http", .host = "169.254.169.254", .port = 80, .request = std::move(request)};
  call.connect_timeout = 1s;
  call.total_timeout = 2s;
  world::Reply reply = co_await context.network().send(std::move(call));
  if (auto* response = std::get_if<http::Response>(&reply)) co_return std::move(*response);
  co_return std::nullopt;
}

}  // namespace

world::Task<std::optional<std::string>> ask_metadata(program::Context& context, std::string path) {
  if (context.env("AWS_EC2_METADATA_DISABLED") == "true") co_return std::nullopt;
  http::Request for_token{.method = "PUT", .target = "/latest/api/token"};
  for_token.headers.add("x-aws-ec2-metadata-token-ttl-seconds", "21600");
  auto token = co_await exchange(context, std::move(for_token));
  http::Request request{.target = std::move(path)};
  if (token && token->status == 200) request.headers.add("x-aws-ec2-metadata-token", token->body);
  // Silence means that version 2 is out of reach; version 1 may still answer.
  auto answer = co_await exchange(context, std::move(request));
  if (!answer || answer->status != 200 || answer->body.empty()) co_return std::nullopt;
  co_return std::move(answer->body);
}

}  // namespace squall::guest::aws
