// auth/userpass (builtin/credential/userpass): users with a password, and their logins. Passwords are kept as
// a salted, iterated HMAC behind the barrier.
#pragma once
#include <functional>

#include "harness/vault/logical/token_backend.hpp"

namespace squall::vault {

class UserpassBackend final : public Backend {
 public:
  UserpassBackend(View view, TokenStore& tokens, BackendWorld world)
      : view_(std::move(view)), tokens_(tokens), world_(world) {}
  world::Task<Answer> handle(Request request) override;
  world::Task<std::optional<bool>> exists(Request request) override;
  bool unauthenticated(const Request& request) const override {
    return request.relative().starts_with("login/");
  }

 private:
  world::Task<Answer> handle_user(Request request, std::string name);
  world::Task<Answer> login(Request request, std::string name);
  world::Task<std::string> entity_of(std::string name);

  View view_;
  TokenStore& tokens_;
  BackendWorld world_;
};

}  // namespace squall::vault
