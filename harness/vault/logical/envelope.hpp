// The JSON object in which a mount's answer goes out (vault/sdk/logical/translate_response.go,
// vault/http/logical.go): the same for an answer to a request and for one that is kept wrapped.
#pragma once
#include "harness/vault/logical/request.hpp"

namespace squall::vault {

// Without a newline at the end. `flat` repeats the data on the top level (old sys/ paths).
std::string answer_json(const Answer& answer, const std::string& request_id, bool flat);

}  // namespace squall::vault
