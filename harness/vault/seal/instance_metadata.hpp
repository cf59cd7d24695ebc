// The instance metadata client of aws-sdk-go version 1 (aws/ec2metadata): a token first, version 1 where
// tokens are not to be had, each tried three times, one second each; a request that is tried again asks
// for its token again too, so a silent network costs twelve seconds.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "emulator/world/await.hpp"
#include "emulator/world/entropy.hpp"
#include "emulator/world/network.hpp"

namespace squall::vault {

class InstanceMetadata {
 public:
  InstanceMetadata(world::Scheduler& scheduler, world::Network& network, world::Entropy& entropy,
                   std::function<void(std::string_view)> out)
      : scheduler_(scheduler), network_(network), entropy_(entropy), out_(std::move(out)) {}

  // The body at /latest/<path>; nothing when it cannot be had.
  world::Task<std::optional<std::string>> get(std::string path);

 private:
  struct Answer {
    int status = 0;  // 0: none came
    std::string body;
    bool again() const { return status == 0 || status >= 500; }
  };
  world::Task<Answer> fetch(std::string method, std::string path, std::string token);
  world::Task<> pause(int attempt);
  world::Task<std::string> token();

  world::Scheduler& scheduler_;
  world::Network& network_;
  world::Entropy& entropy_;
  std::function<void(std::string_view)> out_;
  std::string token_;
  std::optional<Time> token_expires_;
  bool version_1_ = false;  // tokens were refused: not asked for again
};

}  // namespace squall::vault
