// AWS Systems Manager: Run Command and Command documents
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/). Parameter Store, Automation, sessions
// and the other capabilities are not served.
#pragma once
#include <vector>

#include "emulator/auth/interfaces.hpp"
#include "emulator/services/ssm/document_store.hpp"
#include "emulator/services/ssm/runner.hpp"
#include "emulator/wire/value.hpp"
#include "emulator/world/entropy.hpp"
#include "squall/api/ssm.hpp"

namespace squall::services::ssm {

class Service final : public api::ssm::Api {
 public:
  // What the service is given; all of it outlives the service.
  struct Parts {
    world::Scheduler& scheduler;
    world::Entropy& entropy;
    world::Machines& machines;
    store::Database& database;
    ec2::Directory& directory;
    AgentAccess& agent_access;
  };
  explicit Service(const Parts& parts);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // What the gateway is to have allowed before it calls the operation; `input` was decoded, not yet
  // validated.
  std::vector<auth::Authorization> authorizations(const wire::RequestContext& context,
                                                  const wire::Operation& operation, const wire::Value& input);

  // documents.cpp
  api::ssm::CreateDocumentResult create_document(const wire::RequestContext&,
                                                 const api::ssm::CreateDocumentRequest&) override;
  api::ssm::UpdateDocumentResult update_document(const wire::RequestContext&,
                                                 const api::ssm::UpdateDocumentRequest&) override;
  api::ssm::UpdateDocumentDefaultVersionResult update_document_default_version(
      const wire::RequestContext&, const api::ssm::UpdateDocumentDefaultVersionRequest&) override;
  api::ssm::DeleteDocumentResult delete_document(const wire::RequestContext&,
                                                 const api::ssm::DeleteDocumentRequest&) override;
  // document_views.cpp
  api::ssm::DescribeDocumentResult describe_document(const wire::RequestContext&,
                                                     const api::ssm::DescribeDocumentRequest&) override;
  api::ssm::GetDocumentResult get_document(const wire::RequestContext&,
                                           const api::ssm::GetDocumentRequest&) override;
  api::ssm::ListDocumentsResult list_documents(const wire::RequestContext&,
                                               const api::ssm::ListDocumentsRequest&) override;
  // send_command.cpp
  api::ssm::SendCommandResult send_command(const wire::RequestContext&,
                                           const api::ssm::SendCommandRequest&) override;
  api::ssm::CancelCommandResult cancel_command(const wire::RequestContext&,
                                               const api::ssm::CancelCommandRequest&) override;
  // command_views.cpp
  api::ssm::GetCommandInvocationResult get_command_invocation(
      const wire::RequestContext&, const api::ssm::GetCommandInvocationRequest&) override;
  api::ssm::ListCommandInvocationsResult list_command_invocations(
      const wire::RequestContext&, const api::ssm::ListCommandInvocationsRequest&) override;
  api::ssm::ListCommandsResult list_commands(const wire::RequestContext&,
                                             const api::ssm::ListCommandsRequest&) override;
  // instances.cpp
  api::ssm::DescribeInstanceInformationResult describe_instance_information(
      const wire::RequestContext&, const api::ssm::DescribeInstanceInformationRequest&) override;

 private:
  // A document at one of its versions.
  struct Edition {
    DocumentRecord document;
    DocumentVersion version;
    bool by_amazon = false;
  };
  // `version`: a number, "$DEFAULT", "$LATEST" or nothing. `name` may be an ARN. Throws InvalidDocument and
  // InvalidDocumentVersion.
  Edition find_edition(const wire::RequestContext& context, const std::string& name,
                       const std::optional<std::string>& version,
                       const std::optional<std::string>& version_name = {});
  // Throws InvalidDocument, and AccessDeniedException for a document of Amazon's.
  DocumentRecord own_document(const wire::RequestContext& context, const std::string& name);
  // The operations that make or change a document say so in `status`; from then on it is active.
  api::ssm::DocumentDescription describe(const wire::RequestContext& context, const Edition& edition,
                                         const char* status = "Active") const;
  std::vector<ManagedNode> targets_of(const wire::RequestContext& context,
                                      const api::ssm::SendCommandRequest& input);
  // Throws InvalidCommandId.
  CommandRecord own_command(const wire::RequestContext& context, const std::string& id);
  // Those that the listings are asked for: of one id, or all, latest first.
  std::vector<CommandRecord> commands_for(const wire::RequestContext& context,
                                          const std::optional<std::string>& id);
  api::ssm::Command view(const CommandRecord& command);

  world::Scheduler& scheduler_;
  world::Entropy& entropy_;
  ec2::Directory& directory_;
  DocumentStore documents_;
  CommandStore commands_;
  Nodes nodes_;
  Runner runner_;
};

// The name in a document's name or ARN ("arn:aws:ssm:us-east-1:123456789012:document/name").
std::string document_name(const std::string& name_or_arn);

}  // namespace squall::services::ssm
