// A TCP connection that a program of the guest made itself (agent/preload_connect.c): the first byte of the
// output is connect(2)'s errno, or 0; then each HTTP request that comes is sent into the world's network, and
// its answer comes back. What is no HTTP in plain text ends the connection, and the story says so.
#include <cerrno>
#include <charconv>

#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/raw_http.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

// Without a timeout of its own a program waits as long as the kernel does (tcp_syn_retries = 6).
constexpr Duration connect_patience = 127s;

char errno_of(world::NetFault fault) {
  if (fault == world::NetFault::refused) return ECONNREFUSED;
  if (fault == world::NetFault::timed_out) return ETIMEDOUT;
  return ENETUNREACH;
}

world::Task<int> carry(Guest& guest, program::Context& context) {
  const auto& argv = context.invocation().argv;
  if (argv.size() != 3) co_return 1;
  const std::string host = argv[1];
  std::uint16_t port = 0;
  std::from_chars(argv[2].data(), argv[2].data() + argv[2].size(), port);
  std::optional<world::NetError> failed = co_await context.network().connect(host, port, connect_patience);
  context.out(std::string(1, failed ? errno_of(failed->fault) : '\0'));
  if (failed) co_return 1;
  std::string bytes;
  for (std::size_t taken = 0;;) {
    RawRequest raw = take_request(bytes);
    if (raw.state == RawRequest::State::not_http) {
      guest.trace({.kind = "boot",
                   .text = "a program spoke to " + host + ":" + argv[2] +
                           " itself, and not HTTP in plain text, which is all that Squall carries"});
      co_return 1;
    }
    if (raw.state == RawRequest::State::incomplete) {
      std::string some = co_await Guest::read_some(context, taken);
      if (some.empty()) co_return 0;
      taken += some.size();
      bytes += some;
      continue;
    }
    const bool head_only = raw.request.method == "HEAD";
    world::Call call;
    call.host = host;
    call.port = port;
    call.request = std::move(raw.request);
    world::Reply reply = co_await context.network().send(std::move(call));
    const auto* response = std::get_if<http::Response>(&reply);
    if (response == nullptr) co_return 1;  // as a connection that was reset: nothing more comes
    context.out(response_bytes(*response, head_only));
    if (!raw.keeps_alive) co_return 0;
  }
}

}  // namespace

program::Program tcp_bridge(Guest& guest) {
  return [&guest](program::Context& context) { return carry(guest, context); };
}

}  // namespace squall::guest
