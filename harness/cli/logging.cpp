#include "harness/cli/logging.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace squall::cli {

void start_logging(const std::string& level) {
  auto logger = spdlog::stderr_logger_st("squall");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

void log_call(const gateway::Call& call) {
  if (call.status >= 500)
    spdlog::error("{}:{} {} {} {}", call.service, call.operation, call.status, call.error_code,
                  call.error_message);
  else
    spdlog::debug("{}:{} {} {} by {} from {}, request {}", call.service, call.operation, call.status,
                  call.error_code, call.principal_arn, call.source_ip, call.request_id);
}

}  // namespace squall::cli
