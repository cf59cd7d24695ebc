// BEGIN and COMMIT for the outermost transaction, savepoints within
// (https://www.sqlite.org/lang_savepoint.html).
#include <sqlite3.h>

#include "emulator/store/database.hpp"

namespace squall::store {
namespace {

std::string savepoint(int level) { return "squall_" + std::to_string(level); }

}  // namespace

Transaction::Transaction(Database& database) : database_(database), level_(database.depth_ + 1) {
  if (level_ == 1)
    database_.run("BEGIN IMMEDIATE");
  else
    database_.execute("SAVEPOINT " + savepoint(level_));
  ++database_.depth_;
}

Transaction::~Transaction() {
  if (open_) roll_back();
}

void Transaction::commit() {
  if (level_ == 1)
    database_.run("COMMIT");  // on failure it is still open, and the destructor undoes it
  else
    database_.execute("RELEASE " + savepoint(level_));
  open_ = false;
  --database_.depth_;
}

// SQLite may have undone everything by itself (a full disk, an I/O error); then there is nothing left to end.
void Transaction::roll_back() noexcept {
  --database_.depth_;
  if (sqlite3_get_autocommit(database_.handle_)) return;
  std::string sql =
      level_ == 1 ? "ROLLBACK" : "ROLLBACK TO " + savepoint(level_) + "; RELEASE " + savepoint(level_);
  sqlite3_exec(database_.handle_, sql.c_str(), nullptr, nullptr, nullptr);
}

}  // namespace squall::store
