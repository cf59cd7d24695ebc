#include "harness/guest/journal/format.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "emulator/base/random.hpp"
#include "harness/guest/journal/timespan.hpp"

namespace squall::guest::journal {
namespace {

std::string microseconds(Time t) { return std::to_string(t.time_since_epoch() / 1us); }

std::string fraction(Time t) {
  std::string digits = std::to_string((t.time_since_epoch() % 1s) / 1us);
  return std::string(6 - digits.size(), '0') + digits;
}

std::string prefix(const Journal& journal, const Entry& entry, const std::string& format) {
  if (format == "short-iso") return base::format_utc(entry.time, "%Y-%m-%dT%H:%M:%S+0000");
  if (format == "short-iso-precise")
    return base::format_utc(entry.time, "%Y-%m-%dT%H:%M:%S.") + fraction(entry.time) + "+0000";
  if (format == "short-precise")
    return base::format_utc(entry.time, "%b %d %H:%M:%S.") + fraction(entry.time);
  if (format == "short-full" || format == "with-unit") return format_timestamp(entry.time);
  if (format == "short-unix")
    return std::to_string(base::unix_seconds(entry.time)) + "." + fraction(entry.time);
  if (format == "short-monotonic") {
    const Duration since = entry.time - journal.boots()[static_cast<std::size_t>(entry.boot)].begin;
    std::string seconds = std::to_string(since / 1s);
    seconds.insert(0, seconds.size() < 5 ? 5 - seconds.size() : 0, ' ');
    std::string rest = std::to_string((since % 1s) / 1us);
    return "[" + seconds + "." + std::string(6 - rest.size(), '0') + rest + "]";
  }
  return base::format_utc(entry.time, "%b %d %H:%M:%S");
}

// JSON has text only for what is text: other messages are arrays of bytes.
nlohmann::ordered_json json_value(const std::string& text) {
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 32 && c != '\t' && c != '\n';
  });
  if (text.size() > 4096) return nullptr;
  if (!control) return text;
  nlohmann::ordered_json bytes = nlohmann::ordered_json::array();
  for (char c : text) bytes.push_back(static_cast<unsigned char>(c));
  return bytes;
}

}  // namespace

std::string format_short(const Entry& entry, const std::string& hostname) {
  return base::format_utc(entry.time, "%b %d %H:%M:%S") + " " + hostname + " " + entry.identifier + "[" +
         std::to_string(entry.pid) + "]: " + entry.message;
}

const std::vector<std::string>& output_formats() {
  static const std::vector<std::string> formats{
      "short",      "short-full", "short-iso", "short-iso-precise", "short-precise", "short-monotonic",
      "short-unix", "verbose",    "json",      "json-pretty",       "cat",           "with-unit"};
  return formats;
}

std::string cursor_of(const Journal& journal, const Entry& entry, std::size_t index) {
  char text[192];
  std::snprintf(text, sizeof text, "s=%016llx%016llx;i=%zx;b=%s;m=%llx;t=%llx;x=%llx",
                static_cast<unsigned long long>(base::hash64(journal.machine_id())),
                static_cast<unsigned long long>(base::hash64("journal" + journal.machine_id())), index + 1,
                journal.boots()[static_cast<std::size_t>(entry.boot)].id.c_str(),
                static_cast<unsigned long long>(
                    (entry.time - journal.boots()[static_cast<std::size_t>(entry.boot)].begin) / 1us),
                static_cast<unsigned long long>(entry.time.time_since_epoch() / 1us),
                static_cast<unsigned long long>(base::hash64(entry.message)));
  return text;
}

std::vector<std::pair<std::string, std::string>> fields_of(const Journal& journal, const Entry& entry,
                                                           const std::string& hostname) {
  std::vector<std::pair<std::string, std::string>> fields;
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) fields.emplace_back(name, value);
  };
  const bool own = entry.unit == "init.scope";
  add("SYSLOG_FACILITY", "3");
  add("_UID", std::to_string(entry.uid));
  add("_MACHINE_ID", journal.machine_id());
  add("_HOSTNAME", hostname);
  add("_RUNTIME_SCOPE", "system");
  add("SYSLOG_IDENTIFIER", entry.identifier);
  add("_TRANSPORT", entry.transport);
  add("_PID", std::to_string(entry.pid));
  add("_COMM", entry.identifier);
  add("_SYSTEMD_UNIT", entry.unit);
  add("_SYSTEMD_SLICE", own ? "-.slice" : "system.slice");
  add("PRIORITY", std::to_string(static_cast<int>(entry.priority)));
  add("_BOOT_ID", journal.boots()[static_cast<std::size_t>(entry.boot)].id);
  add("UNIT", entry.about);
  add("MESSAGE", entry.message);
  add(own ? "INVOCATION_ID" : "_SYSTEMD_INVOCATION_ID", entry.invocation_id);
  return fields;
}

std::string format_entry(const Journal& journal, const Entry& entry, std::size_t index,
                         const OutputStyle& style) {
  const std::string& format = style.format;
  if (format == "cat") return entry.message + "\n";
  auto wanted = [&](const std::string& name) {
    return style.fields.empty() ||
           std::find(style.fields.begin(), style.fields.end(), name) != style.fields.end();
  };
  if (format == "verbose") {
    std::string text = base::format_utc(entry.time, "%a %Y-%m-%d %H:%M:%S.") + fraction(entry.time) +
                       " UTC [" + cursor_of(journal, entry, index) + "]\n";
    for (const auto& [name, value] : fields_of(journal, entry, style.hostname))
      if (wanted(name)) text += "    " + name + "=" + value + "\n";
    return text;
  }
  if (format == "json" || format == "json-pretty") {
    nlohmann::ordered_json object;
    object["__CURSOR"] = cursor_of(journal, entry, index);
    object["__REALTIME_TIMESTAMP"] = microseconds(entry.time);
    object["__MONOTONIC_TIMESTAMP"] =
        std::to_string((entry.time - journal.boots()[static_cast<std::size_t>(entry.boot)].begin) / 1us);
    for (const auto& [name, value] : fields_of(journal, entry, style.hostname))
      if (wanted(name) || name == "_BOOT_ID") object[name] = json_value(value);
    const auto replace = nlohmann::ordered_json::error_handler_t::replace;
    if (format == "json") return object.dump(-1, ' ', false, replace) + "\n";
    std::string text = "{\n";
    for (auto it = object.begin(); it != object.end(); ++it)
      text += "\t\"" + it.key() + "\" : " + it.value().dump(-1, ' ', false, replace) +
              (std::next(it) == object.end() ? "\n" : ",\n");
    return text + "}\n";
  }
  std::string who = entry.identifier;
  if (format == "with-unit") who = entry.unit;
  return prefix(journal, entry, format) + " " + (style.hostname.empty() ? "" : style.hostname + " ") + who +
         "[" + std::to_string(entry.pid) + "]: " + entry.message + "\n";
}

}  // namespace squall::guest::journal
