#include "emulator/auth/addresses.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace squall::auth {
namespace {

using Bytes = std::vector<std::uint8_t>;  // 4 or 16

std::optional<unsigned> parse(std::string_view text, int base, unsigned most) {
  unsigned value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > most) return {};
  return value;
}

std::optional<Bytes> parse_v4(std::string_view text) {
  Bytes out;
  while (true) {
    std::size_t dot = std::min(text.find('.'), text.size());
    auto value = dot <= 3 ? parse(text.substr(0, dot), 10, 255) : std::nullopt;
    if (!value || out.size() == 4) return {};
    out.push_back(static_cast<std::uint8_t>(*value));
    if (dot == text.size()) break;
    text.remove_prefix(dot + 1);
  }
  return out.size() == 4 ? std::optional(out) : std::nullopt;
}

// The groups on one side of "::", or of the whole address.
std::optional<Bytes> parse_groups(std::string_view text) {
  Bytes out;
  while (!text.empty()) {
    std::size_t colon = std::min(text.find(':'), text.size());
    std::string_view group = text.substr(0, colon);
    if (colon == text.size() && group.find('.') != std::string_view::npos) {
      auto v4 = parse_v4(group);
      if (!v4) return {};
      out.insert(out.end(), v4->begin(), v4->end());
    } else {
      auto value = group.size() <= 4 ? parse(group, 16, 0xffff) : std::nullopt;
      if (!value) return {};
      out.push_back(static_cast<std::uint8_t>(*value >> 8));
      out.push_back(static_cast<std::uint8_t>(*value & 0xff));
    }
    if (colon + 1 == text.size()) return {};  // a colon at the end
    text.remove_prefix(std::min(colon + 1, text.size()));
  }
  return out;
}

std::optional<Bytes> parse_v6(std::string_view text) {
  std::size_t gap = text.find("::");
  auto head = parse_groups(text.substr(0, gap));
  if (!head) return {};
  if (gap == std::string_view::npos) return head->size() == 16 ? head : std::nullopt;
  auto tail = parse_groups(text.substr(gap + 2));
  if (!tail || head->size() + tail->size() > 14) return {};
  Bytes out = *head;
  out.resize(16 - tail->size());
  out.insert(out.end(), tail->begin(), tail->end());
  return out;
}

std::optional<Bytes> parse_address(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parse_v4(text) : parse_v6(text);
}

}  // namespace

bool address_in_block(std::string_view address, std::string_view block) {
  std::size_t slash = std::min(block.find('/'), block.size());
  auto net = parse_address(block.substr(0, slash)), host = parse_address(address);
  if (!net || !host || net->size() != host->size()) return false;
  unsigned bits = static_cast<unsigned>(net->size()) * 8;
  if (slash < block.size()) {
    auto given = parse(block.substr(slash + 1), 10, bits);
    if (!given) return false;
    bits = *given;
  }
  for (std::size_t i = 0; i < net->size() && bits > 0; ++i) {
    unsigned here = std::min(bits, 8u);
    unsigned mask = 0xffu << (8 - here) & 0xffu;
    if (((*net)[i] & mask) != ((*host)[i] & mask)) return false;
    bits -= here;
  }
  return true;
}

}  // namespace squall::auth
