#include "harness/vault/logical/kv2_metadata.hpp"

#include <algorithm>

#include "emulator/base/spans.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {

namespace {

constexpr std::size_t most_keys = 64, longest_key = 128, longest_value = 512;

std::string length_problem(const std::string& what, std::size_t length, std::size_t most, const char* kind) {
  return "length of " + what + " is " + std::to_string(length) + " but must be 0 < len(" + kind +
         ") <= " + std::to_string(most);
}

bool printable(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Every complaint of a member (sdk/helper/custommetadata, Validate).
void check_custom(const std::string& key, const std::string& value, std::vector<std::string>& problems) {
  const std::string quoted = "key \"" + key + "\"";
  if (key.empty() || key.size() > longest_key)
    problems.push_back(length_problem(quoted, key.size(), longest_key, "key"));
  if (value.empty() || value.size() > longest_value)
    problems.push_back(length_problem("value for " + quoted, value.size(), longest_value, "value"));
  if (!printable(key)) problems.push_back(quoted + " (" + key + ") contains unprintable characters");
  if (!printable(value)) problems.push_back("value for " + quoted + " contains unprintable characters");
}

// The members as texts; of a patch null stays, which takes a member away.
Json custom_metadata(const Json& given, bool patch) {
  const std::string prefix = "custom_metadata validation failed: ";
  Json result = Json::object();
  std::vector<std::string> problems;
  if (given.size() > most_keys)
    problems.push_back("payload must contain at most " + std::to_string(most_keys) + " keys, provided " +
                       std::to_string(given.size()));
  for (const auto& [key, value] : given.items()) {
    if (const std::string problem = field_problem(value, FieldType::text); !problem.empty())
      throw LogicalError(400, prefix + problem);
    if (patch && value.is_null()) {
      result[key] = nullptr;
      continue;
    }
    result[key] = text_field({{"value", value}}, "value").value_or("");
    if (given.size() <= most_keys) check_custom(key, result[key].get<std::string>(), problems);
  }
  if (problems.empty()) return result;
  std::string text =
      std::to_string(problems.size()) + (problems.size() == 1 ? " error occurred:\n" : " errors occurred:\n");
  for (const std::string& problem : problems) text += "\t* " + prefix + problem + "\n";
  throw LogicalError(400, text + "\n");
}

}  // namespace

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
          {"delete_version_after_s", delete_version_after_s},
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
  metadata.delete_version_after_s = json.at("delete_version_after_s").get<std::int64_t>();
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
          {"delete_version_after", base::go_duration(base::whole_seconds(delete_version_after_s))},
          {"max_versions", max_versions},
          {"oldest_version", oldest},
          {"updated_time", base::rfc3339_nano(updated)},
          {"versions", list}};
}

std::vector<std::int64_t> Kv2Metadata::add_version(Time now, std::optional<Time> ends, std::int64_t most) {
  versions[++current] = {now, ends, false};
  updated = now;
  std::vector<std::int64_t> dropped;
  if (current - oldest < most) return dropped;
  const std::int64_t last = current - most;
  while (!versions.empty() && versions.begin()->first <= last) {
    dropped.push_back(versions.begin()->first);
    versions.erase(versions.begin());
  }
  oldest = last + 1;
  return dropped;
}

bool Kv2Metadata::changed_by(const Json& data) {
  return data.contains("max_versions") || data.contains("cas_required") ||
         data.contains("delete_version_after") || data.contains("custom_metadata");
}

void Kv2Metadata::change(const Json& data, bool patch) {
  const auto given = map_field(data, "custom_metadata");
  const Json added = given ? custom_metadata(*given, patch) : Json();
  max_versions = integer_field(data, "max_versions").value_or(max_versions);
  cas_required = boolean_field(data, "cas_required").value_or(cas_required);
  delete_version_after_s = seconds_field(data, "delete_version_after").value_or(delete_version_after_s);
  if (!given) return;
  if (patch) {
    custom.merge_patch(added);
  } else {
    custom = added;
  }
}

}  // namespace squall::vault
