#include "emulator/wire/query_reader.hpp"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "emulator/base/encoding.hpp"
#include "emulator/base/time.hpp"
#include "emulator/wire/codec.hpp"
#include "emulator/wire/query_names.hpp"

namespace squall::wire {
namespace {

class Reader {
 public:
  Reader(Protocol protocol, Form& form) : ec2_(protocol == Protocol::ec2), names_(protocol), form_(form) {}

  Value structure(const Shape& shape, const std::string& prefix, int depth) {
    if (depth > max_depth) fail(prefix, "", "a value that nests less deeply");
    Value out = Value::object();
    for (const Member& member : shape.members) {
      std::string name = names_.member(member);
      if (!prefix.empty()) name = prefix + "." + name;
      if (!present(*member.shape, name)) continue;
      // "Name.something" alone gives a scalar of that name nothing.
      if (Value value = read(*member.shape, name, depth); !value.is_null())
        out.emplace(std::string(member.name), std::move(value));
    }
    return out;
  }

 private:
  // A flattened list may stand under its element's name, not its own.
  bool present(const Shape& shape, const std::string& name) const {
    return form_.has_under(name) || (shape.kind == Kind::list && form_.has_under(names_.items(shape, name)));
  }

  Value read(const Shape& shape, const std::string& name, int depth) {
    switch (shape.kind) {
      case Kind::structure:
        read_nothing(name, "complex");
        return structure(shape, name, depth + 1);
      case Kind::list:
        return list(shape, name, depth);
      case Kind::map:
        return map(shape, name, depth);
      default: {
        const std::string* text = form_.read(name);
        // Only "Name.something" was given: the scalar is absent, and ec2 will refuse what was not read.
        return text == nullptr ? Value() : scalar(shape, name, *text);
      }
    }
  }

  // "Name=" alone is how clients send an empty list; another text there has no place to go. The sentence as
  // the query services gave it in boto/boto#37 and aws/aws-sdk-ruby#1067.
  void read_nothing(const std::string& name, const char* kind) {
    const std::string* text = form_.read(name);
    if (text == nullptr || text->empty()) return;
    if (ec2_) throw unknown_parameter(name);
    throw base::AwsError("MalformedInput", 400, std::string("Unexpected ") + kind + " element termination");
  }

  Value list(const Shape& shape, const std::string& name, int depth) {
    read_nothing(name, "list");
    Value out = Value::array();
    std::string items = names_.items(shape, name);
    for (std::uint32_t index : form_.indices_under(items))
      out.push_back(read(*shape.element, items + "." + std::to_string(index), depth + 1));
    return out;
  }

  Value map(const Shape& shape, const std::string& name, int depth) {
    read_nothing(name, "list");
    Value out = Value::object();
    std::string entries = names_.entries(shape, name);
    for (std::uint32_t index : form_.indices_under(entries)) {
      std::string entry = entries + "." + std::to_string(index) + ".";
      const std::string* key = form_.read(entry + QueryNames::key(shape));
      if (key == nullptr) continue;
      out[*key] = read(*shape.element, entry + QueryNames::value(shape), depth + 1);
    }
    return out;
  }

  Value scalar(const Shape& shape, const std::string& name, const std::string& text) {
    switch (shape.kind) {
      case Kind::boolean:
        if (text == "true" || text == "True" || text == "1") return true;
        if (text == "false" || text == "False" || text == "0") return false;
        fail(name, text, "a Boolean");
      case Kind::integer:
        return integer<std::int32_t>(name, text);
      case Kind::long_:
        return integer<std::int64_t>(name, text);
      case Kind::float_:
      case Kind::double_: {
        double number = 0;
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size()) fail(name, text, "a number");
        return number;
      }
      case Kind::timestamp: {
        auto time = base::parse_iso8601(text);
        if (!time) fail(name, text, "a date in ISO 8601");
        return time->time_since_epoch().count();
      }
      case Kind::blob: {
        auto bytes = base::base64_decode(text);
        if (!bytes) fail(name, text, "base64");
        return std::move(*bytes);
      }
      default:
        return text;
    }
  }

  template <class Integer>
  Value integer(const std::string& name, const std::string& text) {
    Integer number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
      fail(name, text, "an integer");
    return static_cast<std::int64_t>(number);
  }

  [[noreturn]] void fail(const std::string& name, const std::string& text, const std::string& wanted) const {
    if (ec2_)
      throw base::AwsError(
          "InvalidParameterValue", 400,
          "Value (" + text + ") for parameter " + name + " is invalid. Expecting " + wanted + ".");
    throw base::AwsError("MalformedInput", 400, "Invalid value for " + name + ": expecting " + wanted + ".");
  }

  bool ec2_;
  QueryNames names_;
  Form& form_;
};

}  // namespace

base::AwsError unknown_parameter(std::string_view name) {
  return {"UnknownParameter", 400, "The parameter " + std::string(name) + " is not recognized"};
}

nlohmann::json read_query(Protocol protocol, const Shape& shape, Form& form) {
  return Reader(protocol, form).structure(shape, "", 0);
}

}  // namespace squall::wire
