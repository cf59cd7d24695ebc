// See message.hpp. Numbers travel in the byte order of the machine, which both sides share.
#include "harness/guest/message.hpp"

#include <cstring>

namespace squall::guest {

MessageWriter& MessageWriter::number(std::uint32_t value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes_.append(raw, sizeof raw);
  return *this;
}

MessageWriter& MessageWriter::long_number(std::uint64_t value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes_.append(raw, sizeof raw);
  return *this;
}

MessageWriter& MessageWriter::text(std::string_view value) {
  number(static_cast<std::uint32_t>(value.size()));
  bytes_.append(value);
  return *this;
}

MessageWriter& MessageWriter::list(const std::vector<std::string>& values) {
  number(static_cast<std::uint32_t>(values.size()));
  for (const std::string& value : values) text(value);
  return *this;
}

std::string_view MessageReader::take(std::size_t size) {
  if (size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::uint32_t MessageReader::number() {
  std::uint32_t value = 0;
  std::string_view raw = take(sizeof value);
  if (!raw.empty()) std::memcpy(&value, raw.data(), sizeof value);
  return value;
}

std::uint64_t MessageReader::long_number() {
  std::uint64_t value = 0;
  std::string_view raw = take(sizeof value);
  if (!raw.empty()) std::memcpy(&value, raw.data(), sizeof value);
  return value;
}

std::string MessageReader::text() { return std::string(take(number())); }

std::vector<std::string> MessageReader::list() {
  std::uint32_t count = number();
  std::vector<std::string> values;
  for (std::uint32_t i = 0; i < count && ok_; ++i) values.push_back(text());
  return values;
}

bool parse_hello(std::string_view body, Hello& hello) {
  MessageReader in(body);
  hello.pid = static_cast<int>(in.number());
  hello.parent = static_cast<int>(in.number());
  hello.uid = static_cast<int>(in.number());
  hello.gid = static_cast<int>(in.number());
  std::uint32_t terminals = in.number();
  hello.input_is_terminal = (terminals & 1) != 0;
  hello.output_is_terminal = (terminals & 2) != 0;
  hello.cwd = in.text();
  hello.argv = in.list();
  for (const std::string& setting : in.list()) {
    std::size_t equals = setting.find('=');
    if (equals != std::string::npos) hello.env[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return in.ok() && !hello.argv.empty();
}

bool FrameBuffer::next(unsigned char& type, std::string& body) {
  std::uint32_t size = 0;
  if (broken_ || data_.size() < 5) return false;
  std::memcpy(&size, data_.data(), sizeof size);
  if (size > largest_body_bytes) {
    broken_ = true;
    return false;
  }
  if (data_.size() < 5u + size) return false;
  type = static_cast<unsigned char>(data_[4]);
  body = data_.substr(5, size);
  data_.erase(0, 5u + size);
  return true;
}

std::string make_frame(unsigned char type, std::string_view body) {
  std::string frame = MessageWriter().number(static_cast<std::uint32_t>(body.size())).bytes();
  frame.push_back(static_cast<char>(type));
  frame.append(body);
  return frame;
}

}  // namespace squall::guest
