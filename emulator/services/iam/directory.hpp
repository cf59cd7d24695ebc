// IAM's records as rows: who exists in an account, with which policies. The IAM operations write through it;
// STS, the credential store and the policy source read. Every write raises generation(), which is how the
// caches of the request path learn that they are stale.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/auth/interfaces.hpp"
#include "emulator/store/database.hpp"
#include "emulator/world/entropy.hpp"
#include "emulator/world/scheduler.hpp"

namespace squall::services::iam {

// What users, roles and instance profiles have in common.
struct Entity {
  std::string account, name, path, id;
  Time created;
  // "arn:aws:iam::123456789012:role/path/name"
  std::string arn(std::string_view type) const {
    return "arn:aws:iam::" + account + ":" + std::string(type) + path + name;
  }
};

struct User : Entity {
  std::optional<std::string> boundary;  // a policy's ARN
  std::string arn() const { return Entity::arn("user"); }
};

struct Role : Entity {
  std::optional<std::string> boundary;
  std::string trust_policy;  // JSON, as given
  std::optional<std::string> description;
  std::int64_t max_session_s = 3600;
  std::optional<Time> last_used;
  std::optional<std::string> last_used_region;
  std::string arn() const { return Entity::arn("role"); }
};

struct Profile : Entity {
  std::optional<std::string> role_id;
  std::string arn() const { return Entity::arn("instance-profile"); }
};

struct ManagedPolicyRow {
  std::string arn, account, name, path, id;
  Time created, updated;
  std::optional<std::string> description;
  std::int64_t default_version = 1, last_version = 1;
};

// Something that policies and tags hang on.
struct Owner {
  enum class Kind { user, role };
  Kind kind;
  std::string id, name;
  const char* word() const { return kind == Kind::user ? "user" : "role"; }
};

using Tags = std::vector<std::pair<std::string, std::string>>;

class Directory final : public auth::PrincipalDirectory {
 public:
  Directory(store::Database& database, world::Scheduler& scheduler, world::Entropy& entropy)
      : database_(database), scheduler_(scheduler), entropy_(entropy) {}

  std::optional<User> find_user(std::string_view account, std::string_view name);
  std::optional<User> user_by_id(std::string_view id);
  std::vector<User> users(std::string_view account);
  std::optional<Role> find_role(std::string_view account, std::string_view name);
  std::optional<Role> role_by_id(std::string_view id);
  std::vector<Role> roles(std::string_view account);
  std::optional<Profile> find_profile(std::string_view account, std::string_view name);
  std::vector<Profile> profiles(std::string_view account);
  std::optional<ManagedPolicyRow> find_policy(std::string_view arn);
  std::vector<ManagedPolicyRow> policies(std::string_view account);  // "aws": the AWS managed ones

  // The names or the ARNs of an owner's policies, sorted; the documents of both kinds.
  std::vector<std::string> inline_policies(std::string_view owner_id);
  std::vector<std::string> attached_policies(std::string_view owner_id);
  std::vector<std::string> documents(std::string_view owner_id);
  // Of the default version; empty if there is no such policy.
  std::string default_document(std::string_view policy_arn);
  Tags tags(std::string_view owner_id);
  bool names_someone(const std::string& account, const std::string& name) override;

  // "AIDA" and 17 characters (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html).
  std::string new_id(std::string_view prefix);
  std::string new_key_id(std::string_view prefix);  // "AKIA" and 16 characters
  std::string new_secret();                         // 40 characters
  world::Entropy& entropy() { return entropy_; }
  Time now() const { return scheduler_.now(); }

  store::Database& database() { return database_; }
  std::uint64_t generation() const { return generation_; }
  void changed() { ++generation_; }

 private:
  store::Database& database_;
  world::Scheduler& scheduler_;
  world::Entropy& entropy_;
  std::uint64_t generation_ = 1;
};

}  // namespace squall::services::iam
