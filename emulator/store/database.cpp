// Opening, its errors, prepared statements and schema versions. Follows https://www.sqlite.org/wal.html and
// https://www.sqlite.org/pragma.html.
#include "emulator/store/database.hpp"

#include <sqlite3.h>

namespace squall::store {
namespace {

constexpr std::int64_t application_id = 0x53714c6c;  // "SqLl": tells our files from other programs'

// Kept small: the region's hot rows are the services' own business, and the idle process must stay small. The
// lock is held for as long as the file is open, which also spares WAL its shared-memory file.
constexpr const char* file_settings =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    "PRAGMA cache_size=-256; PRAGMA journal_size_limit=4194304; PRAGMA temp_store=MEMORY;";
constexpr const char* memory_settings = "PRAGMA journal_mode=MEMORY; PRAGMA temp_store=MEMORY;";

StoreError::Kind kind_of(int code) {
  switch (code & 0xff) {  // the primary result code
    case SQLITE_NOTADB:
      return StoreError::Kind::not_ours;
    case SQLITE_CORRUPT:
      return StoreError::Kind::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StoreError::Kind::in_use;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return StoreError::Kind::cannot_open;
    case SQLITE_FULL:
      return StoreError::Kind::full;
    default:
      return StoreError::Kind::failed;
  }
}

std::string explain(StoreError::Kind kind, const std::string& detail) {
  switch (kind) {
    case StoreError::Kind::not_ours:
      return "is not a Squall data file (" + detail + ")";
    case StoreError::Kind::corrupt:
      return "is damaged (" + detail + ")";
    case StoreError::Kind::in_use:
      return "is in use by another process";
    case StoreError::Kind::cannot_open:
      return "cannot be opened for writing (" + detail + ")";
    case StoreError::Kind::full:
      return "has no room left (" + detail + ")";
    default:
      return detail;
  }
}

}  // namespace

Database::Database() : name_("memory") {
  open(":memory:");
  execute(memory_settings);
}

Database::Database(const Image& image) : Database() {
  sqlite3* source = nullptr;
  sqlite3_backup* copy = nullptr;
  int code = sqlite3_open_v2(":memory:", &source, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code == SQLITE_OK) {
    auto size = static_cast<sqlite3_int64>(image.bytes.size());
    auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(image.bytes.data()));  // read only
    code = sqlite3_deserialize(source, "main", bytes, size, size, SQLITE_DESERIALIZE_READONLY);
  }
  if (code == SQLITE_OK) copy = sqlite3_backup_init(handle_, "main", source, "main");
  if (copy != nullptr) {
    sqlite3_backup_step(copy, -1);
    code = sqlite3_backup_finish(copy);
  } else if (code == SQLITE_OK) {
    code = sqlite3_errcode(handle_);
  }
  sqlite3_close_v2(source);
  if (code != SQLITE_OK)
    throw StoreError(kind_of(code), std::string("an image of tables: ") + sqlite3_errstr(code));
}

Database::Database(const std::string& path) : name_(path) {
  if (path.empty()) throw StoreError(StoreError::Kind::cannot_open, "the data file has no name");
  // SQLite gives names that begin with a colon a meaning of its own.
  open(path.front() == ':' ? "./" + path : path);
  try {
    open_file();
  } catch (...) {
    close();
    throw;
  }
}

Database::~Database() { close(); }

void Database::close() noexcept {
  for (auto& [sql, cached] : statements_) sqlite3_finalize(cached.statement);
  sqlite3_close_v2(handle_);
}

void Database::open(const std::string& path) {
  // One thread uses the store, so SQLite needs no mutexes.
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
  if (code == SQLITE_OK) return;
  std::string detail = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  sqlite3_close_v2(handle_);
  throw StoreError(kind_of(code), name_ + ": " + explain(kind_of(code), detail));
}

// Looks before it writes: another program's file is left as it was found.
void Database::open_file() {
  if (sqlite3_db_readonly(handle_, "main") == 1)
    throw StoreError(StoreError::Kind::cannot_open, name_ + ": cannot be opened for writing (read-only)");
  check_ownership();
  execute(file_settings);
  execute("PRAGMA application_id=" + std::to_string(application_id));
}

void Database::check_ownership() {
  auto one = [this](std::string_view sql) {
    Query rows = prepare(sql);
    rows.next();
    return rows.text(0);
  };
  bool empty = one("SELECT count(*) FROM sqlite_schema") == "0";
  std::string owner = one("PRAGMA application_id");
  if (owner != std::to_string(application_id) && !(empty && owner == "0"))
    throw StoreError(StoreError::Kind::not_ours,
                     name_ + ": is not a Squall data file (made by another program)");
  if (empty) return;
  if (std::string found = one("PRAGMA quick_check(1)"); found != "ok")
    throw StoreError(StoreError::Kind::corrupt, name_ + ": is damaged (" + found + ")");
}

void Database::fail(int code) const {
  StoreError::Kind kind = kind_of(code);
  throw StoreError(kind, name_ + ": " + explain(kind, sqlite3_errmsg(handle_)));
}

void Database::execute(std::string_view script) {
  int code = sqlite3_exec(handle_, std::string(script).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

Query Database::prepare(std::string_view sql) {
  auto make = [&](unsigned flags) {
    sqlite3_stmt* statement = nullptr;
    int code =
        sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), flags, &statement, nullptr);
    if (code != SQLITE_OK) fail(code);
    return statement;
  };
  auto found = statements_.find(sql);
  if (found == statements_.end())
    found = statements_.emplace(sql, Cached{make(SQLITE_PREPARE_PERSISTENT)}).first;
  // The same text is at work further up the stack: this use gets a statement of its own.
  if (found->second.busy) return {*this, make(0), nullptr};
  found->second.busy = true;
  return {*this, found->second.statement, &found->second.busy};
}

std::string Database::image() const {
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(handle_, "main", &size, 0);
  if (bytes == nullptr) fail(sqlite3_errcode(handle_));
  std::string copy(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  return copy;
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

int Database::version_of(std::string_view service) {
  Query rows = query("SELECT version FROM squall_schema WHERE service = ?", service);
  return rows.next() ? static_cast<int>(rows.integer(0)) : 0;
}

void Database::apply(const Schema& schema) {
  Transaction transaction(*this);
  execute(
      "CREATE TABLE IF NOT EXISTS squall_schema(service TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT");
  int known = static_cast<int>(schema.steps.size());
  int found = version_of(schema.service);
  if (found > known)
    throw StoreError(StoreError::Kind::newer,
                     name_ + ": was written by a newer Squall (" + std::string(schema.service) + " version " +
                         std::to_string(found) + ", this one knows " + std::to_string(known) + ")");
  if (found == known) return;
  for (int step = found; step < known; ++step) execute(schema.steps[static_cast<std::size_t>(step)]);
  run("INSERT OR REPLACE INTO squall_schema VALUES(?, ?)", schema.service, known);
  transaction.commit();
}

}  // namespace squall::store
