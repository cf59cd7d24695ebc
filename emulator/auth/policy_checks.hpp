// What AWS checks of a policy beyond its grammar when it is put, and the sentences with which it refuses.
#pragma once
#include "emulator/auth/policy.hpp"

namespace squall::auth {

// Throws PolicyError.
void check_statements(const Policy& policy, PolicyKind kind);

}  // namespace squall::auth
