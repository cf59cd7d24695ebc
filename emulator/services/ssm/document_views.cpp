// Documents as answers.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/services/ssm/builtin.hpp"
#include "emulator/services/ssm/errors.hpp"
#include "emulator/services/ssm/paging.hpp"
#include "emulator/services/ssm/service.hpp"

namespace squall::services::ssm {
namespace {

std::string format_name(Format format) { return format == Format::json ? "JSON" : "YAML"; }

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

template <class Tags>
std::vector<api::ssm::Tag> tags_of(const Tags& tags) {
  std::vector<api::ssm::Tag> out;
  for (const auto& [key, value] : tags) out.push_back({.key = key, .value = value});
  return out;
}

// How DescribeDocument writes a default: lists as JSON.
std::optional<std::string> default_text(const Parameter& parameter) {
  if (!parameter.defaults) return {};
  return parameter.is_list() ? nlohmann::json(*parameter.defaults).dump() : parameter.defaults->front();
}

// Filters of ListDocuments: Owner, Name (prefixes), DocumentType, PlatformTypes, TargetType, tag:KEY.
bool matches(const api::ssm::DocumentIdentifier& document, const std::string& key,
             const std::vector<std::string>& values) {
  auto one_of = [&](const std::string& have) {
    return std::find(values.begin(), values.end(), have) != values.end();
  };
  const bool by_amazon = document.owner == "Amazon";
  if (key == "Owner")
    return std::any_of(values.begin(), values.end(), [&](const std::string& owner) {
      return owner == "All" || owner == "all" || (owner == "Amazon" && by_amazon) ||
             ((owner == "Self" || owner == "self") && !by_amazon);
    });
  if (key == "Name")
    return std::any_of(values.begin(), values.end(),
                       [&](const std::string& prefix) { return document.name->starts_with(prefix); });
  if (key == "DocumentType") return one_of(*document.document_type);
  if (key == "TargetType") return document.target_type && one_of(*document.target_type);
  if (key == "PlatformTypes")
    return std::any_of(document.platform_types->begin(), document.platform_types->end(), one_of);
  if (key.starts_with("tag:"))
    return std::any_of(document.tags->begin(), document.tags->end(), [&](const api::ssm::Tag& tag) {
      return tag.key == key.substr(4) && one_of(tag.value);
    });
  throw error("InvalidFilterKey", "The specified filter key is not valid: " + key);
}

}  // namespace

api::ssm::DocumentDescription Service::describe(const wire::RequestContext& context, const Edition& edition,
                                                const char* status) const {
  const auto& [record, version, by_amazon] = edition;
  const Document document = parse_document(version.content, version.format);
  api::ssm::DocumentDescription out;
  out.hash = base::hex_encode(base::sha256(version.content));
  out.hash_type = "Sha256";
  out.name = record.name;
  out.display_name = unless_empty(record.display_name);
  out.version_name = unless_empty(version.version_name);
  out.owner = by_amazon ? "Amazon" : context.account();
  out.created_date = version.created;
  out.status = status;
  out.document_version = std::to_string(version.version);
  out.description = unless_empty(document.description);
  auto& parameters = out.parameters.emplace();
  for (const Parameter& parameter : document.parameters)
    parameters.push_back({.name = parameter.name,
                          .type = parameter.type,
                          .description = unless_empty(parameter.description),
                          .default_value = default_text(parameter)});
  out.platform_types = document.platforms;
  out.document_type = "Command";
  out.schema_version = document.schema_version;
  out.latest_version = std::to_string(record.latest_version);
  out.default_version = std::to_string(record.default_version);
  out.document_format = format_name(version.format);
  out.target_type = unless_empty(record.target_type);
  out.tags = tags_of(record.tags);
  return out;
}

api::ssm::DescribeDocumentResult Service::describe_document(const wire::RequestContext& context,
                                                            const api::ssm::DescribeDocumentRequest& input) {
  return {.document = describe(
              context, find_edition(context, input.name, input.document_version, input.version_name))};
}

api::ssm::GetDocumentResult Service::get_document(const wire::RequestContext& context,
                                                  const api::ssm::GetDocumentRequest& input) {
  Edition edition = find_edition(context, input.name, input.document_version, input.version_name);
  const Format format = input.document_format == "YAML" ? Format::yaml : Format::json;
  if (input.document_format == "TEXT") throw not_served("documents of format TEXT");
  api::ssm::GetDocumentResult out;
  out.name = edition.document.name;
  out.created_date = edition.version.created;
  out.display_name = unless_empty(edition.document.display_name);
  out.version_name = unless_empty(edition.version.version_name);
  out.document_version = std::to_string(edition.version.version);
  out.status = "Active";
  out.content = format == edition.version.format
                    ? edition.version.content
                    : write_content(read_content(edition.version.content, edition.version.format), format);
  out.document_type = "Command";
  out.document_format = format_name(format);
  return out;
}

api::ssm::ListDocumentsResult Service::list_documents(const wire::RequestContext& context,
                                                      const api::ssm::ListDocumentsRequest& input) {
  std::vector<Edition> editions;
  for (const DocumentRecord& record : documents_.list(context.account(), context.region))
    editions.push_back(find_edition(context, record.name, {}));
  editions.push_back(find_edition(context, std::string(run_shell_script_name), {}));

  std::vector<api::ssm::DocumentIdentifier> documents;
  for (const Edition& edition : editions) {
    const auto description = describe(context, edition);
    api::ssm::DocumentIdentifier& out = documents.emplace_back();
    out.name = description.name;
    out.created_date = description.created_date;
    out.display_name = description.display_name;
    out.owner = description.owner;
    out.version_name = description.version_name;
    out.platform_types = description.platform_types;
    out.document_version = description.document_version;
    out.document_type = description.document_type;
    out.schema_version = description.schema_version;
    out.document_format = description.document_format;
    out.target_type = description.target_type;
    out.tags = description.tags;
  }
  std::sort(documents.begin(), documents.end(),
            [](const auto& a, const auto& b) { return *a.name < *b.name; });
  auto keep = [&](const std::string& key, const std::vector<std::string>& values) {
    std::erase_if(documents, [&](const auto& document) { return !matches(document, key, values); });
  };
  if (input.document_filter_list)
    for (const auto& filter : *input.document_filter_list) keep(filter.key, {filter.value});
  if (input.filters)
    for (const auto& filter : *input.filters)
      keep(filter.key.value_or(""), filter.values.value_or(std::vector<std::string>()));
  api::ssm::ListDocumentsResult out;
  out.next_token =
      take_page(documents, input.max_results, input.next_token, [](const auto& each) { return *each.name; });
  out.document_identifiers = std::move(documents);
  return out;
}

}  // namespace squall::services::ssm
