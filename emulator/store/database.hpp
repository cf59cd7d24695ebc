// One SQLite database, in memory or in a file: the state of the whole emulated region. Services make their
// tables here by a Schema and speak SQL through query() and run(); statements are prepared once and kept.
//
// A file is in WAL mode: what a committed transaction wrote has reached the operating system, so it survives
// a kill -9 of Squall (README.md says what a power cut does). It is locked for as long as it is open.
#pragma once
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/store/error.hpp"
#include "emulator/store/query.hpp"

struct sqlite3;

namespace squall::store {

// The tables of one service. Step i takes them from version i to version i + 1, so the version is the number
// of steps; a released step is never changed, a new one is added behind it.
struct Schema {
  std::string_view service;
  std::vector<std::string_view> steps;
};

// A database's content, as Database::image() gave it.
struct Image {
  std::string_view bytes;  // outlives the constructor that reads it
};

class Database {
 public:
  Database();  // in memory, gone with this object
  // In memory, with that content: tables are copied many times faster than they are made.
  explicit Database(const Image& image);
  explicit Database(
      const std::string& path);  // made if absent; throws StoreError with the path in its message
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // Brings the service's tables to the schema's version, in one transaction; throws StoreError newer for a
  // file of a later version.
  void apply(const Schema& schema);

  // for (auto rows = db.query("SELECT a FROM t WHERE b = ?", b); rows.next();) use(rows.text(0));
  template <class... Values>
  Query query(std::string_view sql, const Values&... values) {
    Query query = prepare(sql);
    query.expect_parameters(sizeof...(values));
    [[maybe_unused]] int parameter = 0;
    (query.bind(++parameter, values), ...);
    return query;
  }
  // Runs a statement that answers no rows; the number of rows it changed.
  template <class... Values>
  std::int64_t run(std::string_view sql, const Values&... values) {
    query(sql, values...).next();
    return changes();
  }
  // Several statements without parameters.
  void execute(std::string_view script);

  std::string image() const;

  // The path, or "memory", for messages.
  const std::string& name() const { return name_; }

 private:
  friend class Query;
  friend class Transaction;

  Query prepare(std::string_view sql);
  void open(const std::string& path);
  void open_file();
  void close() noexcept;
  void check_ownership();
  std::int64_t changes() const;
  int version_of(std::string_view service);
  [[noreturn]] void fail(int code) const;

  std::string name_;
  sqlite3* handle_ = nullptr;
  struct Cached {
    sqlite3_stmt* statement = nullptr;
    bool busy = false;
  };
  std::map<std::string, Cached, std::less<>> statements_;  // by their text
  int depth_ = 0;                                          // of open transactions
};

// All or nothing: what is not committed is undone when the object goes. They nest: an inner one can be undone
// without the outer one; nothing is durable before the outermost commits. End them in reverse order of their
// making.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();  // throws StoreError; then nothing of it is kept

 private:
  void roll_back() noexcept;
  Database& database_;
  int level_;  // 1 is the outermost
  bool open_ = true;
};

}  // namespace squall::store
