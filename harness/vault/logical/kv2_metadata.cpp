#include "harness/vault/logical/kv2_metadata.hpp"

#include "harness/vault/logical/fields.hpp"

namespace squall::vault {

std::string time_text(const std::optional<Time>& time) { return time ? base::rfc3339_nano(*time) : ""; }

Json Kv2Metadata::to_json() const {
  Json list = Json::object();
  for (const auto& [number, version] : versions)
    list[std::to_string(number)] = {
        {"created", version.created.time_since_epoch().count()},
        {"deleted", version.deleted ? Json(version.deleted->time_since_epoch().count()) : Json()},
        {"destroyed", version.destroyed}};
  return {{"versions", list},
          {"current", current},
          {"oldest", oldest},
          {"max_versions", max_versions},
          {"cas_required", cas_required},
          {"delete_version_after_ns", delete_version_after_ns},
          {"custom", custom},
          {"created", created.time_since_epoch().count()},
          {"updated", updated.time_since_epoch().count()}};
}

Kv2Metadata Kv2Metadata::from_json(const Json& json) {
  auto time = [](const Json& value) { return Time{Duration{value.get<std::int64_t>()}}; };
  Kv2Metadata metadata;
  for (const auto& [number, value] : json.at("versions").items()) {
    Kv2Version& version = metadata.versions[std::stoll(number)];
    version.created = time(value.at("created"));
    if (!value.at("deleted").is_null()) version.deleted = time(value.at("deleted"));
    version.destroyed = value.at("destroyed").get<bool>();
  }
  metadata.current = json.at("current").get<std::int64_t>();
  metadata.oldest = json.at("oldest").get<std::int64_t>();
  metadata.max_versions = json.at("max_versions").get<std::int64_t>();
  metadata.cas_required = json.at("cas_required").get<bool>();
  metadata.delete_version_after_ns = json.at("delete_version_after_ns").get<std::int64_t>();
  metadata.custom = json.at("custom");
  metadata.created = time(json.at("created"));
  metadata.updated = time(json.at("updated"));
  return metadata;
}

Json Kv2Metadata::description() const {
  Json list = Json::object();
  for (const auto& [number, version] : versions)
    list[std::to_string(number)] = {{"created_time", base::rfc3339_nano(version.created)},
                                    {"deletion_time", time_text(version.deleted)},
                                    {"destroyed", version.destroyed}};
  return {{"cas_required", cas_required},
          {"created_time", base::rfc3339_nano(created)},
          {"current_version", current},
          {"custom_metadata", custom},
          {"delete_version_after", base::go_duration(Duration{delete_version_after_ns})},
          {"max_versions", max_versions},
          {"oldest_version", oldest},
          {"updated_time", base::rfc3339_nano(updated)},
          {"versions", list}};
}

void Kv2Metadata::change(const Json& data, bool patch) {
  max_versions = integer_field(data, "max_versions").value_or(max_versions);
  cas_required = boolean_field(data, "cas_required").value_or(cas_required);
  if (const auto seconds = seconds_field(data, "delete_version_after"))
    delete_version_after_ns = Duration{std::chrono::seconds{*seconds}}.count();
  const auto given = data.find("custom_metadata");
  if (given == data.end() || !given->is_object()) return;
  if (patch) {
    custom.merge_patch(*given);
  } else {
    custom = *given;
  }
}

}  // namespace squall::vault
