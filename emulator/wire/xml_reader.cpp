#include "emulator/wire/xml_reader.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <stdexcept>

#include "emulator/base/encoding.hpp"
#include "emulator/base/time.hpp"
#include "emulator/wire/codec.hpp"

namespace squall::wire {
namespace {

[[noreturn]] void fail(std::string_view text, std::string_view wanted) {
  throw std::runtime_error("\"" + std::string(text.substr(0, 100)) + "\" is not " + std::string(wanted));
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail(text, "a number");
  return value;
}

Value scalar(const Shape& shape, std::string_view text) {
  switch (shape.kind) {
    case Kind::boolean:
      return text == "true";
    case Kind::integer:
    case Kind::long_:
      return number<std::int64_t>(text);
    case Kind::float_:
    case Kind::double_:
      return number<double>(text);
    case Kind::timestamp: {
      auto time = base::parse_iso8601(text);
      if (!time) fail(text, "a time");
      return time->time_since_epoch().count();
    }
    case Kind::blob: {
      auto bytes = base::base64_decode(text);
      if (!bytes) fail(text, "base64");
      return std::move(*bytes);
    }
    default:
      return text;
  }
}

Value value_of(const Shape& shape, const pugi::xml_node& node, int depth);

Value map_of(const Shape& shape, const pugi::xml_node& holder, const char* entry_name, int depth) {
  Value out = Value::object();
  std::string key(shape.key_name.empty() ? "key" : shape.key_name);
  std::string value(shape.element_name.empty() ? "value" : shape.element_name);
  for (const pugi::xml_node& entry : holder.children(entry_name))
    out[entry.child(key.c_str()).child_value()] =
        value_of(*shape.element, entry.child(value.c_str()), depth + 1);
  return out;
}

// A flattened list's items, or a flattened map's entries, are siblings of the other members.
Value flattened_of(const Shape& shape, const pugi::xml_node& parent, const std::string& name, int depth) {
  if (shape.kind == Kind::map) return map_of(shape, parent, name.c_str(), depth);
  Value out = Value::array();
  for (const pugi::xml_node& item : parent.children(name.c_str()))
    out.push_back(value_of(*shape.element, item, depth + 1));
  return out;
}

Value members_of(const Shape& shape, const pugi::xml_node& node, int depth) {
  Value out = Value::object();
  for (const Member& member : shape.members) {
    const Shape& inner = *member.shape;
    bool flattened = member.flattened || inner.flattened;
    std::string name(member.location_name.empty() ? member.name : member.location_name);
    if (flattened && inner.kind == Kind::list && !inner.element_name.empty()) name = inner.element_name;
    pugi::xml_node child = node.child(name.c_str());
    if (!child) continue;
    out.emplace(std::string(member.name),
                flattened ? flattened_of(inner, node, name, depth) : value_of(inner, child, depth + 1));
  }
  return out;
}

Value value_of(const Shape& shape, const pugi::xml_node& node, int depth) {
  if (depth > max_depth) throw std::runtime_error("the document nests too deeply");
  switch (shape.kind) {
    case Kind::structure:
      return members_of(shape, node, depth);
    case Kind::map:
      return map_of(shape, node, "entry", depth);
    case Kind::list: {
      Value out = Value::array();
      for (const pugi::xml_node& item : node.children())
        if (item.type() == pugi::node_element) out.push_back(value_of(*shape.element, item, depth + 1));
      return out;
    }
    default:
      return scalar(shape, node.child_value());
  }
}

}  // namespace

struct XmlDocument::Impl {
  pugi::xml_document document;
};

XmlDocument::XmlDocument(std::string_view text) : impl_(std::make_unique<Impl>()) {
  // White space alone is a value too (" " as a tag's value).
  unsigned options = pugi::parse_default | pugi::parse_ws_pcdata_single;
  auto result = impl_->document.load_buffer(text.data(), text.size(), options, pugi::encoding_utf8);
  if (!result) throw std::runtime_error(std::string("no XML document: ") + result.description());
}

XmlDocument::~XmlDocument() = default;
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;

nlohmann::json XmlDocument::read(const Shape& shape, std::string_view wrapper) const {
  pugi::xml_node node = impl_->document.document_element();
  if (!wrapper.empty()) node = node.child(std::string(wrapper).c_str());
  return members_of(shape, node, 0);
}

std::string XmlDocument::text(std::initializer_list<const char*> path) const {
  pugi::xml_node node = impl_->document.document_element();
  for (const char* name : path) node = node.child(name);
  return node.child_value();
}

}  // namespace squall::wire
