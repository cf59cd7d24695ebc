#include "emulator/wire/validate.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "emulator/base/aws_error.hpp"
#include "emulator/wire/constraints.hpp"
#include "emulator/wire/query_names.hpp"

namespace squall::wire {
namespace {

using Value = nlohmann::json;

// "KeyId" -> "keyId", as AWS's messages spell members.
std::string lower_first(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] - 'A' + 'a');
  return out;
}

// As Java prints the value; a sensitive one is not shown at all.
std::string shown(const Shape& shape, const Value& value) {
  switch (shape.kind) {
    case Kind::list: {
      std::string out = "[";
      for (const Value& item : value) out += (out.size() > 1 ? ", " : "") + shown(*shape.element, item);
      return out + "]";
    }
    case Kind::map: {
      std::string out = "{";
      for (auto it = value.begin(); it != value.end(); ++it)
        out += (out.size() > 1 ? ", " : "") + it.key() + "=" + shown(*shape.element, it.value());
      return out + "}";
    }
    case Kind::blob: {
      std::string size = std::to_string(value.get_ref<const std::string&>().size());
      return "java.nio.HeapByteBuffer[pos=0 lim=" + size + " cap=" + size + "]";
    }
    case Kind::string:
      return value.is_null() ? "null" : value.get<std::string>();
    default:
      return value.dump();
  }
}

// Walks json and query inputs and gathers every failure, as AWS does.
class Walker {
 public:
  Walker(const Service& service, PatternCache& patterns)
      : hide_values_(service.name == "iam"), iam_(service.name == "iam"), patterns_(patterns) {}

  void structure(const Shape& shape, const Value& value, const std::string& path) {
    for (const Member& member : shape.members) {
      std::string at = path.empty() ? lower_first(member.name) : path + "." + lower_first(member.name);
      auto it = value.find(member.name);
      if (it != value.end() && !it->is_null()) {
        inspect(*member.shape, *it, at);
      } else if (member.required) {
        failures_.push_back("Value null at '" + at +
                            "' failed to satisfy constraint: Member must not be null");
      }
    }
  }

  void throw_if_any(const char* code) const {
    if (failures_.empty()) return;
    std::string text =
        std::to_string(failures_.size()) +
        (failures_.size() == 1 ? " validation error detected: " : " validation errors detected: ");
    for (std::size_t i = 0; i < failures_.size(); ++i) text += (i == 0 ? "" : "; ") + failures_[i];
    throw base::AwsError(code, 400, text);
  }

 private:
  void inspect(const Shape& shape, const Value& value, const std::string& path) {
    for (const Breach& breach : breaches(shape, value, patterns_)) {
      if (iam_ && breach.kind == Breach::Kind::pattern) refuse_in_iam_words(shape, path);
      std::string text = breach.text;
      // IAM names neither the value nor the set.
      if (iam_ && breach.kind == Breach::Kind::values) text = text.substr(0, text.find(':'));
      fail(shape, value, path, text);
    }
    switch (shape.kind) {
      case Kind::structure:
        return structure(shape, value, path);
      case Kind::list:
        return list(shape, value, path);
      case Kind::map:
        return map(shape, value, path);
      default:
        return;
    }
  }

  // Structures in a list are named one by one; plain elements are reported together, at the list.
  void list(const Shape& shape, const Value& value, const std::string& path) {
    bool plain = is_scalar(*shape.element);
    bool broken = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
      std::string at = path + "." + std::to_string(i + 1) + ".member";
      if (value[i].is_null()) {
        failures_.push_back("Value null at '" + at +
                            "' failed to satisfy constraint: Member must not be null");
      } else if (plain) {
        broken = broken || !breaches(*shape.element, value[i], patterns_).empty();
      } else {
        inspect(*shape.element, value[i], at);
      }
    }
    if (broken)
      fail(shape, value, path, "Member must satisfy constraint: " + all_constraints(*shape.element));
  }

  void map(const Shape& shape, const Value& value, const std::string& path) {
    bool plain = is_scalar(*shape.element);
    bool broken_key = false, broken_value = false;
    for (auto it = value.begin(); it != value.end(); ++it) {
      if (shape.key != nullptr) broken_key = broken_key || !breaches(*shape.key, it.key(), patterns_).empty();
      std::string at = path + "." + it.key() + ".member";
      if (it->is_null()) {
        failures_.push_back("Value null at '" + at +
                            "' failed to satisfy constraint: Member must not be null");
      } else if (plain) {
        broken_value = broken_value || !breaches(*shape.element, *it, patterns_).empty();
      } else {
        inspect(*shape.element, *it, at);
      }
    }
    if (broken_key)
      fail(shape, value, path, "Map keys must satisfy constraint: " + all_constraints(*shape.key));
    if (broken_value)
      fail(shape, value, path, "Map value must satisfy constraint: " + all_constraints(*shape.element));
  }

  void fail(const Shape& shape, const Value& value, const std::string& path, const std::string& constraint) {
    bool hidden = hide_values_ || shape.sensitive || (shape.element != nullptr && shape.element->sensitive);
    failures_.push_back((hidden ? "Value" : "Value '" + shown(shape, value) + "'") + " at '" + path +
                        "' failed to satisfy constraint: " + constraint);
  }

  // IAM has sentences of its own for the alphabets of names and documents.
  [[noreturn]] static void refuse_in_iam_words(const Shape& shape, const std::string& path) {
    std::string alphabet = "It must match " + std::string(shape.pattern);
    if (shape.pattern == "[\\w+=,.@-]+")
      alphabet = "It must contain only alphanumeric characters and/or the following: +=,.@_-";
    if (shape.name == "policyDocumentType") alphabet = "It must contain only printable ASCII characters.";
    if (shape.name == "pathType")
      alphabet = "It must begin and end with / and contain only alphanumeric characters and/or / characters.";
    throw base::AwsError("ValidationError", 400,
                         "The specified value for " + path + " is invalid. " + alphabet);
  }

  bool hide_values_, iam_;
  PatternCache& patterns_;
  std::vector<std::string> failures_;
};

// EC2 stops at the first mistake and spells members as parameters.
class Ec2Walker {
 public:
  explicit Ec2Walker(PatternCache& patterns) : names_(Protocol::ec2), patterns_(patterns) {}

  void structure(const Shape& shape, const Value& value, const std::string& path) {
    for (const Member& member : shape.members) {
      std::string name = path.empty() ? names_.member(member) : path + "." + names_.member(member);
      auto it = value.find(member.name);
      bool absent = it == value.end() || it->is_null();
      if (member.required && (absent || (it->is_array() && it->empty())))
        throw base::AwsError("MissingParameter", 400, "The request must contain the parameter " + name);
      if (!absent) inspect(*member.shape, *it, name);
    }
  }

 private:
  // A list of names is one of things to look up: what is not there, the operation says in its own words
  // (DescribeInstanceTypes: InvalidInstanceType).
  void inspect(const Shape& shape, const Value& value, const std::string& name, bool listed = false) {
    if (value.is_null())
      throw base::AwsError("MissingParameter", 400, "The request must contain the parameter " + name);
    for (const Breach& breach : breaches(shape, value, patterns_))
      if (!listed || breach.kind != Breach::Kind::values) refuse(shape, value, name, breach);
    if (shape.kind == Kind::structure) structure(shape, value, name);
    if (shape.kind == Kind::list)
      for (std::size_t i = 0; i < value.size(); ++i)
        inspect(*shape.element, value[i], name + "." + std::to_string(i + 1), true);
    if (shape.kind == Kind::map)
      for (const Value& item : value) inspect(*shape.element, item, name);
  }

  [[noreturn]] static void refuse(const Shape& shape, const Value& value, const std::string& name,
                                  const Breach& breach) {
    std::string text;
    if (breach.kind == Breach::Kind::values) {
      text = "Invalid value '" + shown(shape, value) + "' for " + name + ".";
    } else {
      text = "Value ( " + shown(shape, value) + " ) for parameter " + lower_first(name) + " is invalid.";
      // EC2 counts from outside: "greater than 5" refuses 4.
      if (breach.kind == Breach::Kind::too_small)
        text += " Expecting a value greater than " + breach.limit + ".";
      if (breach.kind == Breach::Kind::too_large)
        text += " Expecting a value less than " + breach.limit + ".";
    }
    throw base::AwsError("InvalidParameterValue", 400, text);
  }

  QueryNames names_;
  PatternCache& patterns_;
};

}  // namespace

Validator::Validator() : patterns_(std::make_unique<PatternCache>()) {}
Validator::~Validator() = default;

void Validator::check(const Service& service, const Operation& operation, const nlohmann::json& input) {
  if (operation.input == nullptr) return;
  if (service.protocol == Protocol::ec2) {
    Ec2Walker(*patterns_).structure(*operation.input, input, "");
    return;
  }
  Walker walker(service, *patterns_);
  walker.structure(*operation.input, input, "");
  walker.throw_if_any(service.protocol == Protocol::query ? "ValidationError" : "ValidationException");
}

}  // namespace squall::wire
