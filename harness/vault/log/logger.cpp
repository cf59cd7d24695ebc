#include "harness/vault/log/logger.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "emulator/base/ascii.hpp"

namespace squall::vault {
namespace {

constexpr std::string_view names[] = {"trace", "debug", "info", "warn", "error"};
constexpr std::string_view tags[] = {"[TRACE]", "[DEBUG]", "[INFO] ", "[WARN] ", "[ERROR]"};

// hclog leaves a value bare when it is made of these; lists are bare as a whole.
bool bare(std::string_view value) {
  if (value.empty()) return false;
  if (value.front() == '[' && value.back() == ']') return true;
  for (const unsigned char c : value)
    if (std::isalnum(c) == 0 &&
        std::string_view("-._/:@,<>").find(static_cast<char>(c)) == std::string_view::npos)
      return false;
  return true;
}

std::string in_quotes(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\t') {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// Lines of a value that has several: two spaces, a bar, the text, with tabs made visible.
std::string block(std::string_view value) {
  std::string out;
  while (!value.empty()) {
    const std::string_view line = value.substr(0, value.find('\n'));
    out += "  | ";
    for (const char c : line) c == '\t' ? out += "\\t" : out += c;
    out += '\n';
    value.remove_prefix(std::min(line.size() + 1, value.size()));
  }
  return out;
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view text) {
  const std::string lower = base::ascii_lower(text);
  if (lower == "trace") return LogLevel::trace;
  if (lower == "debug") return LogLevel::debug;
  if (lower == "info" || lower == "notice" || lower.empty()) return LogLevel::info;
  if (lower == "warn" || lower == "warning") return LogLevel::warn;
  if (lower == "error" || lower == "err") return LogLevel::error;
  return std::nullopt;
}

Logger::Logger(world::Scheduler& scheduler, Sink sink, LogLevel level, bool json)
    : shared_(std::make_shared<Shared>(Shared{scheduler, std::move(sink), level, json})) {}

Logger Logger::named(std::string_view part) const {
  Logger child = *this;
  child.name_ += (name_.empty() ? "" : ".") + std::string(part);
  return child;
}

void Logger::set_level(LogLevel level) const { shared_->level = level; }

void Logger::log(LogLevel level, std::string_view message, const Fields& fields) const {
  if (level < shared_->level) return;
  shared_->sink(shared_->json ? json_line(level, message, fields) : text_line(level, message, fields));
}

std::string Logger::text_line(LogLevel level, std::string_view message, const Fields& fields) const {
  std::string line = base::iso8601(shared_->scheduler.now(), 3) + " " +
                     std::string(tags[static_cast<std::size_t>(level)]) + " ";
  if (!name_.empty()) line += name_ + ": ";
  line += message;
  if (!fields.empty()) line += ":";
  for (const LogField& field : fields) {
    if (field.value.find('\n') != std::string::npos) {
      line += "\n  " + field.key + "=\n" + block(field.value) + "  ";
    } else {
      line += " " + field.key + "=" + (bare(field.value) ? field.value : in_quotes(field.value));
    }
  }
  return line + "\n";
}

std::string Logger::json_line(LogLevel level, std::string_view message, const Fields& fields) const {
  nlohmann::json object = {{"@level", names[static_cast<std::size_t>(level)]},
                           {"@message", message},
                           {"@timestamp", base::iso8601(shared_->scheduler.now(), 6)}};
  if (!name_.empty()) object["@module"] = name_;
  for (const LogField& field : fields)
    object[field.key] = field.json.empty() ? nlohmann::json(field.value) : nlohmann::json::parse(field.json);
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace squall::vault
