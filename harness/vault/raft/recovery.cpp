#include "harness/vault/raft/recovery.hpp"

namespace squall::vault::raft {

Prepared bootstrap(const DiskState& disk, const Configuration& configuration) {
  if (auto error = configuration_error(configuration)) return {{}, *error};
  if (!disk.empty()) return {{}, "bootstrap only works on new clusters"};
  DiskState out;
  out.term = 1;
  out.entries.push_back(
      {1, 1, EntryType::configuration, nullptr, std::make_shared<const Configuration>(configuration)});
  return {std::move(out), {}};
}

Prepared recover_cluster(
    const DiskState& disk, const Configuration& configuration,
    const std::function<std::string(const SnapshotPtr&, const std::vector<Entry>&)>& state_machine) {
  if (auto error = configuration_error(configuration)) return {{}, *error};
  if (disk.empty())
    return {{}, "refused to recover cluster with no initial state, this is probably an operator error"};
  std::vector<Entry> behind;
  const Index from = disk.snapshot ? disk.snapshot->index : 0;
  for (const Entry& entry : disk.entries)
    if (entry.index > from) behind.push_back(entry);
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->index = behind.empty() ? from : behind.back().index;
  snapshot->term = behind.empty() ? (disk.snapshot ? disk.snapshot->term : 0) : behind.back().term;
  snapshot->configuration = std::make_shared<const Configuration>(configuration);
  snapshot->configuration_index = 1;
  snapshot->data = state_machine(disk.snapshot, behind);
  DiskState out;
  out.term = disk.term;
  out.vote = disk.vote;
  out.snapshot = std::move(snapshot);
  return {std::move(out), {}};
}

}  // namespace squall::vault::raft
