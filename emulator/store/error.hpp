// The one exception of the store. It is no AwsError: whatever escapes an operation as something else is
// answered as a 500 by the gateway, which is what AWS does when its own storage fails.
#pragma once
#include <stdexcept>
#include <string>

namespace squall::store {

struct StoreError : std::runtime_error {
  enum class Kind {
    not_ours,     // no SQLite file, or another program's
    newer,        // written by a newer Squall
    corrupt,      // damaged
    in_use,       // another process has it open
    cannot_open,  // no such directory, no permission, read-only
    full,         // no room: the statement changed nothing
    failed,       // anything else: an I/O error, a broken constraint, wrong SQL
  };

  StoreError(Kind error_kind, const std::string& message) : std::runtime_error(message), kind(error_kind) {}
  Kind kind;
};

}  // namespace squall::store
