// What a server may answer to the stand-in's command line: JSON is refused with a reason, or read into a
// value that is written and read back to the same; every rendering of it ends. The same bytes as an address:
// parsed, useless or refused.
#include <cstdlib>

#include "harness/vault/cli/address.hpp"
#include "harness/vault/cli/secret.hpp"
#include "harness/vault/cli/value.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace squall::vault::cli;
  const std::string text(reinterpret_cast<const char*>(data), size);

  const ParsedValue parsed = parse_json(text);
  if (parsed.value.has_value() != parsed.error.empty()) std::abort();
  if (parsed.value) {
    const std::string compact = compact_json(*parsed.value);
    const ParsedValue again = parse_json(compact);
    if (!again.value || compact_json(*again.value) != compact) std::abort();
    if (parse_json(indented_json(*parsed.value)).error != "") std::abort();
    if (yaml(*parsed.value).back() != '\n') std::abort();
    printed(*parsed.value);
  }
  try {
    parse_secret(text);
  } catch (const Failure& failure) {
    if (failure.exit_status != 2) std::abort();
  }

  const Address address = parse_address(text);
  const bool usable = address.error.empty() && address.useless.empty();
  if (usable && (address.host.empty() || !address.scheme.starts_with("http"))) std::abort();
  return 0;
}
