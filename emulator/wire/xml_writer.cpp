#include "emulator/wire/xml_writer.hpp"

#include <nlohmann/json.hpp>

#include "emulator/wire/scalar_text.hpp"
#include "emulator/wire/utf8.hpp"

namespace squall::wire {
namespace {

// https://www.w3.org/TR/xml/#charsets
bool is_xml_character(char32_t c) {
  return c >= 0x20 ? c != 0xFFFE && c != 0xFFFF : c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

void XmlWriter::open(std::string_view name, std::string_view xml_namespace) {
  out_ += '<';
  out_ += name;
  if (!xml_namespace.empty()) {
    out_ += " xmlns=\"";
    text(xml_namespace);
    out_ += '"';
  }
  out_ += '>';
}

void XmlWriter::close(std::string_view name) {
  out_ += "</";
  out_ += name;
  out_ += '>';
}

void XmlWriter::element(std::string_view name, std::string_view content) {
  open(name);
  text(content);
  close(name);
}

void XmlWriter::text(std::string_view content) {
  for (std::size_t at = 0; at < content.size();) {
    std::size_t start = at;
    char32_t c = next_code_point(content, at);
    switch (c) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '"':
        out_ += "&quot;";
        break;
      case '\r':
        out_ += "&#xD;";
        break;
      default:
        if (is_xml_character(c) && c != replacement_character) {
          out_.append(content, start, at - start);
        } else {
          out_ += "\xEF\xBF\xBD";
        }
    }
  }
}

void XmlShapeWriter::members(const Shape& shape, const nlohmann::json& value) {
  for (const Member& member : shape.members) {
    auto it = value.find(member.name);
    if (it == value.end() || it->is_null()) continue;
    std::string_view name = member.location_name.empty() ? member.name : member.location_name;
    write(*member.shape, name, member.flattened || member.shape->flattened, *it);
  }
}

void XmlShapeWriter::write(const Shape& shape, std::string_view name, bool flattened,
                           const nlohmann::json& value) {
  if (value.is_null()) return;
  switch (shape.kind) {
    case Kind::structure:
      out_.open(name);
      members(shape, value);
      out_.close(name);
      return;
    case Kind::list: {
      std::string_view item = !shape.element_name.empty() ? shape.element_name : ec2_ ? "item" : "member";
      if (flattened) item = shape.element_name.empty() ? name : shape.element_name;
      if (!flattened) out_.open(name);
      for (const auto& element : value) write(*shape.element, item, false, element);
      if (!flattened) out_.close(name);
      return;
    }
    case Kind::map: {
      if (!flattened) out_.open(name);
      for (auto it = value.begin(); it != value.end(); ++it) {
        out_.open(flattened ? name : "entry");
        out_.element(shape.key_name.empty() ? "key" : shape.key_name, it.key());
        write(*shape.element, shape.element_name.empty() ? "value" : shape.element_name, false, it.value());
        out_.close(flattened ? name : "entry");
      }
      if (!flattened) out_.close(name);
      return;
    }
    default:
      out_.element(name, scalar_text(shape, value, ec2_ ? 3 : 0));
  }
}

}  // namespace squall::wire
