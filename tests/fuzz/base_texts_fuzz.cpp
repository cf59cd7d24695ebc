// The small texts that everything else is made of: base64, hexadecimal, percent encoding, query strings,
// times, durations, ARNs. What is read is written to the same.
#include <cstdint>
#include <cstdlib>

#include "emulator/base/arn.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/base/time.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::base;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto bytes = base64_decode(text)) require(base64_encode(*bytes) == text);
  if (const auto bytes = base64url_decode(text)) require(base64url_decode(base64url_encode(*bytes)) == bytes);
  if (const auto bytes = hex_decode(text)) require(hex_decode(hex_encode(*bytes)) == bytes);
  require(base64_decode(base64_encode(text)) == text && base64url_decode(base64url_encode(text)) == text);
  require(hex_decode(hex_encode(text)) == text);
  require(percent_decode(percent_encode(text)) == text && percent_decode(percent_encode(text, true)) == text);
  require(percent_decode(text).size() <= text.size());
  for (const auto& [name, value] : parse_query(text)) require(name.size() + value.size() <= text.size());
  if (const auto time = parse_iso8601(text)) require(parse_iso8601(iso8601(*time, 9)) == time);
  if (const auto time = parse_amz_date(text)) require(parse_iso8601(iso8601(*time, 9)) == time);
  parse_iso_duration(text);
  if (const auto duration = parse_go_duration(text))
    require(parse_go_duration(go_duration(*duration)) == duration);
  if (const auto arn = Arn::parse(text)) require(arn->text() == text);
  return 0;
}
