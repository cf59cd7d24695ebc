#include "emulator/wire/code_points.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace squall::wire {

CodePoints CodePoints::complement() const {
  std::vector<Range> sorted = ranges_;
  std::sort(sorted.begin(), sorted.end());
  CodePoints out;
  char32_t next = 0;
  for (auto [low, high] : sorted) {
    if (low > next) out.add(next, low - 1);
    next = std::max<char32_t>(next, high + 1);
  }
  if (next <= 0x10FFFF) out.add(next, 0x10FFFF);
  return out;
}

bool CodePoints::contains(char32_t c) const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [c](const Range& range) { return range.first <= c && c <= range.second; });
}

CodePoints CodePoints::category(std::string_view name) {
  if (name == "L")
    return {{'A', 'Z'},         {'a', 'z'},        {0xAA, 0xAA},     {0xB5, 0xB5},     {0xBA, 0xBA},
            {0xC0, 0xD6},       {0xD8, 0xF6},      {0xF8, 0x2C1},    {0x370, 0x37D},   {0x37F, 0x1FFF},
            {0x2C00, 0x2DFF},   {0x3005, 0x3006},  {0x3031, 0x3035}, {0x3040, 0xD7FF}, {0xF900, 0xFDFF},
            {0xFE70, 0xFEFC},   {0xFF21, 0xFF3A},  {0xFF41, 0xFF5A}, {0xFF66, 0xFFDC}, {0x10000, 0x1CFFF},
            {0x1E000, 0x1EFFF}, {0x20000, 0x3FFFF}};
  if (name == "N")
    return {{'0', '9'},       {0xB2, 0xB3},     {0xB9, 0xB9},     {0xBC, 0xBE},     {0x660, 0x669},
            {0x6F0, 0x6F9},   {0x2070, 0x2079}, {0x2080, 0x2089}, {0x2150, 0x218B}, {0x2460, 0x249B},
            {0x3007, 0x3007}, {0x3021, 0x3029}, {0xFF10, 0xFF19}};
  if (name == "Z")
    return {{' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
            {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
  throw std::invalid_argument("unknown category \\p{" + std::string(name) + "}");
}

}  // namespace squall::wire
