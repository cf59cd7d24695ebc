// botocore's check of parameters before anything is sent: types, required members, lower limits. Upper
// limits, patterns and enums are left to the service, as there.
#include "emulator/wire/utf8.hpp"
#include "harness/guest/aws/failure.hpp"
#include "harness/guest/aws/values.hpp"
#include "harness/jmespath/python_text.hpp"

namespace squall::guest::aws {
namespace {

using Json = nlohmann::ordered_json;
using wire::Kind;

class Report {
 public:
  void check(const Json& value, const wire::Shape& shape, const std::string& name) {
    switch (shape.kind) {
      case Kind::structure:
        if (value.is_object())
          structure(value, shape, name);
        else
          wrong_type(value, name, "<class 'dict'>");
        return;
      case Kind::list:
        if (!value.is_array()) return wrong_type(value, name, "<class 'list'>, <class 'tuple'>");
        at_least("length", static_cast<std::int64_t>(value.size()), value, shape, name);
        for (std::size_t i = 0; i < value.size(); ++i)
          check(value[i], *shape.element, name + "[" + std::to_string(i) + "]");
        return;
      case Kind::map:
        if (!value.is_object()) return wrong_type(value, name, "<class 'dict'>");
        for (const auto& [key, item] : value.items()) {
          check(key, *shape.key, name + " (key: " + key + ")");
          check(item, *shape.element, name + "." + key);
        }
        return;
      default:
        scalar(value, shape, name);
    }
  }

  void finish() const {
    if (!text_.empty()) throw Failure(usage_status, "Parameter validation failed:" + text_);
  }

 private:
  void structure(const Json& value, const wire::Shape& shape, const std::string& name) {
    std::string members;
    for (const wire::Member& member : shape.members) {
      members += (members.empty() ? "" : ", ") + std::string(member.name);
      if (member.required && !value.contains(std::string(member.name)))
        add("Missing required parameter in " + display(name) + ": \"" + std::string(member.name) + "\"");
    }
    for (const auto& [key, item] : value.items())
      if (shape.find(key) == nullptr)
        add("Unknown parameter in " + display(name) + ": \"" + key + "\", must be one of: " + members);
    for (const auto& [key, item] : value.items())
      if (const wire::Member* member = shape.find(key)) check(item, *member->shape, name + "." + key);
  }

  void scalar(const Json& value, const wire::Shape& shape, const std::string& name) {
    const bool whole = value.is_number_integer() || value.is_boolean();
    switch (shape.kind) {
      case Kind::string:
        if (!value.is_string()) return wrong_type(value, name, "<class 'str'>");
        return at_least("length", wire::count_code_points(value.get<std::string>()), value, shape, name);
      case Kind::integer:
      case Kind::long_:
        if (!whole) return wrong_type(value, name, "<class 'int'>");
        return at_least("value", number(value), value, shape, name);
      case Kind::float_:
      case Kind::double_:
        if (!whole && !value.is_number())
          return wrong_type(value, name, "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>");
        return at_least("value", number(value), value, shape, name);
      case Kind::boolean:
        if (!value.is_boolean()) wrong_type(value, name, "<class 'bool'>");
        return;
      case Kind::blob:
        if (!value.is_string() && !value.is_binary())
          wrong_type(value, name, "<class 'bytes'>, <class 'bytearray'>, file-like object");
        return;
      default:
        if (!is_time(value)) wrong_type(value, name, "<class 'datetime.datetime'>, timestamp-string");
    }
  }

  static double number(const Json& value) {
    return value.is_boolean() ? (value.get<bool>() ? 1 : 0) : value.get<double>();
  }

  template <class Number>
  void at_least(const char* what, Number size, const Json& value, const wire::Shape& shape,
                const std::string& name) {
    if (!shape.min || static_cast<double>(size) >= static_cast<double>(*shape.min)) return;
    const bool length = std::string_view(what) == "length";
    add("Invalid " + std::string(what) + " for parameter " + display(name) + ", value: " +
        (length ? std::to_string(static_cast<std::int64_t>(size)) : jmespath::python_str(value)) +
        ", valid min " + what + ": " + std::to_string(*shape.min));
  }

  void wrong_type(const Json& value, const std::string& name, const std::string& valid) {
    const std::string type = value.is_binary() ? "bytes" : std::string(jmespath::python_type(value));
    const std::string text =
        value.is_binary()
            ? "b" + jmespath::python_repr(std::string(value.get_binary().begin(), value.get_binary().end()))
            : jmespath::python_str(value);
    add("Invalid type for parameter " + display(name) + ", value: " + text + ", type: <class '" + type +
        "'>, valid types: " + valid);
  }

  static std::string display(const std::string& name) {
    if (name.empty()) return "input";
    return name[0] == '.' ? name.substr(1) : name;
  }
  void add(const std::string& line) { text_ += "\n" + line; }

  std::string text_;
};

}  // namespace

void validate_parameters(const Json& parameters, const wire::Operation& operation) {
  if (operation.input == nullptr) return;
  Report report;
  report.check(parameters, *operation.input, "");
  report.finish();
}

}  // namespace squall::guest::aws
