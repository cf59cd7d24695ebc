// Making and changing documents
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/documents.html).
#include <algorithm>

#include "emulator/services/ssm/errors.hpp"
#include "emulator/services/ssm/service.hpp"

namespace squall::services::ssm {
namespace {

constexpr std::size_t documents_per_account = 500, versions_per_document = 1000;

Format format_of(const std::optional<std::string>& text) {
  if (!text || *text == "JSON") return Format::json;
  if (*text == "YAML") return Format::yaml;
  throw not_served("documents of format " + *text);
}

void check_name(const std::string& name) {
  std::string small = name;
  std::transform(small.begin(), small.end(), small.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const char* reserved : {"aws", "amazon", "amzn"})
    if (small.starts_with(reserved))
      throw base::AwsError::validation(
          "Document name " + name + " is not valid: names that begin with aws, amazon or amzn are reserved.");
}

void check_not_taken(const std::vector<DocumentVersion>& versions, const std::string& version_name) {
  for (const DocumentVersion& each : versions)
    if (!version_name.empty() && each.version_name == version_name)
      throw error(
          "DuplicateDocumentVersionName",
          "The version name has already been used in this document. Specify a different version name, and "
          "then try again.");
}

}  // namespace

api::ssm::CreateDocumentResult Service::create_document(const wire::RequestContext& context,
                                                        const api::ssm::CreateDocumentRequest& input) {
  if (input.document_type && *input.document_type != "Command")
    throw not_served("documents of type " + *input.document_type);
  check_name(input.name);
  DocumentVersion version{.version = 1,
                          .version_name = input.version_name.value_or(""),
                          .content = input.content,
                          .format = format_of(input.document_format),
                          .created = context.now};
  parse_document(version.content, version.format);
  if (documents_.find(context.account(), context.region, input.name))
    throw error("DocumentAlreadyExists", "Document with same name " + input.name + " already exists");
  if (documents_.list(context.account(), context.region).size() >= documents_per_account)
    throw error("DocumentLimitExceeded", "You can have at most 500 active SSM documents.");

  DocumentRecord document{.account = context.account(),
                          .region = context.region,
                          .name = input.name,
                          .display_name = input.display_name.value_or(""),
                          .target_type = input.target_type.value_or(""),
                          .tags = {}};
  if (input.tags)
    for (const auto& tag : *input.tags) document.tags[tag.key] = tag.value;
  documents_.add(document, version);
  return {.document_description = describe(context, {document, version}, "Creating")};
}

api::ssm::UpdateDocumentResult Service::update_document(const wire::RequestContext& context,
                                                        const api::ssm::UpdateDocumentRequest& input) {
  DocumentRecord document = own_document(context, input.name);
  const std::string based_on = input.document_version.value_or("$LATEST");
  if (based_on == "$DEFAULT" ? document.default_version != document.latest_version
                             : based_on != "$LATEST" && based_on != std::to_string(document.latest_version))
    throw error("InvalidDocumentVersion", "Only the latest version of a document can be updated.");
  DocumentVersion version{.version = document.latest_version + 1,
                          .version_name = input.version_name.value_or(""),
                          .content = input.content,
                          .format = format_of(input.document_format),
                          .created = context.now};
  parse_document(version.content, version.format);
  const auto versions = documents_.versions(document);
  for (const DocumentVersion& each : versions)
    if (each.content == version.content)
      throw error("DuplicateDocumentContent", "The content of the document matches version " +
                                                  std::to_string(each.version) +
                                                  ". Change the content and try again.");
  check_not_taken(versions, version.version_name);
  if (versions.size() >= versions_per_document)
    throw error("DocumentVersionLimitExceeded",
                "The document has too many versions. Delete one and try again.");

  document.latest_version = version.version;
  if (input.display_name) document.display_name = *input.display_name;
  if (input.target_type) document.target_type = *input.target_type;
  documents_.add_version(document, version);
  return {.document_description = describe(context, {document, version}, "Updating")};
}

api::ssm::UpdateDocumentDefaultVersionResult Service::update_document_default_version(
    const wire::RequestContext& context, const api::ssm::UpdateDocumentDefaultVersionRequest& input) {
  own_document(context, input.name);
  Edition edition = find_edition(context, input.name, input.document_version);
  documents_.set_default(edition.document, edition.version.version);
  api::ssm::DocumentDefaultVersionDescription description;
  description.name = edition.document.name;
  description.default_version = std::to_string(edition.version.version);
  if (!edition.version.version_name.empty()) description.default_version_name = edition.version.version_name;
  return {.description = description};
}

api::ssm::DeleteDocumentResult Service::delete_document(const wire::RequestContext& context,
                                                        const api::ssm::DeleteDocumentRequest& input) {
  DocumentRecord document = own_document(context, input.name);
  if (!input.document_version && !input.version_name) {
    documents_.remove(document);
    return {};
  }
  Edition edition = find_edition(context, input.name, input.document_version, input.version_name);
  if (edition.version.version == document.default_version)
    throw error("InvalidDocumentOperation",
                "Default version of the document can't be deleted. Set another default version first.");
  documents_.remove_version(document, edition.version.version);
  return {};
}

}  // namespace squall::services::ssm
