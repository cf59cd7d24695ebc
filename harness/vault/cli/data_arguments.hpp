// "key=value" arguments, as hashicorp/go-secure-stdlib/kv-builder reads them: @file and - for whole JSON
// objects, key=@file and key=- for values, \@ for a literal @, repeated keys for lists.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "harness/vault/cli/session.hpp"
#include "harness/vault/cli/value.hpp"

namespace squall::vault::cli {

// An object, sorted by key. Throws Failure(1, failure + reason).
world::Task<Value> parse_data(Session& session, std::vector<std::string> arguments, std::string failure);

// The same with every value made a text.
world::Task<std::map<std::string, std::string>> parse_texts(Session& session,
                                                            std::vector<std::string> arguments,
                                                            std::string failure);

}  // namespace squall::vault::cli
