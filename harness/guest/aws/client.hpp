// Calls one service: endpoint, signature, retries (botocore's standard mode: three attempts in all, unless
// told).
#pragma once
#include "emulator/wire/codec.hpp"
#include "harness/guest/aws/credentials.hpp"
#include "harness/guest/aws/failure.hpp"

namespace squall::guest::aws {

// An answer of the service that is an error.
struct ServiceError : std::runtime_error {
  ServiceError(std::string error_code, int http_status, const std::string& error_message,
               std::optional<int> spent)
      : std::runtime_error(error_message),
        code(std::move(error_code)),
        status(http_status),
        retries_spent(spent) {}
  std::string code;
  int status;
  std::optional<int> retries_spent;  // set when no attempt was left of those that it deserved
};

class Client {
 public:
  // Throws Failure: no region, or none that can be; retries set wrong.
  static world::Task<Client> make(program::Context& context, const Settings& settings,
                                  const wire::Service& service);

  // The answer in the model's order. `parameters` may not be valid yet; defaults are filled in. Throws
  // Failure (validation, connection, no credentials) and ServiceError.
  world::Task<Json> call(const wire::Operation& operation, Json parameters);

 private:
  Client(program::Context& context, const Settings& settings, const wire::Service& service)
      : context_(&context), settings_(&settings), service_(&service) {}

  world::Task<http::Response> send(http::Request request, bool sign);
  world::Call address(http::Request request) const;
  [[noreturn]] void fail_connection(const world::NetError& error) const;

  program::Context* context_;
  const Settings* settings_;
  const wire::Service* service_;
  std::string region_, signing_region_, endpoint_;
  int max_attempts_ = 3;
  std::optional<auth::Credentials> credentials_;
};

// The failure that the CLI shows for a service's error.
Failure service_failure(const ServiceError& error, std::string_view operation);

}  // namespace squall::guest::aws
