#include "harness/vault/logical/user_lockout.hpp"

namespace squall::vault {

LockoutRules LockoutRules::tuned(const Json& settings) const {
  LockoutRules rules = *this;
  if (!settings.is_object()) return rules;
  for (const auto& [name, member] :
       {std::pair{"threshold", &rules.threshold}, std::pair{"duration", &rules.duration_s},
        std::pair{"counter_reset_duration", &rules.counter_reset_s}})
    if (const std::int64_t value = settings.value(name, std::int64_t{0}); value != 0) *member = value;
  rules.disabled = rules.disabled || settings.value("disable", false);
  return rules;
}

world::Task<bool> UserLockouts::locked(std::string mount, std::string user, LockoutRules rules) {
  const std::string key = mount + "/" + user;
  const auto known = failures_.find(key);
  if (known != failures_.end()) {
    if (known->second.count < rules.threshold) co_return false;
    co_return now_s() - known->second.last_s < rules.duration_s;
  }
  const std::optional<std::string> last = co_await view_.get(key);
  if (!last) co_return false;
  const bool still = now_s() - Json::parse(*last).get<std::int64_t>() < rules.duration_s;
  if (!still) co_await view_.remove(key);
  co_return still;
}

world::Task<> UserLockouts::failed(std::string mount, std::string user, LockoutRules rules) {
  const std::string key = mount + "/" + user;
  Failures& failures = failures_[key];
  if (now_s() > failures.last_s + rules.counter_reset_s) failures.count = 0;
  ++failures.count;
  failures.last_s = now_s();
  if (failures.count >= rules.threshold) co_await view_.put(key, std::to_string(failures.last_s));
}

world::Task<> UserLockouts::succeeded(std::string mount, std::string user) {
  if (failures_.contains(mount + "/" + user)) co_await unlock(mount, user);
}

world::Task<> UserLockouts::unlock(std::string mount, std::string user) {
  const std::string key = mount + "/" + user;
  failures_.erase(key);
  co_await view_.remove(key);
}

world::Task<std::map<std::string, std::vector<std::string>>> UserLockouts::stored(std::string mount) const {
  std::vector<std::string> mounts = {mount + "/"};
  if (mount.empty()) mounts = co_await view_.list("");
  std::map<std::string, std::vector<std::string>> result;
  for (const std::string& each : mounts) {
    std::vector<std::string> users = co_await view_.list(each);
    if (!users.empty()) result[each.substr(0, each.size() - 1)] = std::move(users);
  }
  co_return result;
}

}  // namespace squall::vault
