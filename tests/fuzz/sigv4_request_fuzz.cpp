// Any bytes as the parts of a signed request: the verifier lets nobody in and refuses with an AWS error. The
// first line is the target, each further line a header, the rest after an empty line the body.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "emulator/auth/verifier.hpp"
#include "emulator/base/aws_error.hpp"

namespace {

struct OneKey : squall::auth::CredentialStore {
  squall::auth::KnownCredential known;
  OneKey() { known.secret_access_key = "secret that no input holds"; }
  const squall::auth::KnownCredential* find(std::string_view) override { return &known; }
};

constexpr squall::wire::Service service{.name = "kms",
                                        .service_id = "KMS",
                                        .signing_name = "kms",
                                        .endpoint_prefix = "kms",
                                        .protocol = squall::wire::Protocol::json};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto line = [&] {
    std::size_t end = text.find('\n');
    std::string_view one = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return one;
  };
  http::Request request;
  request.target = line();
  while (!text.empty()) {
    std::string_view field = line();
    if (field.empty()) break;
    std::size_t colon = std::min(field.find(':'), field.size());
    request.headers.add(std::string(field.substr(0, colon)),
                        colon < field.size() ? std::string(field.substr(colon + 1)) : std::string());
  }
  request.body = text;
  OneKey store;
  constexpr Time noon{std::chrono::seconds{1'704'110'400}};
  for (auth::Mode mode : {auth::Mode::strict, auth::Mode::open}) {
    auth::Verifier verifier(store, mode, "123456789012");
    try {
      verifier.authenticate(request, {service, "us-east-1", noon, false});
      if (mode == auth::Mode::strict) std::abort();
    } catch (const base::AwsError&) {
      if (mode == auth::Mode::open) std::abort();
    }
  }
  return 0;
}
