#include "harness/vault/audit/broker.hpp"

#include <algorithm>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "harness/vault/logical/fields.hpp"
#include "harness/vault/logical/stored_record.hpp"

namespace squall::vault {

template <class Visit>
void each_member(AuditDevice& device, Visit&& visit) {
  visit("path", device.path);
  visit("type", device.type);
  visit("description", device.description);
  visit("uuid", device.uuid);
  visit("local", device.local);
  visit("options", device.options);
}

namespace {

constexpr int default_mode = 0600;

std::string hashed(const std::string& salt, const std::string& text) {
  return "hmac-sha256:" + base::hex_encode(base::hmac_sha256(salt, text));
}

bool on(const AuditDevice& device, const char* option, bool fallback) {
  const std::string text = device.option(option);
  return text.empty() ? fallback : parse_boolean(text).value_or(fallback);
}

AuditHashing hashing_of(const AuditDevice& device) {
  const auto plain = [](const std::string& text) { return text; };
  const auto hmac = [salt = device.salt](const std::string& text) { return hashed(salt, text); };
  const bool elides = on(device, "elide_list_responses", false);
  if (on(device, "log_raw", false)) return {plain, plain, elides};
  if (on(device, "hmac_accessor", true)) return {hmac, hmac, elides};
  return {hmac, plain, elides};
}

int mode_of(const AuditDevice& device) {
  const std::string text = device.option("mode");
  if (text.empty() || text == "0000") return default_mode;
  if (text.size() > 5 || text.find_first_not_of("01234567") != std::string::npos)
    throw LogicalError(400, "strconv.ParseUint: parsing \"" + text + "\": invalid syntax");
  return std::stoi(text, nullptr, 8);
}

bool not_a_file(const std::string& path) { return path == "stdout" || path == "discard"; }

void check_options(const AuditDevice& device) {
  if (device.type == "socket" || device.type == "syslog")
    throw LogicalError(400, "the Squall stand-in does not serve the audit device \"" + device.type + "\"");
  if (device.type != "file") throw LogicalError(400, "unknown backend type: \"" + device.type + "\"");
  if (!device.options.contains("file_path") && !device.options.contains("path"))
    throw LogicalError(400, "file_path is required");
  if (device.file().empty())
    throw LogicalError(
        400, "sanity check failed; unable to open \"\" for writing: open : no such file or directory");
  for (const char* option : {"hmac_accessor", "elide_list_responses", "log_raw"})
    if (const std::string text = device.option(option); !text.empty() && !parse_boolean(text))
      throw LogicalError(400, "strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
  const std::string format = device.option("format", "json");
  if (format != "json" && format != "jsonx")
    throw LogicalError(400, "unknown format type \"" + format + "\"");
  if (format == "jsonx") throw LogicalError(400, "the Squall stand-in serves audit files in JSON alone");
  mode_of(device);
}

}  // namespace

world::Task<> AuditBroker::load() {
  devices_.clear();
  const std::optional<std::string> stored = co_await barrier_.get("core/audit");
  if (!stored) co_return;
  const Json table = Json::parse(*stored);
  const Logger audit = log_.named("audit");
  for (const Json& entry : table.at("entries")) {
    AuditDevice device = record_from<AuditDevice>(entry);
    co_await load_salt(device);
    std::string failure;
    try {
      prepare(device);
    } catch (const LogicalError& error) {
      failure = error.what();
    }
    if (!failure.empty()) {
      log_.named("core").error("failed to create audit entry",
                               {{"path", device.path, {}}, {"error", failure, {}}});
      continue;
    }
    audit.debug("adding reload function", {{"path", device.path, {}}});
    audit.debug("file backend options", {{"path", device.path, {}}, {"file_path", device.file(), {}}});
    devices_.push_back(std::move(device));
  }
  if (!table.at("entries").empty() && devices_.empty())
    throw LogicalError(500, "failed to setup audit table");
}

void AuditBroker::forget() {
  for (const AuditDevice& device : devices_)
    log_.named("audit").debug("removing reload function", {{"path", device.path, {}}});
  devices_.clear();
}

world::Task<> AuditBroker::enable(AuditDevice device) {
  for (const AuditDevice& each : devices_)
    if (each.path.starts_with(device.path) || device.path.starts_with(each.path))
      throw LogicalError(400, "path already in use");
  check_options(device);
  device.uuid = world_.entropy.uuid();
  co_await load_salt(device);
  prepare(device);
  // A first line, so that a device that cannot be written to is not enabled.
  Request test;
  test.id = world_.entropy.uuid();
  test.operation = Operation::update;
  test.path = "sys/audit/test";
  const AuditEvent event{test};
  std::string failure;
  try {
    write(device, audit_request_line(event, hashing_of(device), world_.scheduler.now()));
  } catch (const world::DiskError& error) {
    failure = error.what();
  }
  if (!failure.empty()) throw LogicalError(400, "audit backend failed test message: " + failure);
  devices_.push_back(device);
  co_await persist();
  log_.named("core").info("enabled audit backend", {{"path", device.path, {}}, {"type", device.type, {}}});
}

world::Task<bool> AuditBroker::disable(std::string path) {
  const auto found = std::find_if(devices_.begin(), devices_.end(),
                                  [&](const AuditDevice& device) { return device.path == path; });
  if (found == devices_.end()) co_return false;
  const std::string salt = "audit/" + found->uuid + "/salt";
  devices_.erase(found);
  co_await persist();
  co_await barrier_.remove(salt);
  log_.named("core").info("disabled audit backend", {{"path", path, {}}});
  co_return true;
}

world::Task<> AuditBroker::load_salt(AuditDevice& device) {
  const std::string key = "audit/" + device.uuid + "/salt";
  const std::optional<std::string> stored = co_await barrier_.get(key);
  if (stored) {
    device.salt = *stored;
    co_return;
  }
  device.salt = world_.entropy.uuid();
  co_await barrier_.put(key, device.salt);
}

world::Task<> AuditBroker::persist() {
  Json table = {{"type", "audit"}, {"entries", Json::array()}};
  for (const AuditDevice& device : devices_) table["entries"].push_back(stored_record(device));
  co_await barrier_.put("core/audit", table.dump());
}

Json AuditBroker::list_json() const {
  Json list = Json::object();
  for (const AuditDevice& device : devices_)
    list[device.path] = {{"path", device.path},
                         {"type", device.type},
                         {"description", device.description},
                         {"options", device.options},
                         {"local", device.local}};
  return list;
}

std::optional<std::string> AuditBroker::hash(const std::string& path, const std::string& text) const {
  for (const AuditDevice& device : devices_)
    if (device.path == path) return hashed(device.salt, text);
  return std::nullopt;
}

void AuditBroker::reload() const {
  for (const AuditDevice& device : devices_)
    log_.named("audit").info("reloading file audit backend", {{"path", device.path, {}}});
}

// Makes the directories and the file.
void AuditBroker::prepare(const AuditDevice& device) const {
  const std::string path = device.file();
  if (not_a_file(path)) return;
  const std::size_t slash = path.rfind('/');
  std::string failure;
  try {
    if (slash != std::string::npos && slash > 0)
      output_.disk.make_directories(path.substr(0, slash), mode_of(device));
    output_.disk.append(path, "", mode_of(device));
  } catch (const world::DiskError& error) {
    failure = error.what();
  }
  if (!failure.empty())
    throw LogicalError(400, "sanity check failed; unable to open \"" + path + "\" for logging: " + failure);
}

void AuditBroker::write(const AuditDevice& device, const std::string& text) const {
  const std::string line = device.option("prefix") + text + "\n";
  if (device.file() == "stdout") {
    output_.out(line);
  } else if (device.file() != "discard") {
    output_.disk.append(device.file(), line, mode_of(device));
  }
}

void AuditBroker::log_request(const AuditEvent& event) const {
  log_event(event, audit_request_line, "request");
}
void AuditBroker::log_response(const AuditEvent& event) const {
  log_event(event, audit_response_line, "response");
}

void AuditBroker::log_event(const AuditEvent& event, Line line, const char* what) const {
  if (devices_.empty()) return;
  bool taken = false;
  std::string last;
  for (const AuditDevice& device : devices_) {
    try {
      write(device, line(event, hashing_of(device), world_.scheduler.now()));
      taken = true;
    } catch (const world::DiskError& error) {
      last = error.what();
      log_.named("audit").error(std::string("backend failed to log ") + what,
                                {{"backend", device.path, {}}, {"error", last, {}}});
    }
  }
  if (taken) return;
  log_.named("core").error(
      std::string("failed to audit ") + what,
      {{"path", event.request.path, {}},
       {"error",
        "1 error occurred:\n\t* no audit backend succeeded in logging the " + std::string(what) + "\n\n",
        {}}});
  throw LogicalError(500, "1 error occurred:\n\t* internal error\n\n");
}

}  // namespace squall::vault
