#include "emulator/services/kms/reference.hpp"

#include <algorithm>

#include "emulator/base/arn.hpp"
#include "emulator/services/kms/errors.hpp"

namespace squall::services::kms {
namespace {

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !digit) return false;
  }
  return true;
}

// "mrk-" and 32 hexadecimal digits: the id of a multi-Region key. Squall makes none, so none is ever found,
// but the answer is that the key does not exist, not that the id is malformed.
bool is_multi_region_id(std::string_view text) {
  return text.size() == 36 && text.starts_with("mrk-") &&
         text.substr(4).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_key_id(std::string_view text) { return is_uuid(text) || is_multi_region_id(text); }

Reference parse_arn(const wire::RequestContext& context, std::string_view text) {
  auto arn = base::Arn::parse(text);
  if (!arn || arn->partition != "aws" || arn->service != "kms" || arn->account.empty())
    throw invalid_arn(std::string(text) + " is not a valid ARN");
  if (arn->region != context.region) throw not_found("Invalid arn " + arn->region);
  Reference reference{.account = arn->account, .region = arn->region, .by_arn = true};
  if (arn->resource.starts_with("alias/")) {
    reference.kind = Reference::Kind::alias;
    reference.name = arn->resource;
  } else if (arn->resource.starts_with("key/") && is_key_id(std::string_view(arn->resource).substr(4))) {
    reference.name = arn->resource.substr(4);
  } else {
    throw not_found("Invalid keyId '" + std::string(text) + "'");
  }
  return reference;
}

}  // namespace

Reference parse_reference(const wire::RequestContext& context, std::string_view text) {
  if (text.starts_with("arn:")) return parse_arn(context, text);
  Reference reference{.account = context.account(), .region = context.region, .name = std::string(text)};
  if (text.starts_with("alias/"))
    reference.kind = Reference::Kind::alias;
  else if (!is_key_id(text))
    throw not_found("Invalid keyId '" + std::string(text) + "'");
  return reference;
}

}  // namespace squall::services::kms
