// scenario.schema.json, written from the vocabulary (JSON Schema, draft 2020-12).
#include <nlohmann/json.hpp>

#include "harness/scenario/vocabulary.hpp"

namespace squall::scenario {
namespace {

using Json = nlohmann::ordered_json;

Json type_of(const Parameter& parameter) {
  Json type;
  switch (parameter.type) {
    case Parameter::Type::text:
      type["type"] = "string";
      break;
    case Parameter::Type::integer:
      type = {{"type", "integer"}, {"minimum", parameter.least}, {"maximum", parameter.most}};
      break;
    case Parameter::Type::boolean:
      type["type"] = "boolean";
      break;
    case Parameter::Type::duration:
      type = {{"$ref", "#/$defs/duration"}};
      break;
  }
  if (!parameter.values.empty())
    type["enum"] = std::vector<std::string>(parameter.values.begin(), parameter.values.end());
  type["description"] = parameter.summary;
  return type;
}

void add_parameters(const Word& word, Json& properties, Json& required) {
  for (const Parameter& parameter : word.parameters) {
    properties[std::string(parameter.name)] = type_of(parameter);
    if (parameter.required) required.push_back(parameter.name);
  }
}

Json action_schema(const Word& word) {
  Json parameters = Json::object(), needed = Json::array();
  add_parameters(word, parameters, needed);
  Json properties = {{"actionId", {{"const", word.id}, {"description", word.summary}}},
                     {"description", {{"type", "string"}}},
                     {"startAfter", {{"$ref", "#/$defs/names"}}}};
  Json required = Json::array({"actionId"});
  if (!parameters.empty()) {
    // A wait takes its condition's parameters as well.
    bool open = word.id == "squall:wait-for";
    properties["parameters"] = {
        {"type", "object"}, {"properties", parameters}, {"required", needed}, {"additionalProperties", open}};
    if (!needed.empty()) required.push_back("parameters");
  }
  if (word.needs_target) {
    properties["targets"] = {{"type", "object"},
                             {"properties", {{"Instances", {{"type", "string"}}}}},
                             {"required", {"Instances"}},
                             {"additionalProperties", false}};
    required.push_back("targets");
  }
  return {{"type", "object"},
          {"properties", properties},
          {"required", required},
          {"additionalProperties", false}};
}

Json check_schema(const Word& word, bool eventually) {
  Json properties = {{"that", {{"const", word.id}, {"description", word.summary}}}},
       required = Json::array({"that"});
  add_parameters(word, properties, required);
  if (eventually) {
    properties["after"] = {{"type", "string"},
                           {"description", "an action, once it ended; NAME.start once it began"}};
    properties["within"] = {{"$ref", "#/$defs/duration"}};
    properties["stableFor"] = {{"$ref", "#/$defs/duration"}};
  }
  return {{"type", "object"},
          {"properties", properties},
          {"required", required},
          {"additionalProperties", false}};
}

Json map_of(Json value) { return {{"type", "object"}, {"additionalProperties", std::move(value)}}; }

}  // namespace

Json schema() {
  Json any_action = Json::array(), always = Json::array(), eventually = Json::array();
  Json invariant_names = Json::array(), names = Json::array();
  for (const Word& word : action_words()) any_action.push_back(action_schema(word));
  for (const Word& word : condition_words()) {
    eventually.push_back(check_schema(word, true));
    if (word.parameters.empty()) names.push_back(word.id);
    if (!word.invariant) continue;
    always.push_back(check_schema(word, false));
    if (word.parameters.empty()) invariant_names.push_back(word.id);
  }
  always.push_back({{"enum", invariant_names}});
  eventually.push_back({{"enum", names}});
  Json target = {
      {"type", "object"},
      {"properties",
       {{"resourceType", {{"const", "aws:ec2:instance"}}},
        {"resourceTags", map_of({{"type", "string"}})},
        {"selectionMode",
         {{"type", "string"},
          {"pattern", "^(ALL|LEADER|FOLLOWERS|COUNT\\([1-9][0-9]*\\)|PERCENT\\([1-9][0-9]*\\))$"}}}}},
      {"required", {"resourceType"}},
      {"additionalProperties", false}};
  Json workload = {{"type", "object"},
                   {"properties",
                    {{"kind", {{"const", "kv"}}},
                     {"clients", {{"type", "integer"}, {"minimum", 1}, {"maximum", 100}}},
                     {"every", {{"$ref", "#/$defs/duration"}}},
                     {"startAfter", {{"type", "string"}}},
                     {"consistency",
                      {{"enum", {"linearizable", "acknowledged"}},
                       {"description",
                        "linearizable if not named: the record is judged at the end; acknowledged: only that "
                        "nothing confirmed is lost"}}}}},
                   {"required", {"kind", "every"}},
                   {"additionalProperties", false}};
  Json assertions = {{"type", "object"},
                     {"properties",
                      {{"always", {{"type", "array"}, {"items", {{"anyOf", always}}}}},
                       {"eventually", {{"type", "array"}, {"items", {{"anyOf", eventually}}}}}}},
                     {"additionalProperties", false}};
  return {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "Squall scenario"},
      {"type", "object"},
      {"properties",
       {{"scenario", {{"type", "string"}, {"description", "what the story is about, in a line"}}},
        {"description", {{"type", "string"}}},
        {"stack", {{"type", "string"}, {"description", "folder of the deployment, relative to this file"}}},
        {"seed", {{"type", "integer"}, {"minimum", 0}}},
        {"variables", map_of({{"type", Json::array({"string", "integer", "boolean"})}})},
        {"workloads", map_of(workload)},
        {"targets", map_of(target)},
        {"actions", map_of({{"anyOf", any_action}})},
        {"assert", assertions}}},
      {"required", {"scenario", "stack", "assert"}},
      {"additionalProperties", false},
      {"$defs",
       {{"duration",
         {{"type", "string"}, {"pattern", "^P"}, {"description", "ISO 8601: PT30S, PT10M, P30D"}}},
        {"names",
         {{"anyOf", {{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}}}}}}}}};
}

}  // namespace squall::scenario
