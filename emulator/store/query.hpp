// A statement at work: values bound to its question marks, then its rows one by one. Made by Database::query;
// it borrows a prepared statement and gives it back, reset, when it goes. It must not outlive its Database.
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/time.hpp"

struct sqlite3_stmt;

namespace squall::store {

class Database;

// Marks bytes that go into a BLOB column; plain texts go into TEXT columns (the tables are STRICT).
struct Blob {
  std::string_view bytes;
};

class Query {
 public:
  Query(Query&& other) noexcept;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  Query& operator=(Query&&) = delete;
  ~Query();

  // Parameters count from 1. Integers and bools are INTEGER, times INTEGER nanoseconds since 1970; an empty
  // optional is NULL.
  void bind(int parameter, std::nullptr_t);
  void bind(int parameter, std::string_view text);
  void bind(int parameter, Blob blob);
  void bind(int parameter, double number);
  void bind(int parameter, Time time) { bind_integer(parameter, time.time_since_epoch().count()); }
  template <std::integral T>
  void bind(int parameter, T number) {
    bind_integer(parameter, static_cast<std::int64_t>(number));
  }
  template <class T>
  void bind(int parameter, const std::optional<T>& value) {
    if (value)
      bind(parameter, *value);
    else
      bind(parameter, nullptr);
  }

  // Moves to the next row; false when there is none. Throws StoreError.
  bool next();

  // Columns count from 0. NULL reads as 0, false or an empty text.
  bool null(int column) const;
  std::int64_t integer(int column) const;
  bool boolean(int column) const { return integer(column) != 0; }
  double real(int column) const;
  std::string text(int column) const;  // of TEXT and BLOB columns
  Time time(int column) const { return Time{Duration{integer(column)}}; }
  std::optional<std::string> optional_text(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;
  std::optional<Time> optional_time(int column) const;

 private:
  friend class Database;
  // `busy` is the cached statement's mark, cleared when this ends; null: the statement is this query's own.
  Query(Database& database, sqlite3_stmt* statement, bool* busy);
  void bind_integer(int parameter, std::int64_t number);
  void check(int code) const;
  // More or fewer values than question marks is a mistake of the caller's code.
  void expect_parameters(int count) const;

  Database* database_;
  sqlite3_stmt* statement_;
  bool* busy_;
};

}  // namespace squall::store
