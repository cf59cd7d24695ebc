// What a set of policies allows (vault/acl.go).
#pragma once
#include "harness/vault/logical/policy.hpp"

namespace squall::vault {

class Acl {
 public:
  // `root`: everything is allowed.
  Acl(const std::vector<const Policy*>& policies, bool root);
  bool root() const { return root_; }
  Capabilities on(const std::string& path, Operation operation) const;
  // Whether the request's verb, parameters and wrapping are allowed on its path.
  bool permits(const Request& request) const;
  // Any capability on the mount or below it (the check of internal/ui/mounts).
  bool any_below(const std::string& mount) const;

 private:
  struct Permissions {
    Capabilities capabilities;
    PolicyLimits limits;
  };
  const Permissions* find(const std::string& path, Operation operation) const;

  bool root_;
  std::map<std::string, Permissions> rules_;
};

}  // namespace squall::vault
