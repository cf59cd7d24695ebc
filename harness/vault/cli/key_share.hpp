// A key share that an operator gives to a rekey or a root generation: an argument, "-" for standard input, or
// typed at the terminal.
#pragma once
#include "harness/vault/cli/session.hpp"

namespace squall::vault::cli {

struct KeyShare {
  std::string key, nonce;
};
// `title` leads the operation's nonce where the user is asked. Throws Failure(1, ...) without a terminal, and
// without a nonce.
world::Task<KeyShare> ask_key_share(Session& session, std::string title, std::string operation_nonce);

}  // namespace squall::vault::cli
