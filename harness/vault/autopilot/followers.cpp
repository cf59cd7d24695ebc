#include "harness/vault/autopilot/followers.hpp"

#include <algorithm>

namespace squall::vault::autopilot {

void Followers::heard(const std::string& id, Echo echo, Time now) {
  followers_[id] = Follower{std::move(echo), now, false};
}

void Followers::mark_dead(const Config& config, Time now) {
  if (!config.cleanup_dead_servers || config.dead_server_last_contact_threshold == Duration{}) return;
  for (auto& [id, follower] : followers_)
    if (now > follower.heard + config.dead_server_last_contact_threshold) follower.dead = true;
}

void Followers::observe(Observation& seen, const Self& self) const {
  for (const auto& [id, follower] : followers_) {
    seen.stats[id] = {seen.now - follower.heard, follower.echo.term, follower.echo.applied_index};
    bool member = std::any_of(seen.raft.begin(), seen.raft.end(),
                              [&id = id](const RaftServer& server) { return server.id == id; });
    if (!member) continue;
    Server& server = seen.known[id];
    server.id = server.name = id;
    server.version = follower.echo.version;
    server.node_status = follower.dead ? NodeStatus::left : NodeStatus::alive;
    if (follower.echo.wants_vote) server.node_type = "voter";
  }
  seen.stats[self.id] = {{}, self.applied_term, self.applied_index};
  seen.known[self.id] = {self.id, self.id, {}, self.version, NodeStatus::alive, "voter", true};
}

}  // namespace squall::vault::autopilot
