// Commands, their invocations (one per instance) and the steps of these, in the store; and which instances
// have registered with SSM.
#pragma once
#include "emulator/services/ssm/records.hpp"
#include "emulator/store/database.hpp"

namespace squall::services::ssm {

class CommandStore {
 public:
  explicit CommandStore(store::Database& database);  // makes or migrates the tables

  // With one invocation per name in `instances` (id and host name, in order), each with the steps.
  void add(CommandRecord& command, const std::vector<std::pair<std::string, std::string>>& instances,
           const std::vector<StepRecord>& steps);

  std::optional<CommandRecord> find(const std::string& id);
  // Latest first.
  std::vector<CommandRecord> list(const std::string& account, const std::string& region);
  // In the order of the targets.
  std::vector<InvocationRecord> invocations(const std::string& command_id);
  std::optional<InvocationRecord> invocation(const std::string& command_id, const std::string& instance_id);
  std::vector<StepRecord> steps(const std::string& command_id, const std::string& instance_id);
  // Commands that were not over when Squall ended.
  std::vector<CommandRecord> unfinished();

  void set_status(const std::string& command_id, const Status& status);
  void set_status(const std::string& command_id, const std::string& instance_id, const Status& status);
  void put_step(const std::string& command_id, const std::string& instance_id, std::size_t number,
                const StepRecord& step);

  // When the instance's agent was first seen; nothing: never.
  std::optional<Time> registered(const std::string& instance_id);
  void set_registered(const std::string& instance_id, Time when);

 private:
  std::vector<CommandRecord> read_commands(store::Query rows);

  store::Database& database_;
};

}  // namespace squall::services::ssm
