// Documents and their versions in the store.
#pragma once
#include "emulator/services/ssm/records.hpp"
#include "emulator/store/database.hpp"

namespace squall::services::ssm {

class DocumentStore {
 public:
  explicit DocumentStore(store::Database& database);  // makes or migrates the tables

  std::optional<DocumentRecord> find(const std::string& account, const std::string& region,
                                     const std::string& name);
  // All of an account's, by name.
  std::vector<DocumentRecord> list(const std::string& account, const std::string& region);
  // In order.
  std::vector<DocumentVersion> versions(const DocumentRecord& document);

  void add(const DocumentRecord& document, const DocumentVersion& version);
  // Its number becomes the document's latest.
  void add_version(const DocumentRecord& document, const DocumentVersion& version);
  void set_default(const DocumentRecord& document, std::int64_t version);
  void remove(const DocumentRecord& document);
  void remove_version(const DocumentRecord& document, std::int64_t version);

 private:
  void insert_version(const DocumentRecord& document, const DocumentVersion& version);
  DocumentRecord with_tags(DocumentRecord document);

  store::Database& database_;
};

}  // namespace squall::services::ssm
