// Version 2 of kv: its paths and settings, and what becomes of versions; their data is in kv2_data.cpp
// (builtin/logical/kv, path_config.go, path_delete.go, path_destroy.go, path_metadata.go).
#include "harness/vault/logical/kv2.hpp"

#include <array>

#include "emulator/base/spans.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

struct Kv2Path {
  std::string area, key;  // "data", "app/db"
};

Kv2Path split_path(const std::string& path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string::npos) return {path, ""};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

bool is_area(const std::string& name) {
  return name == "metadata" || name == "data" || name == "delete" || name == "undelete" || name == "destroy";
}

Answer invalid_path(const Request& request) {
  Answer answer;
  answer.status = 404;
  std::string path = request.relative();
  if (request.operation == Operation::list && path.ends_with('/')) path.pop_back();
  if (is_area(path) && request.operation != Operation::list) {
    answer.warnings = {"Non-listing operations on the root of a K/V v2 mount are not supported."};
    return answer;
  }
  const char* verb = "get";
  if (request.operation == Operation::list) verb = "list";
  if (request.operation == Operation::remove) verb = "delete";
  if (request.operation == Operation::update || request.operation == Operation::create) verb = "put";
  if (request.operation == Operation::patch) verb = "patch";
  if (request.operation == Operation::head) throw unsupported_operation();
  answer.warnings = {
      std::string("Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate "
                  "API endpoints to use. If using the Vault CLI, use 'vault kv ") +
      verb + "' for this operation."};
  return answer;
}

}  // namespace

std::optional<Schema> Kv2Backend::schema(const Request& request) const {
  using enum FieldType;
  const Kv2Path path = split_path(request.relative());
  if (request.relative() == "config")
    return Schema{
        {{"max_versions", integer}, {"cas_required", boolean}, {"delete_version_after", signed_seconds}}};
  if (path.area == "data")
    return Schema{{{"path", text}, {"version", integer}, {"options", map}, {"data", map}}, true};
  if (path.area == "metadata")
    return Schema{{{"path", text},
                   {"cas_required", boolean},
                   {"max_versions", integer},
                   {"delete_version_after", seconds},
                   {"custom_metadata", map}},
                  true};
  if (path.area == "subkeys") return Schema{{{"path", text}, {"depth", integer}, {"version", integer}}};
  if (is_area(path.area)) return Schema{{{"path", text}, {"versions", integers}}};
  return std::nullopt;
}

std::optional<Time> Kv2Backend::deletion_time(const Config& config, const Kv2Metadata& metadata, Time from) {
  if (config.delete_version_after_s < 0) return std::nullopt;
  const std::int64_t own = metadata.delete_version_after_s, general = config.delete_version_after_s;
  const std::int64_t keep = own == 0 ? general : general == 0 ? own : std::min(own, general);
  if (keep == 0) return std::nullopt;
  return base::later(from, base::whole_seconds(keep));
}

world::Task<Kv2Backend::Config> Kv2Backend::config() {
  const std::optional<std::string> stored = co_await view_.get("config");
  Config result;
  if (stored) {
    const Json json = Json::parse(*stored);
    result.max_versions = json.at("max_versions").get<std::int64_t>();
    result.cas_required = json.at("cas_required").get<bool>();
    result.delete_version_after_s = json.at("delete_version_after_s").get<std::int64_t>();
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
  const Kv2Path path = split_path(request.relative());
  const bool below = !path.key.empty();
  if (request.relative() == "config") co_return co_await handle_config(std::move(request));
  if (path.area == "metadata" && request.relative() != "metadata")
    co_return co_await handle_metadata(std::move(request), path.key);
  if (path.area == "data" && below && !path.key.ends_with('/') && request.operation != Operation::list)
    co_return co_await handle_data(std::move(request), path.key);
  if (path.area == "subkeys" && below) {
    if (request.operation != Operation::read) throw unsupported_operation();
    const std::int64_t version = integer_field(request.data, "version").value_or(0);
    const std::int64_t depth = integer_field(request.data, "depth").value_or(0);
    co_return co_await read_subkeys(path.key, version, depth);
  }
  if (is_area(path.area) && path.area != "data" && below) {
    if (!request.writes()) throw unsupported_operation();
    std::vector<std::int64_t> numbers =
        integers_field(request.data, "versions").value_or(std::vector<std::int64_t>());
    if (numbers.empty())
      throw LogicalError(
          400, path.area == "destroy" ? "no version number provided" : "No version number provided");
    co_return co_await change_versions(path.key, path.area, std::move(numbers));
  }
  co_return invalid_path(request);
}

world::Task<Answer> Kv2Backend::handle_config(Request request) {
  Config current = co_await config();
  Answer answer;
  if (request.operation == Operation::read) {
    answer.data = {
        {"cas_required", current.cas_required},
        {"delete_version_after", base::go_duration(base::whole_seconds(current.delete_version_after_s))},
        {"max_versions", current.max_versions}};
    co_return answer;
  }
  if (!request.writes()) throw unsupported_operation();
  current.max_versions = integer_field(request.data, "max_versions").value_or(current.max_versions);
  current.cas_required = boolean_field(request.data, "cas_required").value_or(current.cas_required);
  if (const auto seconds = seconds_field(request.data, "delete_version_after"))
    current.delete_version_after_s = std::max<std::int64_t>(*seconds, -1);
  const Json json = {{"max_versions", current.max_versions},
                     {"cas_required", current.cas_required},
                     {"delete_version_after_s", current.delete_version_after_s}};
  co_await view_.put("config", json.dump());
  co_return answer;
}

world::Task<Answer> Kv2Backend::change_versions(std::string key, std::string action,
                                                std::vector<std::int64_t> numbers) {
  std::optional<Kv2Metadata> found = co_await metadata(key);
  Answer answer;
  if (!found) co_return answer;
  const Config settings = co_await config();
  const Time now = world_.scheduler.now();
  for (const std::int64_t number : numbers) {
    const auto it = found->versions.find(number);
    if (it == found->versions.end() || it->second.destroyed) continue;
    if (action == "undelete") {
      it->second.deleted = deletion_time(settings, *found, now);
    } else if (action == "destroy") {
      it->second.destroyed = true;
    } else if (!it->second.deleted || *it->second.deleted > now) {
      it->second.deleted = now;
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
  if (!request.writes() && request.operation != Operation::patch) throw unsupported_operation();
  const bool patch = request.operation == Operation::patch;
  if (!patch && !Kv2Metadata::changed_by(request.data)) co_return answer;
  Kv2Metadata changed = found.value_or(Kv2Metadata{});
  if (!found) changed.created = changed.updated = world_.scheduler.now();
  changed.change(request.data, patch);
  if (patch && !found) {
    answer.status = 404;
    answer.raw_empty = true;
    co_return answer;
  }
  const Config settings = co_await config();
  if (settings.cas_required && request.data.contains("cas_required") && !changed.cas_required)
    answer.warnings = {
        "\"cas_required\" set to false, but is mandated by backend config. This value will be ignored."};
  co_await store(key, changed);
  co_return answer;
}

}  // namespace squall::vault
