#include "emulator/services/ssm/document_store.hpp"

namespace squall::services::ssm {
namespace {

const store::Schema schema{"ssm documents", {R"(
CREATE TABLE ssm_document(
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, default_version INTEGER NOT NULL,
  latest_version INTEGER NOT NULL, display_name TEXT NOT NULL, target_type TEXT NOT NULL,
  PRIMARY KEY(account, region, name)) STRICT;
CREATE TABLE ssm_document_version(
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
  version_name TEXT NOT NULL, content TEXT NOT NULL, yaml INTEGER NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY(account, region, name, version)) STRICT;
CREATE TABLE ssm_document_tag(
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, tag_key TEXT NOT NULL,
  tag_value TEXT NOT NULL, PRIMARY KEY(account, region, name, tag_key)) STRICT;
)"}};

DocumentRecord read(store::Query& rows) {
  return {rows.text(0),    rows.text(1), rows.text(2), rows.integer(3),
          rows.integer(4), rows.text(5), rows.text(6), {}};
}

}  // namespace

DocumentStore::DocumentStore(store::Database& database) : database_(database) { database_.apply(schema); }

DocumentRecord DocumentStore::with_tags(DocumentRecord document) {
  auto rows = database_.query(
      "SELECT tag_key, tag_value FROM ssm_document_tag WHERE account = ? AND region = ? AND name = ?",
      document.account, document.region, document.name);
  while (rows.next()) document.tags[rows.text(0)] = rows.text(1);
  return document;
}

std::optional<DocumentRecord> DocumentStore::find(const std::string& account, const std::string& region,
                                                  const std::string& name) {
  auto rows = database_.query(
      "SELECT account, region, name, default_version, latest_version, display_name, target_type "
      "FROM ssm_document WHERE account = ? AND region = ? AND name = ?",
      account, region, name);
  if (!rows.next()) return {};
  return with_tags(read(rows));
}

std::vector<DocumentRecord> DocumentStore::list(const std::string& account, const std::string& region) {
  std::vector<DocumentRecord> documents;
  auto rows = database_.query(
      "SELECT account, region, name, default_version, latest_version, display_name, target_type "
      "FROM ssm_document WHERE account = ? AND region = ? ORDER BY name",
      account, region);
  while (rows.next()) documents.push_back(with_tags(read(rows)));
  return documents;
}

std::vector<DocumentVersion> DocumentStore::versions(const DocumentRecord& document) {
  std::vector<DocumentVersion> versions;
  auto rows = database_.query(
      "SELECT version, version_name, content, yaml, created FROM ssm_document_version "
      "WHERE account = ? AND region = ? AND name = ? ORDER BY version",
      document.account, document.region, document.name);
  while (rows.next())
    versions.push_back({rows.integer(0), rows.text(1), rows.text(2),
                        rows.boolean(3) ? Format::yaml : Format::json, rows.time(4)});
  return versions;
}

void DocumentStore::insert_version(const DocumentRecord& document, const DocumentVersion& version) {
  database_.run("INSERT INTO ssm_document_version VALUES(?, ?, ?, ?, ?, ?, ?, ?)", document.account,
                document.region, document.name, version.version, version.version_name, version.content,
                version.format == Format::yaml, version.created);
}

void DocumentStore::add(const DocumentRecord& document, const DocumentVersion& version) {
  store::Transaction transaction(database_);
  database_.run("INSERT INTO ssm_document VALUES(?, ?, ?, ?, ?, ?, ?)", document.account, document.region,
                document.name, document.default_version, document.latest_version, document.display_name,
                document.target_type);
  insert_version(document, version);
  for (const auto& [key, value] : document.tags)
    database_.run("INSERT INTO ssm_document_tag VALUES(?, ?, ?, ?, ?)", document.account, document.region,
                  document.name, key, value);
  transaction.commit();
}

void DocumentStore::add_version(const DocumentRecord& document, const DocumentVersion& version) {
  store::Transaction transaction(database_);
  insert_version(document, version);
  database_.run(
      "UPDATE ssm_document SET latest_version = ?, display_name = ?, target_type = ? "
      "WHERE account = ? AND region = ? AND name = ?",
      version.version, document.display_name, document.target_type, document.account, document.region,
      document.name);
  transaction.commit();
}

void DocumentStore::set_default(const DocumentRecord& document, std::int64_t version) {
  database_.run("UPDATE ssm_document SET default_version = ? WHERE account = ? AND region = ? AND name = ?",
                version, document.account, document.region, document.name);
}

void DocumentStore::remove(const DocumentRecord& document) {
  store::Transaction transaction(database_);
  database_.run("DELETE FROM ssm_document WHERE account = ? AND region = ? AND name = ?", document.account,
                document.region, document.name);
  database_.run("DELETE FROM ssm_document_version WHERE account = ? AND region = ? AND name = ?",
                document.account, document.region, document.name);
  database_.run("DELETE FROM ssm_document_tag WHERE account = ? AND region = ? AND name = ?",
                document.account, document.region, document.name);
  transaction.commit();
}

void DocumentStore::remove_version(const DocumentRecord& document, std::int64_t version) {
  database_.run(
      "DELETE FROM ssm_document_version WHERE account = ? AND region = ? AND name = ? AND version = ?",
      document.account, document.region, document.name, version);
}

}  // namespace squall::services::ssm
