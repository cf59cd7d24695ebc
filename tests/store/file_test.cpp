// A data file: what survives a kill, what is refused, what a full disk does.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "emulator/store/database.hpp"

namespace squall::store {
namespace {

namespace fs = std::filesystem;

const Schema log_schema{"log", {"CREATE TABLE entry(id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"}};

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string made = (fs::temp_directory_path() / "squall-store-XXXXXX").string();
    ASSERT_NE(mkdtemp(made.data()), nullptr);
    directory_ = made;
  }
  void TearDown() override { fs::remove_all(directory_); }
  std::string path() const { return directory_ / "region.db"; }

  StoreError::Kind refusal(const std::string& file) {
    try {
      Database db(file);
    } catch (const StoreError& error) {
      EXPECT_NE(std::string(error.what()).find(file), std::string::npos) << error.what();
      return error.kind;
    }
    ADD_FAILURE() << "was opened";
    return StoreError::Kind::failed;
  }

  fs::path directory_;
};

std::int64_t entries(Database& db) {
  Query rows = db.query("SELECT count(*) FROM entry");
  rows.next();
  return rows.integer(0);
}

TEST_F(FileTest, KeepsWhatWasWritten) {
  {
    Database db(path());
    db.apply(log_schema);
    db.run("INSERT INTO entry(text) VALUES('kept')");
  }
  Database db(path());
  db.apply(log_schema);
  EXPECT_EQ(entries(db), 1);
}

// A child writes without end and tells every committed id; it is killed in the middle of it.
TEST_F(FileTest, KeepsEveryAcknowledgedWriteOverKill9) {
  int told[2];
  ASSERT_EQ(pipe(told), 0);
  pid_t child = fork();
  ASSERT_NE(child, -1);
  if (child == 0) {
    Database db(path());
    db.apply(log_schema);
    for (std::int64_t id = 1;; ++id) {
      Transaction transaction(db);
      db.run("INSERT INTO entry VALUES(?, ?)", id, std::string(1000, 'x'));
      transaction.commit();
      if (write(told[1], &id, sizeof id) != sizeof id) _exit(1);
    }
  }
  close(told[1]);
  std::int64_t acknowledged = 0, id = 0;
  while (acknowledged < 3000 && read(told[0], &id, sizeof id) == sizeof id) acknowledged = id;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (read(told[0], &id, sizeof id) == sizeof id) acknowledged = id;
  close(told[0]);
  ASSERT_GE(acknowledged, 3000);

  Database db(path());
  EXPECT_GE(entries(db), acknowledged);
}

TEST_F(FileTest, IsLockedWhileItIsOpen) {
  Database db(path());
  db.apply(log_schema);
  EXPECT_EQ(refusal(path()), StoreError::Kind::in_use);
}

TEST_F(FileTest, RefusesWhatIsNoDatabase) {
  std::ofstream(path()) << std::string(5000, '#');
  EXPECT_EQ(refusal(path()), StoreError::Kind::not_ours);
  EXPECT_EQ(fs::file_size(path()), 5000u);
}

TEST_F(FileTest, RefusesAnotherProgramsDatabaseAndLeavesItAlone) {
  sqlite3* foreign = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &foreign), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(foreign, "CREATE TABLE theirs(x)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(foreign);
  auto read_all = [this] {
    std::ifstream file(path(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  std::string before = read_all();
  EXPECT_EQ(refusal(path()), StoreError::Kind::not_ours);
  EXPECT_EQ(read_all(), before);
}

TEST_F(FileTest, RefusesADamagedFile) {
  {
    Database db(path());
    db.apply(log_schema);
    for (int i = 0; i < 200; ++i) db.run("INSERT INTO entry(text) VALUES(?)", std::string(500, 'y'));
  }
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(3 * 4096);
  file << std::string(4096, '\xee');
  file.close();
  EXPECT_EQ(refusal(path()), StoreError::Kind::corrupt);
}

TEST_F(FileTest, SaysWhenItCannotBeMade) {
  EXPECT_EQ(refusal(directory_ / "absent" / "region.db"), StoreError::Kind::cannot_open);
  EXPECT_EQ(refusal(directory_), StoreError::Kind::cannot_open);
  EXPECT_THROW(Database(std::string()), StoreError);
}

TEST_F(FileTest, ThatIsFullRefusesTheWriteAndKeepsTheRest) {
  Database db(path());
  db.apply(log_schema);
  db.execute("PRAGMA max_page_count=12");
  std::int64_t acknowledged = 0;
  try {
    for (;; ++acknowledged) {
      Transaction transaction(db);
      db.run("INSERT INTO entry(text) VALUES(?)", std::string(1000, 'z'));
      transaction.commit();
    }
  } catch (const StoreError& error) {
    EXPECT_EQ(error.kind, StoreError::Kind::full) << error.what();
  }
  EXPECT_GT(acknowledged, 0);
  EXPECT_EQ(entries(db), acknowledged);
  db.execute("PRAGMA max_page_count=100");
  db.run("INSERT INTO entry(text) VALUES('room again')");
  EXPECT_EQ(entries(db), acknowledged + 1);
}

}  // namespace
}  // namespace squall::store
