#include "emulator/gateway/emulator.hpp"

#include <optional>

#include "emulator/auth/sigv4.hpp"
#include "emulator/auth/verifier.hpp"
#include "emulator/gateway/agent_access.hpp"
#include "emulator/gateway/empty_tables.hpp"
#include "emulator/gateway/gateway.hpp"
#include "emulator/gateway/instance_roles.hpp"
#include "emulator/services/ec2/service.hpp"
#include "emulator/services/iam/attached.hpp"
#include "emulator/services/iam/credentials.hpp"
#include "emulator/services/iam/instance_credentials.hpp"
#include "emulator/services/iam/schema.hpp"
#include "emulator/services/iam/service.hpp"
#include "emulator/services/imds/imds.hpp"
#include "emulator/services/kms/service.hpp"
#include "emulator/services/ssm/service.hpp"
#include "emulator/services/sts/service.hpp"
#include "emulator/store/database.hpp"

namespace squall::gateway {
namespace {

// The store with what IAM has in it from the start, since the root user's key is asked of it at once.
std::unique_ptr<store::Database> open_store(const std::string& file, Time now) {
  auto database = file.empty() ? std::make_unique<store::Database>(empty_tables())
                               : std::make_unique<store::Database>(file);
  services::iam::prepare(*database, now);
  return database;
}

auth::Mode mode_of(const EmulatorOptions& options) {
  return options.enforce_auth ? auth::Mode::strict : auth::Mode::open;
}

}  // namespace

// Members are made from top to bottom: what a service needs stands above it.
struct Emulator::Impl {
  EmulatorOptions options;
  std::unique_ptr<store::Database> database;
  services::iam::Directory directory;
  services::iam::Credentials credentials;
  services::iam::Attached attached;
  services::iam::InstanceCredentials instance_credentials;
  auth::Credentials root;
  auth::Verifier verifier;
  auth::AccessControl access;
  Gateway gateway;
  services::iam::Service iam;
  services::sts::Service sts;
  services::kms::Service kms;
  InstanceRoles instance_roles;
  services::ec2::Ec2 ec2;
  services::imds::Imds imds;
  AgentAccess agent_access;
  services::ssm::Service ssm;

  Impl(world::Scheduler& scheduler, world::Entropy& entropy, world::Machines& machines, EmulatorOptions given)
      : options(std::move(given)),
        database(open_store(options.data_file, scheduler.now())),
        directory(*database, scheduler, entropy),
        credentials(directory),
        attached(directory),
        instance_credentials(directory, credentials),
        root(credentials.root(options.account)),
        verifier(credentials, mode_of(options), options.account),
        access(attached, mode_of(options)),
        gateway(scheduler, entropy, &verifier, &access,
                {.account = options.account, .region = options.region}),
        iam(directory),
        sts(directory, credentials, access),
        kms(scheduler, entropy, *database, &access, &directory),
        instance_roles(instance_credentials),
        ec2(scheduler, entropy, machines, *database, instance_roles),
        imds(scheduler, entropy, ec2, instance_roles),
        agent_access(instance_credentials, access),
        ssm({scheduler, entropy, machines, *database, ec2, agent_access}) {
    serve(api::iam::service(), iam);
    serve(api::sts::service(), sts);
    serve(api::kms::service(), kms);
    serve(api::ec2::service(), ec2);
    serve(api::ssm::service(), ssm);
  }

  // Puts a service's generated Api behind the gateway.
  template <class Service>
  void serve(const wire::Service& description, Service& service) {
    gateway.add(
        description,
        [&service](const wire::RequestContext& context, const wire::Operation& operation,
                   const nlohmann::json& input) { return service.dispatch(context, operation, input); },
        [&service](const wire::RequestContext& context, const wire::Operation& operation,
                   const nlohmann::json& input) {
          return service.authorizations(context, operation, input);
        });
  }
};

Emulator::Emulator(world::Scheduler& scheduler, world::Entropy& entropy, world::Machines& machines,
                   EmulatorOptions options)
    : impl_(std::make_unique<Impl>(scheduler, entropy, machines, std::move(options))) {}

Emulator::~Emulator() = default;

Answer Emulator::handle(const http::Request& request) { return impl_->gateway.handle(request); }

Answer Emulator::imds(const std::string& instance_id, const http::Request& request) {
  return {.response = impl_->imds.answer(instance_id, request)};
}

services::ec2::Ec2& Emulator::ec2() { return impl_->ec2; }

const auth::Credentials& Emulator::root_credentials() const { return impl_->root; }
Gateway& Emulator::gateway() { return impl_->gateway; }
Journal& Emulator::journal() { return impl_->gateway.journal(); }
FaultRules& Emulator::faults() { return impl_->gateway.faults(); }
std::uint64_t Emulator::internal_failures() const { return impl_->gateway.internal_failures(); }

}  // namespace squall::gateway
