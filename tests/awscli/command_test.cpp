// What the comparison with the real command line does not reach: where credentials and region come from,
// retries, time-outs, waiting, files of configuration. The network is the test's own.
#include <gtest/gtest.h>

#include "emulator/base/encoding.hpp"
#include "harness/guest/aws/aws.hpp"
#include "harness/guest/aws/names.hpp"
#include "squall/api/ec2.hpp"
#include "squall/api/iam.hpp"
#include "squall/api/kms.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::guest::aws {
namespace {

struct Files final : world::Disk {
  std::map<std::string, std::string> files;
  std::optional<std::string> read(const std::string& path) override {
    auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  void write(const std::string& path, std::string_view content, int) override { files[path] = content; }
  void append(const std::string& path, std::string_view content, int) override { files[path] += content; }
  void rename(const std::string& from, const std::string& to) override { files[to] = files[from]; }
  bool remove(const std::string& path) override { return files.erase(path) > 0; }
  void make_directories(const std::string&, int) override {}
  std::vector<std::string> list(const std::string&) override { return {}; }
  bool exists(const std::string& path) override { return files.contains(path); }
  void sync(const std::string&) override {}
};

using Answer = std::function<world::Reply(const world::Call&)>;

struct Net final : world::Network {
  Answer answer;
  std::vector<world::Call> calls;
  world::Task<world::Reply> send(world::Call call) override {
    calls.push_back(call);
    co_return answer(call);
  }
  std::unique_ptr<Listener> listen(world::ListenOptions, world::Handler) override { return nullptr; }
};

class Shell final : public program::Context {
 public:
  Shell() {
    call_.env = {{"HOME", "/root"}};
    net.answer = [](const world::Call&) { return world::NetError{world::NetFault::unreachable}; };
  }
  const program::Invocation& invocation() const override { return call_; }
  world::Scheduler& scheduler() override { return clock; }
  world::Network& network() override { return net; }
  world::Disk& disk() override { return files; }
  world::Entropy& entropy() override { return entropy_; }
  void out(std::string_view text) override { output += text; }
  void err(std::string_view text) override { errors += text; }
  world::Task<std::string> read_input() override { co_return ""; }
  void on_signal(SignalHandler) override {}
  void notify(std::string_view) override {}

  void set(const std::string& name, const std::string& value) { call_.env[name] = value; }
  int run(std::vector<std::string> words) {
    output.clear();
    errors.clear();
    net.calls.clear();
    words.insert(words.begin(), "aws");
    call_.argv = std::move(words);
    static const wire::Service* const services[] = {&api::ec2::service(), &api::iam::service(),
                                                    &api::kms::service()};
    return clock.run(aws_program(services)(*this));
  }

  squall::testing::ManualScheduler clock;
  Net net;
  Files files;
  std::string output, errors;

 private:
  squall::testing::SeededEntropy entropy_;
  program::Invocation call_;
};

world::Reply reply(int status, const std::string& body) {
  return http::Response{.status = status, .headers = {}, .body = body, .reason = {}};
}

// An instance's metadata service with a role; `with_token` is whether it knows version 2.
Answer instance(bool with_token, Answer service) {
  return [=](const world::Call& call) -> world::Reply {
    if (call.host != "169.254.169.254") return service(call);
    const std::string& target = call.request.target;
    if (call.request.method == "PUT") return with_token ? reply(200, "TOKEN") : reply(404, "");
    if (with_token && call.request.headers.get("x-aws-ec2-metadata-token") != "TOKEN") return reply(401, "");
    if (target == "/latest/meta-data/placement/availability-zone/") return reply(200, "eu-west-1b");
    if (target == "/latest/meta-data/iam/security-credentials/") return reply(200, "role");
    return reply(200, R"({"AccessKeyId": "ASIAROLE", "SecretAccessKey": "s", "Token": "session"})");
  };
}

const std::string no_keys = R"({"Keys": [], "Truncated": false})";

TEST(Credentials, NoneAnywhere) {
  Shell shell;
  shell.set("AWS_REGION", "us-east-1");
  EXPECT_EQ(shell.run({"kms", "list-keys"}), 253);
  EXPECT_EQ(shell.errors,
            "\nUnable to locate credentials. You can configure credentials by running \"aws configure\".\n");
}

TEST(Credentials, OfTheInstanceAndItsRegion) {
  for (bool with_token : {true, false}) {
    Shell shell;
    shell.net.answer = instance(with_token, [](const world::Call&) { return reply(200, no_keys); });
    EXPECT_EQ(shell.run({"kms", "list-keys"}), 0) << shell.errors;
    const world::Call& call = shell.net.calls.back();
    EXPECT_EQ(call.scheme + "://" + call.host, "https://kms.eu-west-1.amazonaws.com");
    EXPECT_EQ(call.request.headers.get("X-Amz-Security-Token"), "session");
    EXPECT_NE(call.request.headers.get("Authorization").find("Credential=ASIAROLE/20240101/eu-west-1/kms/"),
              std::string_view::npos);
  }
}

// The messages are those of the real command line, which was run with the same settings.
TEST(RetrySettings, AreHonouredOrRefused) {
  Shell shell;
  for (auto [name, value] : {std::pair{"AWS_REGION", "us-east-1"},
                             {"AWS_ACCESS_KEY_ID", "AKIAENV"},
                             {"AWS_SECRET_ACCESS_KEY", "s"}})
    shell.set(name, value);
  shell.net.answer = [](const world::Call&) { return reply(503, R"({"__type": "Busy", "message": "no"})"); };
  auto attempts = [&] {
    EXPECT_EQ(shell.run({"kms", "list-keys"}), 254);
    return shell.net.calls.size();
  };
  EXPECT_EQ(attempts(), 3u);
  shell.files.files["/root/.aws/config"] = "[default]\nmax_attempts = 5\n";
  EXPECT_EQ(attempts(), 5u);
  shell.set("AWS_MAX_ATTEMPTS", "1");
  EXPECT_EQ(attempts(), 1u);
  EXPECT_EQ(shell.errors,
            "\nAn error occurred (Busy) when calling the ListKeys operation (reached max retries: 0): no\n");
  auto refused = [&](const char* name, const char* value) {
    shell.set(name, value);
    EXPECT_EQ(shell.run({"kms", "list-keys"}), 255);
    EXPECT_TRUE(shell.net.calls.empty());
    return shell.errors;
  };
  EXPECT_EQ(refused("AWS_MAX_ATTEMPTS", "x"), "\ninvalid literal for int() with base 10: 'x'\n");
  EXPECT_EQ(refused("AWS_MAX_ATTEMPTS", "0"),
            "\nValue provided to \"max_attempts\": 0 must be an integer greater than or equal to one.\n");
  EXPECT_EQ(refused("AWS_RETRY_MODE", "nope"),
            "\nInvalid value provided to \"mode\": \"nope\" must be one of: \"standard\" or \"adaptive\"\n");
  EXPECT_EQ(refused("AWS_RETRY_MODE", "adaptive"), "\nSquall does not serve AWS_RETRY_MODE adaptive\n");
}

TEST(Credentials, ProfileBeforeEnvironmentOnlyWhenAskedFor) {
  Shell shell;
  shell.set("AWS_ACCESS_KEY_ID", "AKIAENV");
  shell.set("AWS_SECRET_ACCESS_KEY", "s");
  shell.files.files["/root/.aws/config"] =
      "[default]\nregion = us-west-2\n\n[profile other]\nregion=eu-north-1\n";
  shell.files.files["/root/.aws/credentials"] =
      "[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = t\n";
  shell.net.answer = [](const world::Call&) { return reply(200, no_keys); };
  EXPECT_EQ(shell.run({"kms", "list-keys"}), 0);
  auto signed_by = [&] { return std::string(shell.net.calls.back().request.headers.get("Authorization")); };
  EXPECT_NE(signed_by().find("AKIAENV/20240101/us-west-2/"), std::string::npos) << signed_by();
  EXPECT_EQ(shell.run({"--profile", "other", "kms", "list-keys"}), 0);
  EXPECT_NE(signed_by().find("AKIAOTHER/20240101/eu-north-1/"), std::string::npos) << signed_by();
  EXPECT_EQ(shell.run({"--profile", "none", "kms", "list-keys"}), 255);
  EXPECT_EQ(shell.errors, "\nThe config profile (none) could not be found\n");
}

TEST(Region, MissingButForGlobalServices) {
  Shell shell;
  shell.set("AWS_ACCESS_KEY_ID", "AKIAENV");
  shell.set("AWS_SECRET_ACCESS_KEY", "s");
  EXPECT_EQ(shell.run({"kms", "list-keys"}), 253);
  EXPECT_EQ(
      shell.errors,
      "\nYou must specify a region. You can also configure your region by running \"aws configure\".\n");
  EXPECT_EQ(shell.run({"iam", "list-users"}), 255);
  EXPECT_EQ(shell.errors, "\nCould not connect to the endpoint URL: \"https://iam.amazonaws.com/\"\n");
}

struct Retries : ::testing::Test {
  Retries() {
    for (auto [name, value] : {std::pair{"AWS_ACCESS_KEY_ID", "AKIA"},
                               {"AWS_SECRET_ACCESS_KEY", "s"},
                               {"AWS_REGION", "us-east-1"}})
      shell.set(name, value);
  }
  Shell shell;
};

TEST_F(Retries, ThrottledThreeTimesThenGivenUp) {
  shell.net.answer = [](const world::Call&) {
    return reply(400, R"({"__type": "ThrottlingException", "message": "slow"})");
  };
  EXPECT_EQ(shell.run({"kms", "list-keys"}), 254);
  EXPECT_EQ(shell.net.calls.size(), 3U);
  EXPECT_EQ(shell.errors,
            "\nAn error occurred (ThrottlingException) when calling the ListKeys operation (reached max "
            "retries: 2): slow\n");
}

TEST_F(Retries, RecoversAndWaitsOnTheWorldsClock) {
  int attempts = 0;
  shell.net.answer = [&](const world::Call&) {
    return ++attempts < 3 ? reply(503, "") : reply(200, no_keys);
  };
  const Time start = shell.clock.now();
  EXPECT_EQ(shell.run({"kms", "list-keys", "--query", "length(Keys)"}), 0);
  EXPECT_EQ(shell.output, "0\n");
  EXPECT_GT(shell.clock.now(), start);
  EXPECT_LT(shell.clock.now(), start + 4s);
}

TEST_F(Retries, ARefusalIsFinal) {
  shell.net.answer = [](const world::Call&) {
    return reply(400, R"({"__type": "NotFoundException", "message": "no"})");
  };
  EXPECT_EQ(shell.run({"kms", "describe-key", "--key-id", "x"}), 254);
  EXPECT_EQ(shell.net.calls.size(), 1U);
}

TEST_F(Retries, TimeOuts) {
  shell.net.answer = [](const world::Call&) { return world::NetError{world::NetFault::timed_out, true}; };
  EXPECT_EQ(shell.run({"kms", "list-keys"}), 255);
  EXPECT_EQ(shell.errors, "\nRead timeout on endpoint URL: \"https://kms.us-east-1.amazonaws.com/\"\n");
  shell.net.answer = [](const world::Call&) { return world::NetError{world::NetFault::timed_out}; };
  EXPECT_EQ(shell.run({"kms", "list-keys"}), 255);
  EXPECT_EQ(shell.errors, "\nConnect timeout on endpoint URL: \"https://kms.us-east-1.amazonaws.com/\"\n");
}

TEST_F(Retries, AWaiterAsksEveryFifteenSeconds) {
  int asked = 0;
  shell.net.answer = [&](const world::Call&) {
    const std::string state = ++asked < 4 ? "pending" : "running";
    return reply(
        200, "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceState><name>" +
                 state +
                 "</name></instanceState></item></instancesSet></item></reservationSet>"
                 "</DescribeInstancesResponse>");
  };
  const Time start = shell.clock.now();
  EXPECT_EQ(shell.run({"ec2", "wait", "instance-running"}), 0) << shell.errors;
  EXPECT_EQ(shell.clock.now(), start + 45s);
  shell.net.answer = [](const world::Call&) {
    return reply(200,
                 "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceState><name>"
                 "terminated</name></instanceState></item></instancesSet></item></reservationSet>"
                 "</DescribeInstancesResponse>");
  };
  EXPECT_EQ(shell.run({"ec2", "wait", "instance-running"}), 255);
  EXPECT_EQ(
      shell.errors,
      "\nWaiter InstanceRunning failed: Waiter encountered a terminal failure state: For expression "
      "\"Reservations[].Instances[].State.Name\" we matched expected path: \"terminated\" at least once\n");
}

TEST(Configure, WritesWhatItReads) {
  Shell shell;
  EXPECT_EQ(shell.run({"configure", "get", "region"}), 1);
  EXPECT_EQ(shell.run({"configure", "set", "region", "eu-west-3"}), 0);
  EXPECT_EQ(shell.run({"configure", "set", "profile.p.output", "text"}), 0);
  EXPECT_EQ(shell.run({"configure", "set", "default.region", "eu-west-2"}), 0);
  EXPECT_EQ(shell.run({"configure", "set", "aws_access_key_id", "AKIA1"}), 0);
  EXPECT_EQ(shell.files.files["/root/.aws/config"],
            "[default]\nregion = eu-west-2\n[profile p]\noutput = text\n");
  EXPECT_EQ(shell.files.files["/root/.aws/credentials"], "[default]\naws_access_key_id = AKIA1\n");
  EXPECT_EQ(shell.run({"configure", "get", "region"}), 0);
  EXPECT_EQ(shell.output, "eu-west-2\n");
  EXPECT_EQ(shell.run({"configure", "list-profiles"}), 0);
  EXPECT_EQ(shell.output, "default\np\n");
}

TEST(Words, ThatAwsKnowsAndSquallDoesNot) {
  Shell shell;
  EXPECT_EQ(shell.run({"s3", "ls"}), 252);
  EXPECT_EQ(shell.errors, "\nSquall does not serve aws s3\n");
  EXPECT_EQ(shell.run({"kms", "create-grant"}), 252);
  EXPECT_EQ(shell.errors, "\nSquall does not serve aws kms create-grant\n");
  EXPECT_EQ(shell.run({"--output", "table", "kms", "list-keys"}), 252);
  EXPECT_EQ(shell.errors, "\nSquall does not serve --output table; use json or text\n");
  EXPECT_EQ(shell.run({"--debug", "kms", "list-keys"}), 252);
  EXPECT_EQ(shell.errors, "\nSquall does not serve --debug\n");
  EXPECT_EQ(shell.run({"kms", "list-keys", "--cli-auto-prompt"}), 252);
  EXPECT_EQ(shell.errors, "\nSquall does not serve --cli-auto-prompt\n");
  shell.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/keys");
  EXPECT_EQ(shell.run({"kms", "list-keys"}), 253);
  EXPECT_EQ(shell.errors, "\nSquall does not serve AWS_CONTAINER_CREDENTIALS_FULL_URI\n");
}

TEST(Names, AreKebabCase) {
  for (auto [name, kebab] : {std::pair{"DescribeInstances", "describe-instances"},
                             {"SSEKMSKeyId", "ssekms-key-id"},
                             {"VpcIds", "vpc-ids"},
                             {"PolicyARNs", "policy-arns"},
                             {"Ipv6Addresses", "ipv6-addresses"},
                             {"OutputS3BucketName", "output-s3-bucket-name"}})
    EXPECT_EQ(kebab_case(name), kebab);
}

}  // namespace
}  // namespace squall::guest::aws
