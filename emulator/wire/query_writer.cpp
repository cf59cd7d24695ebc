#include "emulator/wire/query_writer.hpp"

#include <nlohmann/json.hpp>

#include "emulator/base/encoding.hpp"
#include "emulator/wire/query_names.hpp"
#include "emulator/wire/scalar_text.hpp"

namespace squall::wire {
namespace {

using Value = nlohmann::json;

class Writer {
 public:
  Writer(Protocol protocol, std::string& out)
      : ec2_(protocol == Protocol::ec2), names_(protocol), out_(out) {}

  void structure(const Shape& shape, const std::string& prefix, const Value& value) {
    for (const Member& member : shape.members) {
      auto it = value.find(member.name);
      if (it == value.end() || it->is_null()) continue;
      std::string name = names_.member(member);
      write(*member.shape, prefix.empty() ? name : prefix + "." + name, *it);
    }
  }

 private:
  void write(const Shape& shape, const std::string& name, const Value& value) {
    if (value.is_null()) return;
    switch (shape.kind) {
      case Kind::structure:
        return structure(shape, name, value);
      case Kind::list:
        return list(shape, name, value);
      case Kind::map:
        return map(shape, name, value);
      case Kind::timestamp: {
        // As botocore: microseconds where there are any.
        bool whole = value.get<std::int64_t>() % 1'000'000'000 == 0;
        return parameter(name, scalar_text(shape, value, whole ? 0 : 6));
      }
      default:
        return parameter(name, scalar_text(shape, value, 0));
    }
  }

  void list(const Shape& shape, const std::string& name, const Value& value) {
    if (value.empty() && !ec2_) return parameter(name, "");
    std::string items = names_.items(shape, name);
    for (std::size_t i = 0; i < value.size(); ++i)
      write(*shape.element, items + "." + std::to_string(i + 1), value[i]);
  }

  void map(const Shape& shape, const std::string& name, const Value& value) {
    std::string entries = names_.entries(shape, name);
    std::size_t number = 0;
    for (auto it = value.begin(); it != value.end(); ++it) {
      std::string entry = entries + "." + std::to_string(++number) + ".";
      parameter(entry + QueryNames::key(shape), it.key());
      write(*shape.element, entry + QueryNames::value(shape), it.value());
    }
  }

  void parameter(const std::string& name, std::string_view text) {
    out_ += '&';
    out_ += base::percent_encode(name);
    out_ += '=';
    out_ += base::percent_encode(text);
  }

  bool ec2_;
  QueryNames names_;
  std::string& out_;
};

}  // namespace

void write_query(Protocol protocol, std::string& out, const Shape& shape, const nlohmann::json& input) {
  Writer(protocol, out).structure(shape, "", input);
}

}  // namespace squall::wire
