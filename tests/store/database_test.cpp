// Statements, transactions and schema versions.
#include "emulator/store/database.hpp"

#include <gtest/gtest.h>

namespace squall::store {
namespace {

const Schema things{
    "things",
    {"CREATE TABLE thing(id INTEGER PRIMARY KEY, name TEXT, size REAL, raw BLOB, made INTEGER) STRICT"}};

std::int64_t count(Database& db) {
  Query rows = db.query("SELECT count(*) FROM thing");
  rows.next();
  return rows.integer(0);
}

TEST(Database, BindsAndReadsEveryType) {
  Database db;
  db.apply(things);
  std::string bytes("a\0b\xff", 4);
  Time made{1234567890123456789ns};
  EXPECT_EQ(db.run("INSERT INTO thing VALUES(?, ?, ?, ?, ?)", 7, "na'me", 1.5, Blob{bytes}, made), 1);
  db.run("INSERT INTO thing VALUES(?, ?, ?, ?, ?)", true, std::optional<std::string>{}, nullptr, Blob{""},
         std::optional<Time>{});

  Query rows = db.query("SELECT id, name, size, raw, made FROM thing ORDER BY id DESC");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.integer(0), 7);
  EXPECT_EQ(rows.text(1), "na'me");
  EXPECT_EQ(rows.real(2), 1.5);
  EXPECT_EQ(rows.text(3), bytes);
  EXPECT_EQ(rows.optional_time(4), made);
  ASSERT_TRUE(rows.next());
  EXPECT_TRUE(rows.boolean(0));
  EXPECT_EQ(rows.optional_text(1), std::nullopt);
  EXPECT_TRUE(rows.null(2));
  EXPECT_EQ(rows.optional_text(3), "");
  EXPECT_EQ(rows.optional_integer(4), std::nullopt);
  EXPECT_FALSE(rows.next());
}

TEST(Database, ReusesAStatementAndAllowsItWithinItself) {
  Database db;
  db.apply(things);
  for (int id : {1, 2, 3}) db.run("INSERT INTO thing(id) VALUES(?)", id);
  int pairs = 0;
  for (auto outer = db.query("SELECT id FROM thing"); outer.next();)
    for (auto inner = db.query("SELECT id FROM thing"); inner.next();) ++pairs;
  EXPECT_EQ(pairs, 9);
}

TEST(Database, SaysWhatIsWrongWithAStatement) {
  Database db;
  db.apply(things);
  EXPECT_THROW(db.query("SELECT nonsense FROM thing"), StoreError);
  EXPECT_THROW(db.query("SELECT * FROM thing WHERE id = ?"), std::logic_error);
  db.run("INSERT INTO thing(id) VALUES(1)");
  EXPECT_THROW(db.run("INSERT INTO thing(id) VALUES(1)"), StoreError);
  EXPECT_THROW(db.run("INSERT INTO thing(id, size) VALUES(2, 'wide')"), StoreError);
  EXPECT_EQ(count(db), 1);
}

TEST(Transaction, IsUndoneUnlessCommitted) {
  Database db;
  db.apply(things);
  {
    Transaction transaction(db);
    db.run("INSERT INTO thing(id) VALUES(1)");
  }
  EXPECT_EQ(count(db), 0);
  {
    Transaction transaction(db);
    db.run("INSERT INTO thing(id) VALUES(1)");
    transaction.commit();
  }
  EXPECT_EQ(count(db), 1);
}

TEST(Transaction, NestsAndUndoesTheInnerAlone) {
  Database db;
  db.apply(things);
  Transaction outer(db);
  db.run("INSERT INTO thing(id) VALUES(1)");
  {
    Transaction inner(db);
    db.run("INSERT INTO thing(id) VALUES(2)");
  }
  {
    Transaction inner(db);
    db.run("INSERT INTO thing(id) VALUES(3)");
    inner.commit();
  }
  outer.commit();
  EXPECT_EQ(count(db), 2);
}

TEST(Schema, IsAppliedOnceAndMigratedStepByStep) {
  Database db;
  db.apply(things);
  db.run("INSERT INTO thing(id) VALUES(1)");
  db.apply(things);
  EXPECT_EQ(count(db), 1);

  Schema second = things;
  second.steps.push_back("ALTER TABLE thing ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'");
  db.apply(second);
  Query rows = db.query("SELECT colour FROM thing");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0), "grey");
}

TEST(Database, AnImageCarriesTablesRowsAndVersions) {
  Database first;
  first.apply(things);
  first.run("INSERT INTO thing(id, name) VALUES(1, 'kept')");
  std::string image = first.image();
  Database second(Image{image});
  second.apply(things);  // nothing to make
  second.run("INSERT INTO thing(id) VALUES(2)");
  Query rows = second.query("SELECT name FROM thing WHERE id = 1");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0), "kept");
  EXPECT_EQ(count(second), 2);
  EXPECT_EQ(count(first), 1);
  EXPECT_EQ(first.image(), image);
}

TEST(Database, AnImageOfNothingIsRefused) { EXPECT_THROW(Database(Image{"no database at all"}), StoreError); }

TEST(Schema, OfANewerSquallIsRefusedByName) {
  Database db;
  Schema newer = things;
  newer.steps.push_back("CREATE TABLE more(id INTEGER) STRICT");
  db.apply(newer);
  try {
    db.apply(things);
    FAIL() << "took a newer schema";
  } catch (const StoreError& error) {
    EXPECT_EQ(error.kind, StoreError::Kind::newer);
    EXPECT_STREQ(error.what(), "memory: was written by a newer Squall (things version 2, this one knows 1)");
  }
}

TEST(Schema, ThatFailsLeavesNothingBehind) {
  Database db;
  EXPECT_THROW(db.apply({"broken", {"CREATE TABLE half(id INTEGER) STRICT; CREATE TABLE nonsense("}}),
               StoreError);
  EXPECT_NO_THROW(db.apply({"broken", {"CREATE TABLE half(id INTEGER) STRICT"}}));
}

}  // namespace
}  // namespace squall::store
