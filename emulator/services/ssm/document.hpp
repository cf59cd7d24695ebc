// A Command document
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html):
// schemas 1.2, 2.0 and 2.2 with the plugin aws:runShellScript. What a document says that Squall does not do
// is refused by name when the document is made, so that no step is silently left out.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::services::ssm {

enum class Format { json, yaml };

struct Parameter {
  std::string name, type;  // type: "String", "StringList", "Integer", "Boolean"
  std::string description;
  std::optional<std::vector<std::string>> defaults;  // of anything but a StringList, one value
  std::vector<std::string> allowed_values;           // empty: any
  std::string allowed_pattern;                       // a regular expression of the whole value; empty: any
  std::optional<std::int64_t> min_chars, max_chars, min_items, max_items;

  bool is_list() const { return type == "StringList"; }
};

struct Step {
  enum class After { go_on, exit, success_and_exit };  // success_and_exit: the failure does not count

  std::string name, plugin;  // plugin: "aws:runShellScript"
  std::vector<std::string> commands;
  std::string working_directory;
  std::string timeout_seconds = "3600";                             // text: may be a parameter
  std::optional<std::pair<std::string, std::string>> precondition;  // StringEquals
  After on_failure = After::go_on, on_success = After::go_on;
  bool always = false;  // finallyStep: runs although an earlier step ended the document
};

struct Document {
  std::string schema_version, description;
  std::vector<Parameter> parameters;
  std::vector<Step> steps;
  std::vector<std::string> platforms;  // "Windows", "Linux", "MacOS"
};

// Throws InvalidDocumentContent, InvalidDocumentSchemaVersion or MaxDocumentSizeExceeded.
Document parse_document(std::string_view content, Format format);

// document_text.cpp: the text as a tree, its keys in the order of the text, and back. Throws
// InvalidDocumentContent for what is not well-formed, nests too deep or names a key twice.
nlohmann::ordered_json read_content(std::string_view content, Format format);
std::string write_content(const nlohmann::ordered_json& content, Format format);

}  // namespace squall::services::ssm
