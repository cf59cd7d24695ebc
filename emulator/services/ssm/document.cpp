// Reads a document's tree. Every key is either understood or refused by name.
#include "emulator/services/ssm/document.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "emulator/services/ssm/errors.hpp"
#include "emulator/wire/pattern.hpp"

namespace squall::services::ssm {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t size_limit_bytes = 64 * 1024;
constexpr std::string_view shell_plugin = "aws:runShellScript";

void allow_only(const Json& object, const std::string& where, std::initializer_list<std::string_view> names) {
  if (!object.is_object()) throw invalid_content(where + " must be an object.");
  for (const auto& [key, value] : object.items())
    if (std::find(names.begin(), names.end(), key) == names.end())
      throw invalid_content("Squall does not serve " + key + " in " + where + ".");
}

// Numbers and booleans count as their text, as the agent takes them.
std::string text_of(const Json& value, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer() || value.is_boolean()) return value.dump();
  throw invalid_content(where + " must be a string.");
}
std::string text_at(const Json& object, const char* key, const std::string& where, std::string missing = {}) {
  auto found = object.find(key);
  return found == object.end() ? std::move(missing) : text_of(*found, where + "." + key);
}
std::vector<std::string> texts_of(const Json& value, const std::string& where) {
  if (!value.is_array()) return {text_of(value, where)};
  std::vector<std::string> texts;
  for (const Json& item : value) texts.push_back(text_of(item, where));
  return texts;
}
std::optional<std::int64_t> number_at(const Json& object, const char* key, const std::string& where) {
  auto found = object.find(key);
  if (found == object.end()) return {};
  if (!found->is_number_integer() || *found < 0)
    throw invalid_content(where + "." + key + " must be a whole number.");
  return found->get<std::int64_t>();
}

bool plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  });
}

Parameter read_parameter(const std::string& name, const Json& object) {
  const std::string where = "parameter " + name;
  if (!plain_name(name)) throw invalid_content("The name of " + where + " is not valid.");
  allow_only(object, where,
             {"type", "description", "default", "allowedValues", "allowedPattern", "displayType", "minChars",
              "maxChars", "minItems", "maxItems"});
  Parameter parameter{.name = name,
                      .type = text_at(object, "type", where),
                      .description = text_at(object, "description", where),
                      .defaults = {},
                      .allowed_values = {},
                      .allowed_pattern = text_at(object, "allowedPattern", where),
                      .min_chars = number_at(object, "minChars", where),
                      .max_chars = number_at(object, "maxChars", where),
                      .min_items = number_at(object, "minItems", where),
                      .max_items = number_at(object, "maxItems", where)};
  static constexpr std::string_view served[] = {"String", "StringList", "Integer", "Boolean"};
  if (std::find(std::begin(served), std::end(served), parameter.type) == std::end(served))
    throw invalid_content("The type of " + where + " must be one of String, StringList, Integer, Boolean.");
  if (auto found = object.find("default"); found != object.end()) {
    if (found->is_array() && !parameter.is_list())
      throw invalid_content("The default of " + where + " must not be a list.");
    parameter.defaults = texts_of(*found, "the default of " + where);
  }
  if (auto found = object.find("allowedValues"); found != object.end())
    parameter.allowed_values = texts_of(*found, "allowedValues of " + where);
  try {
    wire::Pattern{parameter.allowed_pattern};
  } catch (const std::exception& failure) {
    throw invalid_content("allowedPattern of " + where + " is not valid: " + failure.what());
  }
  return parameter;
}

Step::After read_after(const Json& inputs, const char* key, const std::string& where) {
  std::string text = text_at(inputs, key, where);
  if (text.empty()) return Step::After::go_on;
  if (text == "exit") return Step::After::exit;
  if (text == "successAndExit" && std::string_view(key) == "onFailure") return Step::After::success_and_exit;
  throw invalid_content(std::string(key) + " of " + where + " must be exit" +
                        (std::string_view(key) == "onFailure" ? " or successAndExit." : "."));
}

void read_inputs(const Json& inputs, const std::string& where, Step& step) {
  allow_only(
      inputs, where,
      {"id", "runCommand", "workingDirectory", "timeoutSeconds", "onFailure", "onSuccess", "finallyStep"});
  auto commands = inputs.find("runCommand");
  if (commands == inputs.end()) throw invalid_content("runCommand is missing in " + where + ".");
  step.commands = texts_of(*commands, where + ".runCommand");
  step.working_directory = text_at(inputs, "workingDirectory", where);
  step.timeout_seconds = text_at(inputs, "timeoutSeconds", where, step.timeout_seconds);
  step.on_failure = read_after(inputs, "onFailure", where);
  step.on_success = read_after(inputs, "onSuccess", where);
  step.always = text_at(inputs, "finallyStep", where) == "true";
}

std::pair<std::string, std::string> read_precondition(const Json& object, const std::string& where) {
  allow_only(object, "the precondition of " + where, {"StringEquals"});
  auto found = object.find("StringEquals");
  std::vector<std::string> operands;
  if (found != object.end()) operands = texts_of(*found, "StringEquals of " + where);
  if (operands.size() != 2) throw invalid_content("StringEquals of " + where + " must have two operands.");
  return {operands[0], operands[1]};
}

// A step of another plugin is understood if it says of itself that it is for another platform.
bool for_another_platform(const Step& step) {
  return step.precondition && step.precondition->first == "platformType" &&
         step.precondition->second != "Linux";
}

Step read_step(const Json& object, std::size_t number) {
  const std::string name = object.is_object() ? text_at(object, "name", "a step") : std::string();
  const std::string where = name.empty() ? "step " + std::to_string(number + 1) : "step " + name;
  allow_only(object, where, {"action", "name", "inputs", "precondition", "description"});
  if (!plain_name(name)) throw invalid_content("The name of " + where + " is missing or not valid.");
  Step step;
  step.name = name;
  step.plugin = text_at(object, "action", where);
  if (auto found = object.find("precondition"); found != object.end() && !found->empty())
    step.precondition = read_precondition(*found, where);
  auto inputs = object.find("inputs");
  if (step.plugin == shell_plugin) {
    if (inputs == object.end()) throw invalid_content("inputs is missing in " + where + ".");
    read_inputs(*inputs, where, step);
  } else if (!for_another_platform(step)) {
    throw invalid_content("Squall does not serve the action '" + step.plugin + "' of " + where + ".");
  }
  return step;
}

std::vector<Step> read_main_steps(const Json& content) {
  auto found = content.find("mainSteps");
  if (found == content.end() || !found->is_array() || found->empty())
    throw invalid_content("mainSteps is missing or empty.");
  std::vector<Step> steps;
  std::set<std::string> names;
  for (const Json& object : *found) {
    steps.push_back(read_step(object, steps.size()));
    if (!names.insert(steps.back().name).second)
      throw invalid_content("There are two steps with the name " + steps.back().name + ".");
  }
  return steps;
}

// Schema 1.2: one plugin, whose step has the plugin's name.
std::vector<Step> read_runtime_config(const Json& content) {
  auto config = content.find("runtimeConfig");
  if (config == content.end()) throw invalid_content("runtimeConfig is missing.");
  allow_only(*config, "runtimeConfig", {shell_plugin});
  auto plugin = config->find(std::string(shell_plugin));
  if (plugin == config->end()) throw invalid_content("runtimeConfig is empty.");
  allow_only(*plugin, "runtimeConfig", {"properties"});
  auto properties = plugin->find("properties");
  if (properties == plugin->end() || !properties->is_array() || properties->size() != 1)
    throw invalid_content("Squall serves one entry in properties of runtimeConfig.");
  Step step;
  step.name = step.plugin = shell_plugin;
  read_inputs(properties->front(), "properties", step);
  return {step};
}

std::vector<std::string> platforms_of(const std::vector<Step>& steps) {
  auto any = [&](auto condition) { return std::any_of(steps.begin(), steps.end(), condition); };
  std::vector<std::string> platforms;
  if (any([](const Step& step) { return step.plugin != shell_plugin; })) platforms.push_back("Windows");
  if (any([](const Step& step) { return step.plugin == shell_plugin; }))
    platforms.insert(platforms.end(), {"Linux", "MacOS"});
  return platforms;
}

}  // namespace

Document parse_document(std::string_view content, Format format) {
  if (content.size() > size_limit_bytes)
    throw error("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB.");
  const Json tree = read_content(content, format);
  if (!tree.is_object()) throw invalid_content("The document must be an object.");
  Document document;
  document.schema_version = text_at(tree, "schemaVersion", "the document");
  const bool old = document.schema_version == "1.2";
  if (!old && document.schema_version != "2.0" && document.schema_version != "2.2")
    throw error("InvalidDocumentSchemaVersion",
                "Squall serves Command documents of schema version 1.2, 2.0 and 2.2, not '" +
                    document.schema_version + "'.");
  allow_only(tree, "the document",
             {"schemaVersion", "description", "parameters", old ? "runtimeConfig" : "mainSteps"});
  document.description = text_at(tree, "description", "the document");
  if (auto found = tree.find("parameters"); found != tree.end()) {
    if (!found->is_object()) throw invalid_content("parameters must be an object.");
    for (const auto& [name, object] : found->items())
      document.parameters.push_back(read_parameter(name, object));
  }
  document.steps = old ? read_runtime_config(tree) : read_main_steps(tree);
  document.platforms = platforms_of(document.steps);
  return document;
}

}  // namespace squall::services::ssm
