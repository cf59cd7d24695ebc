// What was called, by whom, with what result: one entry per request that reached a service. Reports,
// assertions and CloudTrail-like look-ups read it; the scenario runner hashes it.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::gateway {

struct Call {
  Time time;
  std::string request_id;
  std::string principal_arn;  // empty when the caller was not authenticated
  std::string access_key_id;
  std::string source_ip;
  std::string source_instance;  // "i-0123..." when an instance role's credentials signed it
  std::string region;
  std::string service;    // "kms"
  std::string operation;  // "Encrypt"
  // As decoded, sensitive members masked; null when the request did not get that far.
  std::shared_ptr<const nlohmann::json> input;
  int status = 0;             // 0: a fault rule let the request hang
  std::string error_code;     // empty: success
  std::string error_message;  // of an internal failure, what escaped
};

class Journal {
 public:
  using Observer = std::function<void(const Call&)>;

  explicit Journal(std::size_t capacity) : capacity_(capacity) {}

  // Keeps the newest `capacity` calls; the observers see every one.
  void append(Call call);
  void observe(Observer observer) { observers_.push_back(std::move(observer)); }

  const std::deque<Call>& calls() const { return calls_; }  // oldest first
  std::uint64_t total() const { return total_; }            // dropped ones included

 private:
  std::size_t capacity_;
  std::uint64_t total_ = 0;
  std::deque<Call> calls_;
  std::vector<Observer> observers_;
};

}  // namespace squall::gateway
