// Documents as text: JSON and YAML, which AWS converts into each other (GetDocument).
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <nlohmann/json.hpp>

#include "emulator/services/ssm/document.hpp"
#include "emulator/services/ssm/errors.hpp"

namespace squall::services::ssm {
namespace {

using Json = nlohmann::ordered_json;

constexpr int depth_limit = 32;
constexpr int node_limit = 20'000;  // aliases make a small YAML text large

base::AwsError too_deep() { return invalid_content("The document is nested too deep or too large."); }

// yaml-cpp and nlohmann's reader recurse: deep texts are refused before they see them.
void check_depth(std::string_view content) {
  int depth = 0;
  for (char c : content) {
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > 4 * depth_limit) throw too_deep();
  }
}

// The core schema's words, but for fractions: a version such as 2.2 stays a text.
Json scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;  // it was quoted
  if (text.empty() || text == "~" || text == "null") return nullptr;
  if (text == "true" || text == "false") return text == "true";
  std::int64_t number = 0;
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure == std::errc() && stop == end) return number;
  return text;
}

Json from_yaml(const YAML::Node& node, int depth, int& count) {
  if (depth > depth_limit || ++count > node_limit) throw too_deep();
  if (node.IsScalar()) return scalar(node);
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const auto& item : node) list.push_back(from_yaml(item, depth + 1, count));
    return list;
  }
  if (!node.IsMap()) return nullptr;
  Json map = Json::object();
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) throw invalid_content("YAML not well-formed: a key is not a plain word.");
    const std::string& key = entry.first.Scalar();
    if (map.contains(key)) throw invalid_content("YAML not well-formed: " + key + " is given twice.");
    map[key] = from_yaml(entry.second, depth + 1, count);
  }
  return map;
}

base::AwsError not_well_formed(const char* format, std::size_t line, std::size_t column) {
  return invalid_content(std::string(format) + " not well-formed. at Line: " + std::to_string(line) +
                         ", Column: " + std::to_string(column));
}

Json read_yaml(std::string_view content) {
  try {
    int count = 0;
    return from_yaml(YAML::Load(std::string(content)), 0, count);
  } catch (const YAML::Exception& failure) {
    throw not_well_formed("YAML", static_cast<std::size_t>(failure.mark.line + 1),
                          static_cast<std::size_t>(failure.mark.column + 1));
  }
}

// "JSON not well-formed. at Line: 1, Column: 6" for "https://...", as in awslabs/amazon-eks-ami#716: the
// reader has taken a bare word whole, any other text up to the character that it stumbles over, and names the
// next column.
base::AwsError not_json(std::string_view content, std::size_t read) {
  auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$'; };
  read = std::min(read, content.size());
  if (read > 0 && is_word(content[read - 1]))
    while (read < content.size() && is_word(content[read])) ++read;
  const std::string_view before = content.substr(0, read);
  const auto ended = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  return not_well_formed("JSON", ended + 1, read - (before.rfind('\n') + 1) + 1);  // npos + 1 is 0
}

Json read_json(std::string_view content) {
  try {
    return Json::parse(content);
  } catch (const Json::parse_error& failure) {
    throw not_json(content, failure.byte);
  } catch (const Json::exception&) {
    throw not_json(content, content.size());
  }
}

void emit(YAML::Emitter& out, const Json& value) {
  if (value.is_object()) {
    out << YAML::BeginMap;
    for (const auto& [key, member] : value.items()) {
      out << YAML::Key << key << YAML::Value;
      emit(out, member);
    }
    out << YAML::EndMap;
  } else if (value.is_array()) {
    out << YAML::BeginSeq;
    for (const Json& item : value) emit(out, item);
    out << YAML::EndSeq;
  } else if (value.is_string()) {
    auto text = value.get<std::string>();
    // Quoted, so that "2.2" and "true" stay texts.
    if (text.find('\n') == std::string::npos)
      out << YAML::DoubleQuoted << text;
    else
      out << YAML::Literal << text;
  } else {
    out << value.dump();
  }
}

}  // namespace

Json read_content(std::string_view content, Format format) {
  check_depth(content);
  return format == Format::json ? read_json(content) : read_yaml(content);
}

std::string write_content(const Json& content, Format format) {
  if (format == Format::json) return content.dump(2, ' ', false, Json::error_handler_t::replace);
  YAML::Emitter out;
  emit(out, content);
  return std::string(out.c_str()) + "\n";
}

}  // namespace squall::services::ssm
