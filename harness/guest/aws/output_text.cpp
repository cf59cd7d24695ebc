#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "harness/guest/aws/output.hpp"
#include "harness/jmespath/python_text.hpp"

namespace squall::guest::aws {
namespace {

using Json = nlohmann::ordered_json;
using Keys = std::vector<std::string>;

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return text;
}

class Writer {
 public:
  void write(const Json& item, const std::string* identifier, const Keys* scalar_keys) {
    if (item.is_object())
      write_object(item, identifier, scalar_keys);
    else if (item.is_array())
      write_list(item, identifier);
    else
      out_ += jmespath::python_str(item) + "\n";
  }
  std::string take() { return std::move(out_); }

 private:
  void write_list(const Json& list, const std::string* identifier) {
    if (list.empty()) return;
    auto any = [&](auto kind) { return std::any_of(list.begin(), list.end(), kind); };
    if (any([](const Json& e) { return e.is_object(); })) {
      const Keys keys = scalar_keys_of(list);
      for (const Json& element : list) write(element, identifier, &keys);
      return;
    }
    if (!any([](const Json& e) { return e.is_array(); })) return write_scalars(list, identifier);
    Json scalars = Json::array();
    for (const Json& element : list)
      if (!element.is_array()) scalars.push_back(element);
    if (!scalars.empty()) write_scalars(scalars, identifier);
    for (const Json& element : list)
      if (element.is_array()) write(element, identifier, nullptr);
  }

  void write_scalars(const Json& list, const std::string* identifier) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (identifier != nullptr)
        out_ += upper(*identifier) + "\t" + jmespath::python_str(list[i]) + "\n";
      else
        out_ += (i == 0 ? "" : "\t") + jmespath::python_str(list[i]);
    }
    if (identifier == nullptr) out_ += "\n";
  }

  // Structures of one list have the same columns: the names of all their scalars.
  static Keys scalar_keys_of(const Json& list) {
    std::set<std::string> keys;
    for (const Json& element : list)
      if (element.is_object())
        for (const auto& [key, value] : element.items())
          if (!value.is_structured()) keys.insert(key);
    return {keys.begin(), keys.end()};
  }

  void write_object(const Json& item, const std::string* identifier, const Keys* scalar_keys) {
    Keys columns, nested;
    for (const auto& [key, value] : item.items())
      (scalar_keys == nullptr && !value.is_structured() ? columns : nested).push_back(key);
    if (scalar_keys != nullptr) {
      columns = *scalar_keys;
      std::erase_if(nested, [&](const std::string& key) {
        return std::find(columns.begin(), columns.end(), key) != columns.end();
      });
    }
    std::sort(columns.begin(), columns.end());
    std::sort(nested.begin(), nested.end());
    if (!columns.empty()) {
      std::string line = identifier == nullptr ? "" : upper(*identifier);
      bool first = identifier == nullptr;
      for (const std::string& key : columns) {
        auto value = item.find(key);
        line += (first ? "" : "\t") + (value == item.end() ? std::string() : jmespath::python_str(*value));
        first = false;
      }
      out_ += line + "\n";
    }
    for (const std::string& key : nested) write(item[key], &key, nullptr);
  }

  std::string out_;
};

}  // namespace

std::string text_output(const Json& value) {
  Writer writer;
  writer.write(value, nullptr, nullptr);
  return writer.take();
}

}  // namespace squall::guest::aws
