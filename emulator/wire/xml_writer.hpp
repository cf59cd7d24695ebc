// Writes XML: elements opened and closed by name, text escaped.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "emulator/wire/schema.hpp"

namespace squall::wire {

class XmlWriter {
 public:
  void declaration() { out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"; }
  void open(std::string_view name, std::string_view xml_namespace = {});
  void close(std::string_view name);
  void element(std::string_view name, std::string_view text);
  // &, <, > and quotes as entities, a carriage return as a reference (parsers would drop it). What XML 1.0
  // cannot hold at all, control characters and malformed UTF-8, becomes U+FFFD.
  void text(std::string_view text);

  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Writes the members of a structure, or all of a value under `name`, by the rules of the protocol's
// responses.
class XmlShapeWriter {
 public:
  XmlShapeWriter(Protocol protocol, XmlWriter& out) : ec2_(protocol == Protocol::ec2), out_(out) {}
  void members(const Shape& shape, const nlohmann::json& value);

 private:
  void write(const Shape& shape, std::string_view name, bool flattened, const nlohmann::json& value);

  bool ec2_;  // items are called "item", times have milliseconds
  XmlWriter& out_;
};

}  // namespace squall::wire
