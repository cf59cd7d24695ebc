#include "emulator/gateway/faults.hpp"

#include <algorithm>
#include <string_view>

namespace squall::gateway {
namespace {

// `*` as any run; linear in text times pattern at worst, since only the last star is ever tried again.
bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool matches(const FaultMatcher& matcher, const wire::RequestContext& context) {
  auto field = [](const std::string& pattern, const std::string& text) {
    return pattern.empty() || glob(pattern, text);
  };
  return field(matcher.service, context.service) && field(matcher.operation, context.operation) &&
         field(matcher.principal_arn, context.principal.arn) &&
         field(matcher.instance_id, context.source_instance);
}

}  // namespace

FaultId FaultRules::add(FaultRule rule) {
  rules_.push_back({next_, std::move(rule)});
  return next_++;
}

bool FaultRules::remove(FaultId id) {
  return std::erase_if(rules_, [id](const Entry& entry) { return entry.id == id; }) != 0;
}

const FaultRule* FaultRules::match(const wire::RequestContext& context) {
  for (Entry& entry : rules_) {
    if (entry.rule.times && entry.fired >= *entry.rule.times) continue;
    if (!matches(entry.rule.matcher, context)) continue;
    ++entry.fired;
    return &entry.rule;
  }
  return nullptr;
}

std::uint64_t FaultRules::fired(FaultId id) const {
  auto it = std::find_if(rules_.begin(), rules_.end(), [id](const Entry& entry) { return entry.id == id; });
  return it == rules_.end() ? 0 : it->fired;
}

}  // namespace squall::gateway
