#include "emulator/gateway/emulator.hpp"

#include <optional>

#include "emulator/auth/sigv4.hpp"
#include "emulator/auth/verifier.hpp"
#include "emulator/gateway/gateway.hpp"
#include "emulator/services/kms/service.hpp"
#include "emulator/store/database.hpp"

namespace squall::gateway {
namespace {

// The root user's key, drawn when the emulator is made.
class RootKey final : public auth::CredentialStore {
 public:
  RootKey(world::Entropy& entropy, const std::string& account) {
    constexpr std::string_view id_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    constexpr std::string_view secret_alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    credentials.access_key_id = "AKIA" + entropy.text(16, id_alphabet);
    credentials.secret_access_key = entropy.text(40, secret_alphabet);
    known_.secret_access_key = credentials.secret_access_key;
    known_.principal = auth::root_of(account);
    known_.principal.access_key_id = credentials.access_key_id;
  }

  const auth::KnownCredential* find(std::string_view access_key_id) override {
    return access_key_id == credentials.access_key_id ? &known_ : nullptr;
  }

  auth::Credentials credentials;

 private:
  auth::KnownCredential known_;
};

std::unique_ptr<store::Database> open_store(const std::string& file) {
  return file.empty() ? std::make_unique<store::Database>() : std::make_unique<store::Database>(file);
}

}  // namespace

// Members are made from top to bottom: what a service needs stands above it.
struct Emulator::Impl {
  EmulatorOptions options;
  std::unique_ptr<store::Database> database;
  RootKey root;
  auth::Verifier verifier;
  Gateway gateway;
  services::kms::Service kms;

  Impl(world::Scheduler& scheduler, world::Entropy& entropy, world::Machines&, EmulatorOptions given)
      : options(std::move(given)),
        database(open_store(options.data_file)),
        root(entropy, options.account),
        verifier(root, options.enforce_auth ? auth::Mode::strict : auth::Mode::open, options.account),
        gateway(scheduler, entropy, &verifier, nullptr,
                {.account = options.account, .region = options.region}),
        kms(scheduler, entropy, *database, nullptr) {
    serve(api::kms::service(), kms);
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

Answer Emulator::imds(const std::string& instance_id, const http::Request&) {
  return {.response = http::Response::text(404, "No instance metadata for " + instance_id + "\n")};
}

const auth::Credentials& Emulator::root_credentials() const { return impl_->root.credentials; }
Gateway& Emulator::gateway() { return impl_->gateway; }
Journal& Emulator::journal() { return impl_->gateway.journal(); }
FaultRules& Emulator::faults() { return impl_->gateway.faults(); }
std::uint64_t Emulator::internal_failures() const { return impl_->gateway.internal_failures(); }

}  // namespace squall::gateway
