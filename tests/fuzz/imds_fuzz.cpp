// Whatever an instance sends to IMDS gets an answer or none, and none of it throws.
#include <cstdint>
#include <cstdlib>

#include "emulator/services/imds/imds.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::services::imds {
namespace {

class OneInstance final : public ec2::Directory {
 public:
  OneInstance() {
    view_.record.id = "i-0123456789abcdef0";
    view_.record.account = "123456789012";
    view_.record.region = "us-east-1";
    view_.record.state = ec2::State::running;
    view_.record.private_ip = "172.31.0.10";
    view_.record.public_ip = "54.210.1.2";
    view_.record.mac = "02:00:00:00:00:01";
    view_.record.metadata_tags = "enabled";
    view_.record.profile_arn = "arn:aws:iam::123456789012:instance-profile/p";
    view_.tags = {{"Name", "n"}};
  }
  std::optional<ec2::InstanceView> find(const std::string&) override { return view_; }
  std::optional<ec2::InstanceView> find_by_address(const ec2::Scope&, const std::string&) override {
    return {};
  }
  std::vector<ec2::InstanceView> find_by_tag(const ec2::Scope&, const std::string&,
                                             const std::vector<std::string>&) override {
    return {};
  }
  std::vector<ec2::InstanceView> list(const ec2::Scope&) override { return {}; }

 private:
  ec2::InstanceView view_;
};

class NoRoles final : public RoleSource {
 public:
  std::optional<std::string> role_name(const std::string&) override { return "role"; }
  std::optional<RoleCredentials> mint(const std::string&, const std::string&) override {
    return std::nullopt;
  }
};

}  // namespace

// The input: a method, a path, a token and a TTL, each on a line of its own.
void check(std::string_view input) {
  testing::ManualScheduler scheduler;
  testing::SeededEntropy entropy;
  OneInstance instances;
  NoRoles roles;
  Imds imds(scheduler, entropy, instances, roles);
  auto line = [&] {
    std::size_t end = input.find('\n');
    std::string text(input.substr(0, end));
    input = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
    return text;
  };
  http::Request request;
  request.method = line();
  request.target = line();
  if (std::string token = line(); !token.empty()) request.headers.add("X-aws-ec2-metadata-token", token);
  if (std::string ttl = line(); !ttl.empty())
    request.headers.add("X-aws-ec2-metadata-token-ttl-seconds", ttl);
  auto answer = imds.answer("i-0123456789abcdef0", request);
  if (!answer || answer->status < 200 || answer->status > 499) std::abort();
  // Nobody guesses a token.
  if (request.headers.has("X-aws-ec2-metadata-token") && request.method == "GET" && answer->status == 200)
    std::abort();
}

}  // namespace squall::services::imds

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  squall::services::imds::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
