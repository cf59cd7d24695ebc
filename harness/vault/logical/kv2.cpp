#include "harness/vault/logical/kv2.hpp"

#include <array>

#include "emulator/base/spans.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

constexpr std::int64_t default_max_versions = 10;

Json version_data(std::int64_t number, const Kv2Version& version, const Json& custom) {
  return {{"created_time", base::rfc3339_nano(version.created)},
          {"custom_metadata", custom},
          {"deletion_time", time_text(version.deleted)},
          {"destroyed", version.destroyed},
          {"version", number}};
}

void check_cas(const Json& data, const std::optional<Kv2Metadata>& found, bool required) {
  std::optional<std::int64_t> cas;
  if (const auto options = data.find("options"); options != data.end() && options->is_object())
    cas = integer_field(*options, "cas");
  if (!cas && required) throw LogicalError(400, "check-and-set parameter required for this call");
  if (cas && *cas != (found ? found->current : 0))
    throw LogicalError(400, "check-and-set parameter did not match the current version");
}

}  // namespace

world::Task<Kv2Backend::Config> Kv2Backend::config() {
  const std::optional<std::string> stored = co_await view_.get("config");
  Config result;
  if (stored) {
    const Json json = Json::parse(*stored);
    result.max_versions = json.at("max_versions").get<std::int64_t>();
    result.cas_required = json.at("cas_required").get<bool>();
    result.delete_version_after_ns = json.at("delete_version_after_ns").get<std::int64_t>();
  }
  co_return result;
}

world::Task<std::optional<Kv2Metadata>> Kv2Backend::metadata(std::string key) {
  const std::optional<std::string> stored = co_await view_.get("metadata/" + key);
  if (!stored) co_return std::nullopt;
  co_return Kv2Metadata::from_json(Json::parse(*stored));
}

world::Task<> Kv2Backend::store(std::string key, Kv2Metadata metadata) {
  co_await view_.put("metadata/" + key, metadata.to_json().dump());
}

world::Task<std::optional<bool>> Kv2Backend::exists(Request request) {
  const std::string path = request.relative();
  const std::array<std::string, 2> prefixes{"data/", "metadata/"};
  for (const std::string& prefix : prefixes) {
    if (!path.starts_with(prefix)) continue;
    const std::optional<Kv2Metadata> found = co_await metadata(path.substr(prefix.size()));
    if (!found) co_return false;
    if (prefix == "metadata/") co_return true;
    const auto current = found->versions.find(found->current);
    co_return current != found->versions.end();
  }
  co_return std::nullopt;
}

world::Task<Answer> Kv2Backend::handle(Request request) {
  if (world_.scheduler.now() < usable_from_)
    throw LogicalError(
        400,
        "Upgrading from non-versioned to versioned data. This backend will be unavailable for a "
        "brief period and will resume service shortly.");
  const std::string path = request.relative();
  const std::size_t slash = path.find('/');
  const std::string area = path.substr(0, slash);
  const std::string key = slash == std::string::npos ? "" : path.substr(slash + 1);
  if (path == "config") co_return co_await handle_config(std::move(request));
  if (area == "metadata" && slash != std::string::npos)
    co_return co_await handle_metadata(std::move(request), key);
  const bool list_of_data = area == "data" && request.operation == Operation::list;
  if (area == "data" && !key.empty() && !list_of_data)
    co_return co_await handle_data(std::move(request), key);
  if ((area == "delete" || area == "undelete" || area == "destroy") && !key.empty()) {
    if (request.operation != Operation::update && request.operation != Operation::create)
      throw unsupported_operation();
    co_return co_await change_versions(key, area, request.data);
  }
  const char* verb = "get";
  if (request.operation == Operation::list) verb = "list";
  if (request.operation == Operation::remove) verb = "delete";
  if (request.operation == Operation::update || request.operation == Operation::create) verb = "put";
  if (request.operation == Operation::patch) verb = "patch";
  Answer answer;
  answer.status = 404;
  answer.warnings = {
      std::string("Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate "
                  "API endpoints to use. If using the Vault CLI, use 'vault kv ") +
      verb + "' for this operation."};
  co_return answer;
}

world::Task<Answer> Kv2Backend::handle_config(Request request) {
  Config current = co_await config();
  Answer answer;
  if (request.operation == Operation::read) {
    answer.data = {{"cas_required", current.cas_required},
                   {"delete_version_after", base::go_duration(Duration{current.delete_version_after_ns})},
                   {"max_versions", current.max_versions}};
    co_return answer;
  }
  if (request.operation != Operation::update && request.operation != Operation::create)
    throw unsupported_operation();
  current.max_versions = integer_field(request.data, "max_versions").value_or(current.max_versions);
  current.cas_required = boolean_field(request.data, "cas_required").value_or(current.cas_required);
  if (const auto seconds = seconds_field(request.data, "delete_version_after"))
    current.delete_version_after_ns = Duration{std::chrono::seconds{*seconds}}.count();
  const Json json = {{"max_versions", current.max_versions},
                     {"cas_required", current.cas_required},
                     {"delete_version_after_ns", current.delete_version_after_ns}};
  co_await view_.put("config", json.dump());
  co_return answer;
}

world::Task<Answer> Kv2Backend::handle_data(Request request, std::string key) {
  switch (request.operation) {
    case Operation::read: {
      const std::int64_t version = integer_field(request.data, "version").value_or(0);
      co_return co_await read_data(key, version);
    }
    case Operation::create:
    case Operation::update:
      co_return co_await write_data(key, request.data);
    case Operation::patch:
      co_return co_await patch_data(key, request.data);
    case Operation::remove:
      co_return co_await change_versions(key, "delete", Json::object());
    case Operation::list:
      break;
  }
  throw unsupported_operation();
}

world::Task<Answer> Kv2Backend::read_data(std::string key, std::int64_t version) {
  const std::optional<Kv2Metadata> found = co_await metadata(key);
  if (!found) throw LogicalError(404, "");
  const std::int64_t number = version == 0 ? found->current : version;
  const auto it = found->versions.find(number);
  if (it == found->versions.end()) throw LogicalError(404, "");
  Answer answer;
  answer.data = {{"data", nullptr}, {"metadata", version_data(number, it->second, found->custom)}};
  const bool deleted = it->second.deleted && *it->second.deleted <= world_.scheduler.now();
  if (deleted || it->second.destroyed) {
    answer.status = 404;
    co_return answer;
  }
  const std::optional<std::string> stored = co_await view_.get(version_key(key, number));
  if (!stored) throw LogicalError(500, "could not find version data");
  answer.data["data"] = Json::parse(*stored);
  co_return answer;
}

world::Task<Answer> Kv2Backend::write_data(std::string key, Json data) {
  const auto value = data.find("data");
  if (value == data.end()) throw LogicalError(400, "no data provided");
  if (!value->is_object() && !value->is_null())
    throw LogicalError(400, "error converting input " +
                                (value->is_string() ? value->get<std::string>() : value->dump()) +
                                " for field \"data\": '' expected a map, got '" +
                                std::string(value->is_number() ? "string" : value->type_name()) + "'");
  std::optional<Kv2Metadata> found = co_await metadata(key);
  const Config settings = co_await config();
  check_cas(data, found, settings.cas_required || (found && found->cas_required));
  co_return co_await add_version(key, std::move(found), *value);
}

world::Task<Answer> Kv2Backend::patch_data(std::string key, Json data) {
  const auto value = data.find("data");
  if (value == data.end() || !value->is_object()) throw LogicalError(400, "no data provided");
  std::optional<Kv2Metadata> found = co_await metadata(key);
  const Config settings = co_await config();
  Answer missing;
  missing.status = 404;
  missing.raw_empty = true;
  if (!found) co_return missing;
  const auto current = found->versions.find(found->current);
  if (current == found->versions.end()) co_return missing;
  const bool deleted = current->second.deleted && *current->second.deleted <= world_.scheduler.now();
  if (deleted || current->second.destroyed) {
    missing.data = {{"data", nullptr},
                    {"metadata", version_data(found->current, current->second, found->custom)}};
    co_return missing;
  }
  check_cas(data, found, settings.cas_required || found->cas_required);
  const std::optional<std::string> stored = co_await view_.get(version_key(key, found->current));
  Json merged = stored ? Json::parse(*stored) : Json::object();
  merged.merge_patch(*value);
  co_return co_await add_version(key, std::move(found), merged);
}

// The version's data is stored before the metadata that names it: a crash between the two leaves the old
// version.
world::Task<Answer> Kv2Backend::add_version(std::string key, std::optional<Kv2Metadata> found, Json value) {
  const Time now = world_.scheduler.now();
  const Config settings = co_await config();
  Kv2Metadata metadata = found.value_or(Kv2Metadata{});
  if (!found) metadata.created = now;
  metadata.updated = now;
  const std::int64_t number = ++metadata.current;
  Kv2Version& version = metadata.versions[number];
  version.created = now;
  const std::int64_t keep_ns = metadata.delete_version_after_ns != 0 ? metadata.delete_version_after_ns
                                                                     : settings.delete_version_after_ns;
  if (keep_ns > 0) version.deleted = base::later(now, Duration{keep_ns});
  const Json answer_data = version_data(number, version, metadata.custom);

  const std::int64_t own = metadata.max_versions != 0 ? metadata.max_versions : settings.max_versions;
  const std::int64_t limit = own != 0 ? own : default_max_versions;
  std::vector<std::int64_t> dropped;
  while (static_cast<std::int64_t>(metadata.versions.size()) > limit) {
    dropped.push_back(metadata.versions.begin()->first);
    metadata.versions.erase(metadata.versions.begin());
    metadata.oldest = metadata.versions.begin()->first;
  }
  co_await view_.put(version_key(key, number), value.dump());
  co_await store(key, metadata);
  for (const std::int64_t old : dropped) co_await view_.remove(version_key(key, old));
  Answer answer;
  answer.data = answer_data;
  co_return answer;
}

world::Task<Answer> Kv2Backend::change_versions(std::string key, std::string action, Json data) {
  std::optional<Kv2Metadata> found = co_await metadata(key);
  std::vector<std::int64_t> numbers;
  if (const auto list = list_field(data, "versions")) {
    for (const std::string& text : *list)
      if (const auto number = integer_field(Json{{"versions", text}}, "versions")) numbers.push_back(*number);
  }
  if (data.empty() && found) numbers = {found->current};  // DELETE data/<key>: the latest
  Answer answer;
  if (numbers.empty() && found) throw LogicalError(400, "No version number provided");
  if (!found) co_return answer;
  for (const std::int64_t number : numbers) {
    const auto it = found->versions.find(number);
    if (it == found->versions.end()) continue;
    if (action == "undelete") {
      if (!it->second.destroyed) it->second.deleted.reset();
    } else if (action == "delete") {
      if (!it->second.destroyed && !(it->second.deleted && *it->second.deleted <= world_.scheduler.now()))
        it->second.deleted = world_.scheduler.now();
    } else {
      it->second.destroyed = true;
    }
  }
  co_await store(key, *found);
  if (action == "destroy")
    for (const std::int64_t number : numbers) co_await view_.remove(version_key(key, number));
  co_return answer;
}

world::Task<Answer> Kv2Backend::handle_metadata(Request request, std::string key) {
  Answer answer;
  if (request.operation == Operation::list) {
    const std::vector<std::string> names = co_await view_.list("metadata/" + key);
    if (names.empty()) throw LogicalError(404, "");
    answer.data = {{"keys", names}};
    co_return answer;
  }
  std::optional<Kv2Metadata> found = co_await metadata(key);
  if (request.operation == Operation::read) {
    if (!found) throw LogicalError(404, "");
    answer.data = found->description();
    co_return answer;
  }
  if (request.operation == Operation::remove) {
    if (!found) co_return answer;
    for (const auto& [number, version] : found->versions) co_await view_.remove(version_key(key, number));
    co_await view_.remove("metadata/" + key);
    co_return answer;
  }
  if (request.operation == Operation::patch && !found) throw LogicalError(404, "");
  Kv2Metadata changed = found.value_or(Kv2Metadata{});
  if (!found) changed.created = changed.updated = world_.scheduler.now();
  changed.change(request.data, request.operation == Operation::patch);
  changed.updated = world_.scheduler.now();
  co_await store(key, changed);
  co_return answer;
}

}  // namespace squall::vault
