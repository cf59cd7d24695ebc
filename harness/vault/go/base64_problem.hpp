// What Go's encoding/base64 says of a text that is not base64 (CorruptInputError).
#pragma once
#include <string>

namespace squall::vault {

// "illegal base64 data at input byte 4": where the first character is that cannot be there.
std::string go_base64_problem(const std::string& text);

}  // namespace squall::vault
