// A whole AWS region in one object: the store, the services and the gateway in front of them, wired in one
// place (emulator.cpp). `squall serve` puts an HTTP server before it, the simulated world its network.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "emulator/gateway/answer.hpp"
#include "emulator/http/message.hpp"
#include "emulator/world/entropy.hpp"
#include "emulator/world/machines.hpp"
#include "emulator/world/scheduler.hpp"

namespace squall::auth {
struct Credentials;
}

namespace squall::services::ec2 {
class Ec2;
}

namespace squall::gateway {

class FaultRules;
class Gateway;
class Journal;

struct EmulatorOptions {
  std::string account = "000000000000";
  std::string region = "us-east-1";
  bool enforce_auth = false;  // verify signatures and evaluate policies; else every caller may do everything
  std::string data_file;      // empty: in memory, gone with the object
};

class Emulator {
 public:
  // Makes or opens the store; throws store::StoreError for a file that cannot be used. The world's parts
  // outlive the emulator, which takes all its timers back when it goes.
  Emulator(world::Scheduler& scheduler, world::Entropy& entropy, world::Machines& machines,
           EmulatorOptions options = {});
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  // One request to an AWS endpoint; never throws.
  Answer handle(const http::Request& request);
  // One request that the instance sent to 169.254.169.254; never throws.
  Answer imds(const std::string& instance_id, const http::Request& request);

  // Instances as the harness sees and breaks them: host failures, observers, look-ups by address and tag.
  services::ec2::Ec2& ec2();

  // The access key of the account's root user: the first one there is, to set up all others with.
  const auth::Credentials& root_credentials() const;

  Gateway& gateway();
  Journal& journal();
  FaultRules& faults();
  std::uint64_t internal_failures() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall::gateway
