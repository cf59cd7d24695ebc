// The messages of agent/protocol.h, as the world's side reads and writes them.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace squall::guest {

class MessageWriter {
 public:
  MessageWriter& number(std::uint32_t value);
  MessageWriter& long_number(std::uint64_t value);
  MessageWriter& text(std::string_view value);
  MessageWriter& list(const std::vector<std::string>& values);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// A guest process may write anything: what is cut short reads as zeros and empty texts, and ok() turns false.
class MessageReader {
 public:
  explicit MessageReader(std::string_view bytes) : rest_(bytes) {}
  std::uint32_t number();
  std::uint64_t long_number();
  std::string text();
  std::vector<std::string> list();
  bool ok() const { return ok_; }

 private:
  std::string_view take(std::size_t size);
  std::string_view rest_;
  bool ok_ = true;
};

// What a command says of itself (SQUALL_HELLO).
struct Hello {
  int pid = 0, parent = 0;
  int uid = 0, gid = 0;
  bool input_is_terminal = false, output_is_terminal = false;
  std::string cwd;
  std::vector<std::string> argv;
  std::map<std::string, std::string> env;
};
// False for a message that is not one, or one without argv[0].
bool parse_hello(std::string_view body, Hello& hello);

// Takes whole frames {u32 length, u8 type, body} off a byte stream.
class FrameBuffer {
 public:
  static constexpr std::size_t largest_body_bytes = 16 << 20;
  void add(std::string_view bytes) { data_.append(bytes); }
  // False when no frame is whole yet. `broken()` turns true at a length that no command sends.
  bool next(unsigned char& type, std::string& body);
  bool broken() const { return broken_; }

 private:
  std::string data_;
  bool broken_ = false;
};

std::string make_frame(unsigned char type, std::string_view body);

}  // namespace squall::guest
