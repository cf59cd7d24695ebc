#include "emulator/services/ssm/plan.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "emulator/services/ssm/errors.hpp"
#include "emulator/wire/pattern.hpp"
#include "emulator/wire/utf8.hpp"

namespace squall::services::ssm {
namespace {

// What the agent runs a step with when the document's limit is not a number between 5 seconds and 48 hours.
constexpr std::int64_t usual_timeout_s = 3600, least_timeout_s = 5, most_timeout_s = 172'800;
constexpr std::string_view platform = "Linux";

const Parameter* find_parameter(const Document& document, std::string_view name) {
  for (const Parameter& parameter : document.parameters)
    if (parameter.name == name) return &parameter;
  return nullptr;
}

void check_value(const Parameter& parameter, const std::string& value) {
  const std::string what = "The value of parameter " + parameter.name;
  const auto& allowed = parameter.allowed_values;
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), value) == allowed.end())
    throw invalid_parameters(what + " is not one of the allowed values.");
  if (!parameter.allowed_pattern.empty() && !wire::Pattern(parameter.allowed_pattern).matches(value))
    throw invalid_parameters(what + " does not match the pattern " + parameter.allowed_pattern + ".");
  const std::int64_t characters = wire::count_code_points(value);
  if (characters < parameter.min_chars.value_or(characters) ||
      characters > parameter.max_chars.value_or(characters))
    throw invalid_parameters(what + " is too short or too long.");
  if (parameter.type == "Boolean" && value != "true" && value != "false")
    throw invalid_parameters(what + " must be true or false.");
  std::int64_t number = 0;
  auto end = value.data() + value.size();
  if (parameter.type == "Integer" && std::from_chars(value.data(), end, number).ptr != end)
    throw invalid_parameters(what + " must be a whole number.");
}

void check_values(const Parameter& parameter, const std::vector<std::string>& values) {
  const auto items = static_cast<std::int64_t>(values.size());
  if (!parameter.is_list() && items != 1)
    throw invalid_parameters("Parameter " + parameter.name + " takes one value.");
  if (items < parameter.min_items.value_or(items) || items > parameter.max_items.value_or(items))
    throw invalid_parameters("Parameter " + parameter.name + " has too few or too many values.");
  for (const std::string& value : values) check_value(parameter, value);
}

// The name in "{{ name }}" that begins at `at`, and where the reference ends; an empty name is none.
std::string_view reference_at(std::string_view text, std::size_t at, std::size_t& end) {
  const std::size_t close = text.find("}}", at);
  if (close == std::string_view::npos) return {};
  end = close + 2;
  std::string_view name = text.substr(at + 2, close - at - 2);
  const std::size_t first = name.find_first_not_of(' '), last = name.find_last_not_of(' ');
  return first == std::string_view::npos ? std::string_view() : name.substr(first, last - first + 1);
}

// The parameter that a text consists of; null if it is more or something else.
const Parameter* only_reference(const std::string& text, const Document& document) {
  std::size_t end = 0;
  if (!text.starts_with("{{")) return nullptr;
  std::string_view name = reference_at(text, 0, end);
  return end == text.size() ? find_parameter(document, name) : nullptr;
}

Duration timeout_of(const std::string& text) {
  std::int64_t seconds = 0;
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, seconds);
  if (failure != std::errc() || stop != end || seconds < least_timeout_s || seconds > most_timeout_s)
    seconds = usual_timeout_s;
  return std::chrono::seconds(seconds);
}

std::string why_skipped(const Step& step, const Document& document, const Values& values) {
  if (!step.precondition) return {};
  auto operand = [&](const std::string& text) {
    return text == "platformType" ? std::string(platform) : substitute(text, document, values);
  };
  const auto& [left, right] = *step.precondition;
  if (operand(left) == operand(right)) return {};
  return "Step execution skipped due to unsatisfied preconditions: '\"StringEquals\": [" + left + ", " +
         right + "]'. Step name: " + step.name;
}

std::string script_of(const Step& step, const Document& document, const Values& values) {
  std::string script;
  for (const std::string& line : step.commands) {
    const Parameter* parameter = only_reference(line, document);
    if (parameter && parameter->is_list())
      for (const std::string& value : values.at(parameter->name)) script += value + "\n";
    else
      script += substitute(line, document, values) + "\n";
  }
  return script;
}

}  // namespace

Values resolve_values(const std::string& document_name, const Document& document, const Values& given) {
  // AWS says so of documents that have parameters, too, only not these (boto/boto3#3151).
  for (const auto& [name, values] : given)
    if (!find_parameter(document, name))
      throw error("InvalidParameters", "document " + document_name + " does not support parameters.");
  Values resolved;
  for (const Parameter& parameter : document.parameters) {
    auto found = given.find(parameter.name);
    if (found != given.end())
      check_values(parameter, found->second);
    else if (!parameter.defaults)
      throw invalid_parameters("Parameter " + parameter.name + " has neither a value nor a default.");
    resolved[parameter.name] = found != given.end() ? found->second : *parameter.defaults;
  }
  return resolved;
}

std::string substitute(const std::string& text, const Document& document, const Values& values) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = 0;
    std::string_view name = text.compare(at, 2, "{{") == 0 ? reference_at(text, at, end) : std::string_view();
    if (name.starts_with("ssm:") || name.starts_with("ssm-secure:"))
      throw invalid_parameters("Squall does not serve Parameter Store: {{" + std::string(name) + "}}.");
    const Parameter* parameter = name.empty() ? nullptr : find_parameter(document, name);
    if (!parameter) {
      result += text[at++];
      continue;
    }
    const auto& found = values.at(parameter->name);
    result += parameter->is_list() ? nlohmann::json(found).dump() : found.front();
    at = end;
  }
  return result;
}

Duration Plan::execution_timeout() const {
  Duration total{0};
  for (const PlannedStep& step : steps)
    if (step.skipped.empty()) total += step.timeout;
  return total;
}

Plan make_plan(const Document& document, const Values& values) {
  // The values themselves are not searched for parameters, but Parameter Store's references in them are
  // resolved on AWS.
  for (const auto& [name, texts] : values)
    for (const std::string& text : texts) substitute(text, {}, {});
  Plan plan;
  for (const Step& step : document.steps)
    plan.steps.push_back({.name = step.name,
                          .plugin = step.plugin,
                          .skipped = why_skipped(step, document, values),
                          .script = script_of(step, document, values),
                          .directory = substitute(step.working_directory, document, values),
                          .timeout = timeout_of(substitute(step.timeout_seconds, document, values)),
                          .on_failure = step.on_failure,
                          .on_success = step.on_success,
                          .always = step.always});
  return plan;
}

}  // namespace squall::services::ssm
