#include "harness/scenario/stack.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace squall::scenario {
namespace {

std::map<std::string, std::string> texts(const Node& node) {
  std::map<std::string, std::string> all;
  for (const auto& [name, value] : node.as_map().entries) all[name] = value.as_string();
  return all;
}

std::string script_in(const Node& node, const std::string& folder) {
  std::string name = node.as_string();
  if (!std::filesystem::is_regular_file(std::filesystem::path(folder) / name))
    throw DocumentError(node.place, "there is no file '" + name + "' in " + folder);
  return name;
}

Stack::Nodes read_nodes(const Node& node) {
  node.allow_only({"tags", "count", "scheme", "port", "token", "mount"});
  Stack::Nodes nodes;
  nodes.tags = texts(node.need("tags"));
  if (const Node* count = node.find("count")) nodes.count = static_cast<int>(count->as_integer());
  if (const Node* scheme = node.find("scheme")) {
    nodes.scheme = scheme->as_string();
    if (nodes.scheme != "http" && nodes.scheme != "https")
      throw DocumentError(scheme->place, "http or https");
  }
  if (const Node* port = node.find("port")) nodes.port = static_cast<std::uint16_t>(port->as_integer());
  if (const Node* mount = node.find("mount")) nodes.mount = mount->as_string();
  if (const Node* token = node.find("token")) {
    token->allow_only({"file", "after"});
    nodes.token_file = token->need("file").as_string();
    nodes.token_after = token->need("after").as_string();
  }
  return nodes;
}

std::string content_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

Stack parse_stack(std::string_view text, const std::string& folder) {
  Node root = parse_yaml(text, folder + "/stack.yaml");
  root.allow_only({"region", "provision", "operator", "nodes", "variables"});
  Stack stack;
  stack.folder = folder;
  if (const Node* region = root.find("region")) stack.region = region->as_string();
  stack.provision = script_in(root.need("provision"), folder);
  if (const Node* steps = root.find("operator")) {
    steps->allow_only({"script", "whenHealth"});
    stack.operator_steps.emplace();
    stack.operator_steps->script = script_in(steps->need("script"), folder);
    stack.operator_steps->content = content_of(folder + "/" + stack.operator_steps->script);
    if (const Node* code = steps->find("whenHealth"))
      stack.operator_steps->when_health = static_cast<int>(code->as_integer());
  }
  stack.nodes = read_nodes(root.need("nodes"));
  if (const Node* variables = root.find("variables")) stack.variables = texts(*variables);
  return stack;
}

Stack load_stack(const std::string& folder) {
  std::string path = folder + "/stack.yaml";
  if (!std::filesystem::is_regular_file(path))
    throw DocumentError({folder, 0, 0}, "there is no stack.yaml in this folder");
  return parse_stack(content_of(path), folder);
}

}  // namespace squall::scenario
