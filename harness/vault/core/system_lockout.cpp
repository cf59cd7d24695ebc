// sys/locked-users (vault/logical_system_user_lockout.go), and what a mount's tuning says of lockouts.
#include "harness/vault/core/core.hpp"
#include "harness/vault/core/system_backend.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {

world::Task<Answer> SystemBackend::locked_users(Request request, std::string rest) {
  UserLockouts& lockouts = core_.user_lockouts();
  Answer answer;
  const std::size_t unlock = rest.find("/unlock/");
  if (unlock != std::string::npos) {
    if (!request.writes()) throw unsupported_operation();
    std::string mount = rest.substr(0, unlock), user = rest.substr(unlock + 8);
    co_await lockouts.unlock(std::move(mount), std::move(user));
    co_return answer;
  }
  if (!rest.empty()) throw unsupported_path();
  if (request.operation != Operation::read) throw unsupported_operation();
  std::string wanted = text_field(request.data, "mount_accessor").value_or("");
  const auto locked = co_await lockouts.stored(std::move(wanted));
  Json mounts = Json::array();
  std::size_t total = 0;
  for (const auto& [mount, users] : locked) {
    mounts.push_back({{"mount_accessor", mount}, {"alias_identifiers", users}, {"counts", users.size()}});
    total += users.size();
  }
  Json spaces = Json::array();
  if (total > 0)
    spaces.push_back(
        {{"namespace_id", "root"}, {"namespace_path", ""}, {"counts", total}, {"mount_accessors", mounts}});
  answer.data = {{"by_namespace", spaces}, {"total", total}};
  co_return answer;
}

void tune_lockout(const Json& config, MountEntry& entry) {
  if (entry.type != "userpass")
    throw LogicalError(
        400, "tuning of user lockout configuration for auth type \"" + entry.type + "\" not allowed");
  const auto disable = config.find("lockout_disable");
  if (disable != config.end() && !disable->is_boolean() && !disable->is_null())
    throw LogicalError(400, "unable to convert given user lockout config information");
  Json settings =
      entry.user_lockout.is_object()
          ? entry.user_lockout
          : Json{{"threshold", 0}, {"duration", 0}, {"counter_reset_duration", 0}, {"disable", false}};
  if (const auto threshold = text_field(config, "lockout_threshold"); threshold && !threshold->empty()) {
    if (threshold->find_first_not_of("0123456789") != std::string::npos || threshold->size() > 18)
      throw one_error(500, "unable to parse user lockout threshold: strconv.ParseUint: parsing \"" +
                               *threshold + "\": invalid syntax");
    settings["threshold"] = std::stoll(*threshold);
  }
  for (const std::string name : {"duration", "counter_reset_duration"}) {
    const std::string field = "lockout_" + name;
    if (!text_field(config, field).value_or("").empty())
      settings[name] = late_seconds_field(config, field).value_or(0);
  }
  if (disable != config.end() && disable->is_boolean()) settings["disable"] = *disable;
  entry.user_lockout = std::move(settings);
}

}  // namespace squall::vault
