// Any bytes as what comes out of a guest or off the host's disk: frames and greetings of commands, ELF
// headers, command lines of curl, addresses.
#include <cstdint>
#include <sstream>
#include <string>

#include "harness/guest/commands/curl_options.hpp"
#include "harness/guest/commands/web.hpp"
#include "harness/guest/elf.hpp"
#include "harness/guest/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::guest;
  std::string text(reinterpret_cast<const char*>(data), size);
  Hello hello;
  parse_hello(text, hello);
  FrameBuffer frames;
  frames.add(text);
  unsigned char type = 0;
  for (std::string body; frames.next(type, body);) parse_hello(body, hello);
  read_elf(text);
  std::vector<std::string> argv = {"curl"};
  std::istringstream words(text);
  for (std::string word; words >> word;) argv.push_back(word);
  parse_curl(argv);
  if (auto url = parse_url(text)) {
    if (url->host.empty() || url->target[0] != '/') __builtin_trap();
    follow(*url, text);
  }
  return 0;
}
