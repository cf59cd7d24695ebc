#include "emulator/services/iam/schema.hpp"

#include "emulator/services/iam/aws_managed.hpp"

namespace squall::services::iam {
namespace {

// Policies, tags and attachments hang on the id of a user, role, policy or instance profile: an id is never
// used again, so what is deleted cannot be inherited by a namesake.
constexpr std::string_view tables = R"sql(
CREATE TABLE iam_users (
  account TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, path TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL, boundary TEXT, PRIMARY KEY (account, name)) STRICT, WITHOUT ROWID;
CREATE TABLE iam_roles (
  account TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, path TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL, boundary TEXT, trust_policy TEXT NOT NULL, description TEXT,
  max_session_s INTEGER NOT NULL, last_used INTEGER, last_used_region TEXT,
  PRIMARY KEY (account, name)) STRICT, WITHOUT ROWID;
CREATE TABLE iam_instance_profiles (
  account TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, path TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL, role_id TEXT, PRIMARY KEY (account, name)) STRICT, WITHOUT ROWID;
CREATE TABLE iam_policies (
  arn TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, description TEXT, default_version INTEGER NOT NULL,
  last_version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE iam_policy_versions (
  arn TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (arn, version)) STRICT, WITHOUT ROWID;
CREATE TABLE iam_attachments (
  owner TEXT NOT NULL, arn TEXT NOT NULL, PRIMARY KEY (owner, arn)) STRICT, WITHOUT ROWID;
CREATE INDEX iam_attachments_arn ON iam_attachments (arn);
CREATE TABLE iam_inline_policies (
  owner TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (owner, name)) STRICT, WITHOUT ROWID;
CREATE TABLE iam_tags (
  owner TEXT NOT NULL, key TEXT NOT NULL COLLATE NOCASE, value TEXT NOT NULL,
  PRIMARY KEY (owner, key)) STRICT, WITHOUT ROWID;
CREATE TABLE iam_access_keys (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, user_id TEXT, secret TEXT NOT NULL, active INTEGER NOT NULL,
  created INTEGER NOT NULL, last_used INTEGER, last_region TEXT, last_service TEXT) STRICT, WITHOUT ROWID;
CREATE INDEX iam_access_keys_user ON iam_access_keys (user_id);
CREATE TABLE sts_sessions (
  id TEXT PRIMARY KEY, secret TEXT NOT NULL, token TEXT NOT NULL, role_id TEXT NOT NULL, name TEXT NOT NULL,
  expires INTEGER NOT NULL, policy TEXT NOT NULL, source_instance TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX sts_sessions_expires ON sts_sessions (expires);
CREATE TABLE sts_session_tags (
  session TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, transitive INTEGER NOT NULL,
  PRIMARY KEY (session, key)) STRICT, WITHOUT ROWID;
)sql";

}  // namespace

void make_tables(store::Database& database) { database.apply({"iam", {tables}}); }

void prepare(store::Database& database, Time now) {
  make_tables(database);
  store::Transaction transaction(database);
  for (const ManagedPolicy& policy : aws_managed_policies()) {
    std::string arn = "arn:aws:iam::aws:policy" + std::string(policy.path) + std::string(policy.name);
    if (database.query("SELECT 1 FROM iam_policies WHERE arn = ?", arn).next()) continue;
    database.run("INSERT INTO iam_policies VALUES (?, 'aws', ?, ?, ?, ?, ?, ?, 1, 1)", arn, policy.name,
                 policy.path, policy.id, now, now, policy.description);
    database.run("INSERT INTO iam_policy_versions VALUES (?, 1, ?, ?)", arn, policy.document, now);
  }
  transaction.commit();
}

}  // namespace squall::services::iam
