#include "emulator/store/query.hpp"

#include <sqlite3.h>

#include <stdexcept>
#include <utility>

#include "emulator/store/database.hpp"

namespace squall::store {

Query::Query(Database& database, sqlite3_stmt* statement, bool* busy)
    : database_(&database), statement_(statement), busy_(busy) {}

Query::Query(Query&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)), busy_(other.busy_) {}

Query::~Query() {
  if (!statement_) return;
  if (!busy_) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);  // lets go of large values
  *busy_ = false;
}

void Query::check(int code) const {
  if (code != SQLITE_OK) database_->fail(code);
}

void Query::expect_parameters(int count) const {
  if (sqlite3_bind_parameter_count(statement_) != count)
    throw std::logic_error("wrong number of values for: " + std::string(sqlite3_sql(statement_)));
}

void Query::bind(int parameter, std::nullptr_t) { check(sqlite3_bind_null(statement_, parameter)); }

void Query::bind(int parameter, std::string_view text) {
  // An empty view may hold a null pointer, which SQLite would take for NULL.
  const char* data = text.data() ? text.data() : "";
  check(sqlite3_bind_text64(statement_, parameter, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Query::bind(int parameter, Blob blob) {
  const char* data = blob.bytes.data() ? blob.bytes.data() : "";
  check(sqlite3_bind_blob64(statement_, parameter, data, blob.bytes.size(), SQLITE_TRANSIENT));
}

void Query::bind(int parameter, double number) { check(sqlite3_bind_double(statement_, parameter, number)); }

void Query::bind_integer(int parameter, std::int64_t number) {
  check(sqlite3_bind_int64(statement_, parameter, number));
}

bool Query::next() {
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  database_->fail(code);
}

bool Query::null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Query::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string Query::text(int column) const {
  // The blob of a TEXT column is its bytes; asked for first, its length is in bytes as they are stored.
  const void* data = sqlite3_column_blob(statement_, column);
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data ? std::string(static_cast<const char*>(data), size) : std::string();
}

std::optional<std::string> Query::optional_text(int column) const {
  return null(column) ? std::nullopt : std::optional(text(column));
}
std::optional<std::int64_t> Query::optional_integer(int column) const {
  return null(column) ? std::nullopt : std::optional(integer(column));
}
std::optional<Time> Query::optional_time(int column) const {
  return null(column) ? std::nullopt : std::optional(time(column));
}

}  // namespace squall::store
