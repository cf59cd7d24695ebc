#include "harness/live/terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace squall::live {
namespace {

constexpr char interrupt = 3, end_of_input = 4, backspace = 8, rubout = 127;

// The terminal hands over every byte as it is typed and shows none, until this goes.
class Raw {
 public:
  Raw() : changed_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!changed_) return;
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  ~Raw() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

 private:
  termios before_{};
  bool changed_;
};

// False at the end of the input.
bool next_byte(char& byte) {
  ssize_t got = 0;
  do got = ::read(STDIN_FILENO, &byte, 1);
  while (got < 0 && errno == EINTR);
  return got == 1;
}

}  // namespace

std::optional<std::string> read_terminal_line(bool hidden) {
  const bool terminal = ::isatty(STDIN_FILENO) != 0;
  std::optional<Raw> raw;
  if (hidden && terminal) raw.emplace();
  std::string line;
  for (char byte = 0; next_byte(byte);) {
    if (byte == '\n' || (raw && byte == '\r')) break;
    if (raw && byte == interrupt) return std::nullopt;
    if (raw && byte == end_of_input) break;
    if (raw && (byte == backspace || byte == rubout)) {
      if (!line.empty()) line.pop_back();
    } else {
      line += byte;
    }
  }
  return line;
}

}  // namespace squall::live
