// See cloud_config.hpp. Follows cloud-init's mergers/m_dict.py and m_list.py: what is in both documents is
// the later one's, unless the later one says otherwise (merge_how).
#include <yaml-cpp/yaml.h>

#include "harness/guest/cloud_config.hpp"

namespace squall::guest {
namespace {

// "list(append)+dict(no_replace,recurse_list)+str()".
struct Merging {
  bool replace = true, recurse_list = false, append = false, prepend = false, keep_list = false;

  explicit Merging(const std::string& text) {
    if (text.empty()) return;
    const std::string dict = inside(text, "dict("), list = inside(text, "list(");
    replace = has(dict, "replace") || has(dict, "allow_delete");
    recurse_list = has(dict, "recurse_list") || has(dict, "recurse_array");
    append = has(list, "append");
    prepend = has(list, "prepend");
    keep_list = has(list, "no_replace");
  }

 private:
  static std::string inside(const std::string& text, const std::string& start) {
    const std::size_t at = text.find(start);
    return at == std::string::npos
               ? ""
               : "," + text.substr(at + start.size(), text.find(')', at) - at - start.size()) + ",";
  }
  static bool has(const std::string& words, const std::string& word) {
    return words.find("," + word + ",") != std::string::npos;
  }
};

// A text, or a list of {name: list, settings: [append]}.
std::string text_of_merging(const YAML::Node& node) {
  if (node && node.IsScalar()) return node.Scalar();
  std::string text;
  if (!node || !node.IsSequence()) return text;
  for (const YAML::Node& entry : node) {
    if (!entry.IsMap() || !entry["name"] || !entry["name"].IsScalar()) continue;
    text += (text.empty() ? "" : "+") + entry["name"].Scalar() + "(";
    bool first = true;
    if (entry["settings"] && entry["settings"].IsSequence())
      for (const YAML::Node& setting : entry["settings"]) {
        if (setting.IsScalar()) text += (first ? "" : ",") + setting.Scalar();
        first = false;
      }
    text += ")";
  }
  return text;
}

YAML::Node joined_lists(const YAML::Node& first, const YAML::Node& second) {
  YAML::Node all(YAML::NodeType::Sequence);
  for (const YAML::Node& list : {first, second})
    for (const YAML::Node& entry : list) all.push_back(entry);
  return all;
}

constexpr int deepest = 16;  // an alias may hold itself

void merge_into(YAML::Node before, const YAML::Node& part, const Merging& how, int depth = 0) {
  for (const auto& entry : part) {
    if (!entry.first.IsScalar()) continue;
    const std::string key = entry.first.Scalar();
    YAML::Node old = before[key];
    if (!old.IsDefined() || how.replace) {
      before[key] = entry.second;
    } else if (old.IsSequence() && entry.second.IsSequence() && how.recurse_list && !how.keep_list) {
      before[key] = how.append    ? joined_lists(old, entry.second)
                    : how.prepend ? joined_lists(entry.second, old)
                                  : entry.second;
    } else if (old.IsMap() && entry.second.IsMap() && depth < deepest) {
      merge_into(old, entry.second, how, depth + 1);
    }
  }
}

}  // namespace

std::string merge_cloud_config(const std::string& before, const std::string& part,
                               const std::string& merge_type) {
  YAML::Node base = YAML::Load(before);
  const YAML::Node later = YAML::Load(part);
  if (!base.IsMap()) return part;
  if (!later.IsMap()) return before;
  std::string how = text_of_merging(later["merge_how"]);
  if (how.empty()) how = text_of_merging(later["merge_type"]);
  merge_into(base, later, Merging(how.empty() ? merge_type : how));
  return YAML::Dump(base);
}

}  // namespace squall::guest
