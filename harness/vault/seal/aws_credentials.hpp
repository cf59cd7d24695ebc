// Where the awskms seal gets its credentials and region from (go-secure-stdlib/awsutil over aws-sdk-go
// version 1): what the configuration gives, the environment, the shared file, a container's endpoint, the
// instance's metadata.
#pragma once
#include <functional>
#include <map>
#include <optional>

#include "emulator/auth/sigv4.hpp"
#include "emulator/world/disk.hpp"
#include "emulator/world/scheduler.hpp"
#include "harness/vault/seal/instance_metadata.hpp"

namespace squall::vault {

struct AwsSettings {
  std::string access_key, secret_key, session_token;  // of the configuration
  std::string shared_file, profile;
  std::string region, endpoint;
};

// The process that asks.
struct AwsProcess {
  world::Scheduler& scheduler;
  world::Network& network;
  world::Disk& disk;
  world::Entropy& entropy;
  std::function<std::string(const std::string&)> env;
  std::function<void(std::string_view)> out;  // the SDK's own warnings go to standard output
};

class AwsCredentials {
 public:
  AwsCredentials(AwsProcess process, AwsSettings settings);

  // Valid credentials, fetched again from 5 minutes before they expire; nothing when no source has any.
  world::Task<std::optional<auth::Credentials>> get();
  void forget() { cached_.reset(); }
  // The configured one, AWS_REGION, AWS_DEFAULT_REGION, the instance's, or us-east-1.
  world::Task<std::string> region();

 private:
  std::optional<auth::Credentials> from_file() const;
  world::Task<bool> from_container();
  world::Task<bool> from_instance();
  bool accept(const std::string& json);

  AwsProcess process_;
  AwsSettings settings_;
  InstanceMetadata metadata_;
  std::optional<auth::Credentials> cached_;
  std::optional<Time> refresh_at_;
};

}  // namespace squall::vault
