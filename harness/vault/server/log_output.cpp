#include "harness/vault/server/log_output.hpp"

#include <charconv>

#include "harness/vault/log/log_file.hpp"
#include "harness/vault/server/storages.hpp"

namespace squall::vault {
namespace {

// A Go duration, or seconds; the day of LogFileOptions for an empty text and for 0.
Duration rotation_period(const std::string& text) {
  const Duration usual = LogFileOptions{}.rotate_after;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || (error == std::errc{} && end == text.data() + text.size()))
    return seconds == 0 ? usual : std::chrono::seconds{seconds};
  const std::optional<Duration> duration = base::parse_go_duration(text);
  if (duration) return *duration == Duration{} ? usual : *duration;
  if (text.ends_with('s') || text.ends_with('m') || text.ends_with('h'))
    throw StartError("time: invalid duration \"" + text + "\"");
  throw StartError("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
}

std::shared_ptr<LogFile> open_log_file(program::Context& context, const ServerConfig& config) {
  LogFileOptions options;
  options.rotate_after = rotation_period(config.log_rotate_duration);
  if (config.log_file.empty()) return nullptr;
  options.path = context.resolve(config.log_file);
  options.rotate_bytes = config.log_rotate_bytes;
  options.max_files = config.log_rotate_max_files;
  try {
    return std::make_shared<LogFile>(context.disk(), context.scheduler(), std::move(options));
  } catch (const LogFileError& error) {
    throw StartError(error.what());
  }
}

}  // namespace

void LogGate::write(std::string_view line) { open_ ? context_.err(line) : void(held_ += line); }

void LogGate::open() {
  open_ = true;
  if (!held_.empty()) context_.err(std::exchange(held_, {}));
}

Logger make_logger(program::Context& context, const ServerConfig& config, std::shared_ptr<LogGate> gate) {
  const std::optional<LogLevel> level = parse_log_level(config.log_level);
  if (!level) throw StartError("unknown log level: " + config.log_level);
  if (config.log_format != "" && config.log_format != "json" && config.log_format != "standard")
    throw StartError("unknown log format: " + config.log_format);
  const std::shared_ptr<LogFile> file = open_log_file(context, config);
  const auto sink = [gate = std::move(gate), file](std::string_view line) {
    gate->write(line);
    if (file) file->write(line);
  };
  return Logger(context.scheduler(), sink, *level, config.log_format == "json");
}

}  // namespace squall::vault
