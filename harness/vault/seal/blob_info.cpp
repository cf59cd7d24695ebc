#include "harness/vault/seal/blob_info.hpp"

namespace squall::vault {
namespace {

enum WireType : std::uint64_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put_bytes(std::string& out, std::uint64_t field, std::string_view value) {
  if (value.empty()) return;
  put_varint(out, field << 3 | bytes);
  put_varint(out, value.size());
  out += value;
}

std::optional<std::uint64_t> take_varint(std::string_view& in) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in[0]);
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

struct Field {
  std::uint64_t number = 0, value = 0;
  std::string_view content;
};

std::optional<Field> take_field(std::string_view& in) {
  const auto tag = take_varint(in);
  if (!tag) return std::nullopt;
  Field field{*tag >> 3, 0, {}};
  std::uint64_t length = 0;
  switch (*tag & 7) {
    case varint: {
      const auto value = take_varint(in);
      if (!value) return std::nullopt;
      field.value = *value;
      return field;
    }
    case bytes: {
      const auto value = take_varint(in);
      if (!value) return std::nullopt;
      length = *value;
      break;
    }
    case fixed64:
      length = 8;
      break;
    case fixed32:
      length = 4;
      break;
    default:
      return std::nullopt;
  }
  if (length > in.size()) return std::nullopt;
  field.content = in.substr(0, length);
  in.remove_prefix(length);
  return field;
}

}  // namespace

std::string BlobInfo::serialise() const {
  std::string info;
  if (mechanism != 0) {
    put_varint(info, 1 << 3 | varint);
    put_varint(info, mechanism);
  }
  put_bytes(info, 3, key_id);
  put_bytes(info, 5, wrapped_key);
  std::string out;
  put_bytes(out, 1, ciphertext);
  put_bytes(out, 2, iv);
  put_bytes(out, 5, info);
  return out;
}

std::optional<BlobInfo> BlobInfo::parse(std::string_view in) {
  BlobInfo blob;
  while (!in.empty()) {
    const auto field = take_field(in);
    if (!field) return std::nullopt;
    if (field->number == 1) blob.ciphertext = field->content;
    if (field->number == 2) blob.iv = field->content;
    if (field->number != 5) continue;
    std::string_view info = field->content;
    while (!info.empty()) {
      const auto part = take_field(info);
      if (!part) return std::nullopt;
      if (part->number == 1) blob.mechanism = part->value;
      if (part->number == 3) blob.key_id = part->content;
      if (part->number == 5) blob.wrapped_key = part->content;
    }
  }
  return blob;
}

}  // namespace squall::vault
