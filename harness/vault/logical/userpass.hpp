// auth/userpass (builtin/credential/userpass): users with a password, and their logins. Passwords are kept as
// a salted, iterated HMAC behind the barrier.
#pragma once
#include <functional>

#include "harness/vault/logical/token_backend.hpp"
#include "harness/vault/logical/user_lockout.hpp"
#include "harness/vault/logical/userpass_user.hpp"

namespace squall::vault {

// The mount that it is: of which kind its tokens are ("default-service" unless tuned), and who is locked out.
struct UserpassMount {
  std::string token_type, accessor;
  UserLockouts& lockouts;
  LockoutRules rules;
};

class UserpassBackend final : public Backend {
 public:
  UserpassBackend(View view, TokenStore& tokens, BackendWorld world, UserpassMount mount)
      : view_(std::move(view)), tokens_(tokens), world_(world), mount_(std::move(mount)) {}
  std::optional<Schema> schema(const Request& request) const override;
  world::Task<Answer> handle(Request request) override;
  world::Task<std::optional<bool>> exists(Request request) override;
  bool unauthenticated(const Request& request) const override {
    return request.relative().starts_with("login/");
  }

 private:
  world::Task<Answer> handle_user(Request request, std::string name);
  world::Task<Answer> change_part(Request request, std::string name, std::string part);
  world::Task<Answer> login(Request request, std::string name);
  world::Task<std::optional<UserpassUser>> user(std::string name);  // names are of lower case
  world::Task<> store(std::string name, UserpassUser user);
  void set_password(UserpassUser& user, const Json& data) const;
  bool batch_for(const std::string& user_type) const;  // whether its tokens are batch tokens
  world::Task<std::string> entity_of(std::string name);

  View view_;
  TokenStore& tokens_;
  BackendWorld world_;
  UserpassMount mount_;
};

}  // namespace squall::vault
