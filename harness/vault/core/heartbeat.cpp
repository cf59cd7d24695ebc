#include "harness/vault/core/heartbeat.hpp"

namespace squall::vault {
namespace {

constexpr Duration healthy_interval = 10min, failing_interval = 1min;

}  // namespace

SealHeartbeat::SealHeartbeat(world::Scheduler& scheduler, Wrapper& wrapper, Logger log)
    : scheduler_(scheduler),
      wrapper_(wrapper),
      log_(log.named("core").named("autoseal")),
      last_good_(scheduler.now()) {
  job_ = world::Job::start(scheduler_, run());
}

world::Task<> SealHeartbeat::run() {
  bool healthy = true;
  Time next = scheduler_.now() + healthy_interval;
  for (int count = 1;; ++count) {
    co_await world::sleep_until(scheduler_, next);
    const Time began = scheduler_.now();
    const std::string value = "Heartbeat " + std::to_string(count);
    std::string failure, problem;
    try {
      problem = "failed to encrypt seal health test value, seal backend may be unreachable";
      BlobInfo blob = co_await wrapper_.encrypt(value);
      problem = "failed to decrypt seal health test value, seal backend may be unreachable";
      const std::string opened = co_await wrapper_.decrypt(std::move(blob));
      problem = opened == value ? "" : "seal health test value failed to decrypt to expected value";
    } catch (const SealError& error) {
      failure = error.what();
    }
    if (!problem.empty()) {
      Logger::Fields fields;
      if (!failure.empty()) fields.push_back({"error", failure, {}});
      log_.warn(problem, fields);
      healthy = false;
    } else {
      if (!healthy)
        log_.info("seal backend is now healthy again",
                  {{"downtime", base::go_duration(scheduler_.now() - last_good_), {}}});
      last_good_ = scheduler_.now();
      healthy = true;
    }
    next = began + (healthy ? healthy_interval : failing_interval);
  }
}

}  // namespace squall::vault
