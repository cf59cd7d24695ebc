#include "emulator/world/entropy.hpp"

#include "emulator/base/encoding.hpp"

namespace squall::world {

std::string Entropy::hex(std::size_t count) { return base::hex_encode(bytes(count)); }

std::string Entropy::uuid() {
  std::string raw = bytes(16);
  raw[6] = static_cast<char>((raw[6] & 0x0f) | 0x40);
  raw[8] = static_cast<char>((raw[8] & 0x3f) | 0x80);
  std::string text = base::hex_encode(raw);
  for (std::size_t dash : {8u, 13u, 18u, 23u}) text.insert(dash, "-");
  return text;
}

std::string Entropy::text(std::size_t count, std::string_view alphabet) {
  std::string out;
  std::size_t limit = 256 - 256 % alphabet.size();
  while (out.size() < count)
    for (char c : bytes(count - out.size()))
      if (std::size_t draw = static_cast<unsigned char>(c); draw < limit)
        out.push_back(alphabet[draw % alphabet.size()]);
  return out;
}

}  // namespace squall::world
