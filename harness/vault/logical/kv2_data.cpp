// A key's data in version 2 of kv: reading, writing and patching versions (builtin/logical/kv, path_data.go,
// path_subkeys.go).
#include "harness/vault/go/json_text.hpp"
#include "harness/vault/logical/fields.hpp"
#include "harness/vault/logical/kv2.hpp"

namespace squall::vault {
namespace {

Json version_data(std::int64_t number, const Kv2Version& version, const Json& custom) {
  return {{"created_time", base::rfc3339_nano(version.created)},
          {"custom_metadata", custom},
          {"deletion_time", time_text(version.deleted)},
          {"destroyed", version.destroyed},
          {"version", number}};
}

void check_cas(const Json& data, const std::optional<Kv2Metadata>& found, bool required) {
  const Json options = map_field(data, "options").value_or(Json::object());
  const auto cas = options.find("cas");
  if (cas == options.end()) {
    if (required) throw LogicalError(400, "check-and-set parameter required for this call");
    return;
  }
  if (!field_problem(*cas, FieldType::integer).empty())
    throw LogicalError(400, "error parsing check-and-set parameter");
  if (integer_field(options, "cas").value_or(0) != (found ? found->current : 0))
    throw LogicalError(400, "check-and-set parameter did not match the current version");
}

// The value's members without what they hold, as deep as `depth` says (0: all the way).
Json subkeys_of(const Json& value, std::int64_t depth, std::int64_t level = 1) {
  Json result = Json::object();
  for (const auto& [name, member] : value.items()) {
    const bool inside = member.is_object() && !member.empty() && (depth == 0 || level + 1 <= depth);
    result[name] = inside ? subkeys_of(member, depth, level + 1) : Json();
  }
  return result;
}

}  // namespace

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
    case Operation::remove: {
      const std::optional<Kv2Metadata> found = co_await metadata(key);
      std::vector<std::int64_t> latest{found ? found->current : 0};
      co_return co_await change_versions(key, "delete", std::move(latest));
    }
    default:
      break;
  }
  throw unsupported_operation();
}

world::Task<Answer> Kv2Backend::read_data(std::string key, std::int64_t version) {
  const std::optional<Kv2Metadata> found = co_await metadata(key);
  if (!found) throw LogicalError(404, "");
  const std::int64_t number = version > 0 ? version : found->current;
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
  answer.data_text = with_go_floats(answer.data);
  co_return answer;
}

world::Task<Answer> Kv2Backend::read_subkeys(std::string key, std::int64_t version, std::int64_t depth) {
  Answer answer = co_await read_data(std::move(key), version);
  const Json data = answer.data["data"];
  answer.data.erase("data");
  answer.data["subkeys"] = data.is_object() ? subkeys_of(data, depth) : Json();
  answer.data_text.clear();
  co_return answer;
}

world::Task<Answer> Kv2Backend::write_data(std::string key, Json data) {
  if (!data.contains("data")) throw LogicalError(400, "no data provided");
  const std::optional<Json> value = map_field(data, "data");
  std::optional<Kv2Metadata> found = co_await metadata(key);
  const Config settings = co_await config();
  check_cas(data, found, settings.cas_required || (found && found->cas_required));
  std::string text = value ? value->dump() : "null";
  co_return co_await add_version(key, std::move(found), std::move(text));
}

world::Task<Answer> Kv2Backend::patch_data(std::string key, Json data) {
  if (!data.contains("data")) throw LogicalError(400, "no data provided");
  const Json value = map_field(data, "data").value_or(Json::object());
  std::optional<Kv2Metadata> found = co_await metadata(key);
  const Config settings = co_await config();
  Answer missing;
  missing.status = 404;
  missing.raw_empty = true;
  if (!found) co_return missing;
  check_cas(data, found, settings.cas_required || found->cas_required);
  const auto current = found->versions.find(found->current);
  if (current == found->versions.end()) co_return missing;
  const bool deleted = current->second.deleted && *current->second.deleted <= world_.scheduler.now();
  if (deleted || current->second.destroyed) {
    missing.data = version_data(found->current, current->second, found->custom);
    co_return missing;
  }
  const std::optional<std::string> stored = co_await view_.get(version_key(key, found->current));
  Json merged = stored ? Json::parse(*stored) : Json::object();
  merged.merge_patch(value);
  std::string text = merged.dump();
  co_return co_await add_version(key, std::move(found), std::move(text));
}

// The version's data is stored before the metadata that names it: a crash between the two leaves the old
// version.
world::Task<Answer> Kv2Backend::add_version(std::string key, std::optional<Kv2Metadata> found,
                                            std::string value) {
  const Time now = world_.scheduler.now();
  const Config settings = co_await config();
  Kv2Metadata metadata = found.value_or(Kv2Metadata{});
  if (!found) metadata.created = now;
  const std::optional<Time> ends = deletion_time(settings, metadata, now);
  const std::int64_t most = std::max(metadata.max_versions, settings.max_versions);
  const std::vector<std::int64_t> dropped =
      metadata.add_version(now, ends, most != 0 ? most : kv2_default_versions);
  const std::int64_t number = metadata.current;
  co_await view_.put(version_key(key, number), std::move(value));
  co_await store(key, metadata);
  for (const std::int64_t old : dropped) co_await view_.remove(version_key(key, old));
  Answer answer;
  answer.data = version_data(number, metadata.versions[number], metadata.custom);
  co_return answer;
}

}  // namespace squall::vault
