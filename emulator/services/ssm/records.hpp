// What SSM keeps, as plain rows.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"
#include "emulator/services/ssm/document.hpp"

namespace squall::services::ssm {

struct DocumentRecord {
  std::string account, region, name;
  std::int64_t default_version = 1, latest_version = 1;
  std::string display_name, target_type;
  std::map<std::string, std::string> tags;
};

struct DocumentVersion {
  std::int64_t version = 1;
  std::string version_name;  // empty: none
  std::string content;
  Format format = Format::json;
  Time created{};
};

// Statuses are AWS's own words: `status` is one of "Pending", "InProgress", "Delayed", "Success",
// "Cancelling", "Cancelled", "TimedOut", "Failed"; `details` says more ("DeliveryTimedOut").
struct Status {
  std::string status, details;
  bool over() const {
    return status != "Pending" && status != "InProgress" && status != "Delayed" && status != "Cancelling";
  }
  bool operator==(const Status&) const = default;
};

struct CommandRecord {
  std::string id, account, region;
  std::int64_t sequence = 0;  // order of sending
  std::string document_name, document_version, comment;
  std::string parameters, targets;  // as given, JSON; empty: none
  std::string max_concurrency = "50", max_errors = "0";
  std::int64_t timeout_seconds = 3600;
  Time requested{}, expires{};
  Status status{"Pending", "Pending"};
  std::vector<std::string> instance_ids;  // as given
};

struct InvocationRecord {
  std::string command_id, instance_id, instance_name;
  Status status{"Pending", "Pending"};
};

// A step of a document in one invocation.
struct StepRecord {
  std::string name, plugin;
  Status status{"Pending", "Pending"};
  std::int64_t response_code = -1;
  std::optional<Time> started, finished;
  std::string standard_output, standard_error;  // cut to what GetCommandInvocation shows
};

}  // namespace squall::services::ssm
