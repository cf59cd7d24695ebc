// What the operations share: finding documents and commands.
#include "emulator/services/ssm/service.hpp"

#include <algorithm>

#include "emulator/base/arn.hpp"
#include "emulator/services/ssm/builtin.hpp"
#include "emulator/services/ssm/errors.hpp"

namespace squall::services::ssm {
namespace {

// AWS published AWS-RunShellScript then.
constexpr Time built_in_created{std::chrono::seconds{1'503'945'600}};

}  // namespace

Service::Service(const Parts& parts)
    : scheduler_(parts.scheduler),
      entropy_(parts.entropy),
      directory_(parts.directory),
      documents_(parts.database),
      commands_(parts.database),
      nodes_(parts.scheduler, parts.machines, parts.directory, parts.agent_access, commands_),
      runner_(parts.scheduler, parts.machines, nodes_, commands_) {}

std::string document_name(const std::string& name_or_arn) {
  constexpr std::string_view prefix = "document/";
  auto arn = base::Arn::parse(name_or_arn);
  return arn && arn->resource.starts_with(prefix) ? arn->resource.substr(prefix.size()) : name_or_arn;
}

Service::Edition Service::find_edition(const wire::RequestContext& context, const std::string& name,
                                       const std::optional<std::string>& version,
                                       const std::optional<std::string>& version_name) {
  Edition edition;
  const std::string plain = document_name(name);
  std::vector<DocumentVersion> versions;
  if (plain == run_shell_script_name) {
    edition.by_amazon = true;
    edition.document.name = plain;
    versions.push_back({.version = 1,
                        .version_name = {},
                        .content = std::string(run_shell_script_content),
                        .format = Format::json,
                        .created = built_in_created});
  } else {
    auto document = documents_.find(context.account(), context.region, plain);
    if (!document) throw invalid_document(plain);
    edition.document = std::move(*document);
    versions = documents_.versions(edition.document);
  }
  std::string wanted = version.value_or(version_name ? "" : "$DEFAULT");
  if (wanted == "$DEFAULT") wanted = std::to_string(edition.document.default_version);
  if (wanted == "$LATEST") wanted = std::to_string(edition.document.latest_version);
  auto found = std::find_if(versions.begin(), versions.end(), [&](const DocumentVersion& each) {
    return (wanted.empty() || std::to_string(each.version) == wanted) &&
           (!version_name || each.version_name == *version_name);
  });
  if (found == versions.end()) throw invalid_version();
  edition.version = std::move(*found);
  return edition;
}

DocumentRecord Service::own_document(const wire::RequestContext& context, const std::string& name) {
  const std::string plain = document_name(name);
  if (plain == run_shell_script_name)
    throw error("AccessDeniedException", "Documents owned by Amazon cannot be changed: " + plain);
  auto document = documents_.find(context.account(), context.region, plain);
  if (!document) throw invalid_document(plain);
  return *document;
}

CommandRecord Service::own_command(const wire::RequestContext& context, const std::string& id) {
  auto command = commands_.find(id);
  if (!command || command->account != context.account() || command->region != context.region)
    throw error("InvalidCommandId");
  return *command;
}

}  // namespace squall::services::ssm
