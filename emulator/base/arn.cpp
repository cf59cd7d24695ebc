#include "emulator/base/arn.hpp"

namespace squall::base {

std::string Arn::text() const {
  return "arn:" + partition + ":" + service + ":" + region + ":" + account + ":" + resource;
}

std::optional<Arn> Arn::parse(std::string_view text) {
  if (!text.starts_with("arn:")) return {};
  text.remove_prefix(4);
  Arn arn;
  for (std::string* part : {&arn.partition, &arn.service, &arn.region, &arn.account}) {
    std::size_t colon = text.find(':');
    if (colon == text.npos) return {};
    *part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.empty()) return {};
  arn.resource = text;
  return arn;
}

}  // namespace squall::base
