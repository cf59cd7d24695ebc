// Fault rules: requests that are to fail, hang or be late although nothing is wrong with them. A scenario or
// a `squall fault` command adds and removes them; the gateway asks once a request's caller is known.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "emulator/base/time.hpp"
#include "emulator/wire/context.hpp"

namespace squall::gateway {

// Which requests; an empty field matches all. `*` in a text matches any run of characters.
struct FaultMatcher {
  std::string service;        // "kms"
  std::string operation;      // "Decrypt", "Describe*"
  std::string principal_arn;  // "arn:aws:sts::*:assumed-role/vault/*"
  std::string instance_id;    // "i-0123...": signed with that instance's role credentials
};

struct FailWith {
  std::string code;  // "ThrottlingException"
  int status;        // 100 to 599, HTTP
  std::string message;
};
struct NeverAnswer {};
struct AnswerLate {
  Duration delay;  // the operation runs at once, its answer arrives later
};
using FaultEffect = std::variant<FailWith, NeverAnswer, AnswerLate>;

using FaultId = std::uint64_t;

struct FaultRule {
  FaultMatcher matcher;
  FaultEffect effect;
  std::string name;                         // for reports
  std::optional<std::uint64_t> times = {};  // fires that often at most
};

class FaultRules {
 public:
  FaultId add(FaultRule rule);
  bool remove(FaultId id);  // false if there is no such rule
  void clear() { rules_.clear(); }

  // The first rule that matches, in the order in which they were added, and counts as fired; null if none
  // does.
  const FaultRule* match(const wire::RequestContext& context);
  // How often the rule has fired; 0 for one that is not there.
  std::uint64_t fired(FaultId id) const;

 private:
  struct Entry {
    FaultId id;
    FaultRule rule;
    std::uint64_t fired = 0;
  };
  FaultId next_ = 1;
  std::vector<Entry> rules_;
};

}  // namespace squall::gateway
