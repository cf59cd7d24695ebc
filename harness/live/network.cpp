#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <stdexcept>
#include <system_error>

#include "emulator/http/client.hpp"
#include "emulator/http/server.hpp"
#include "emulator/world/await.hpp"
#include "harness/live/system.hpp"

namespace squall::live {

std::string OsEntropy::bytes(std::size_t count) {
  std::string out;
  while (out.size() < count) {
    if (unused_.empty()) refill();
    std::size_t taken = std::min(count - out.size(), unused_.size());
    out.append(unused_, unused_.size() - taken);
    unused_.resize(unused_.size() - taken);
  }
  return out;
}

void OsEntropy::refill() {
  unused_.resize(4096);
  for (std::size_t have = 0; have < unused_.size();) {
    ssize_t got = ::getrandom(unused_.data() + have, unused_.size() - have, 0);
    if (got < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "getrandom");
    if (got > 0) have += static_cast<std::size_t>(got);
  }
}

world::Task<world::Reply> LiveNetwork::send(world::Call call) {
  world::Completion<world::Reply> reply{loop_};
  auto exchange =
      http::send(loop_.io(), std::move(call), [reply](world::Reply r) { reply.set(std::move(r)); });
  co_return co_await reply;
}

namespace {

world::Task<> answer(world::Handler handler, http::Request request, http::Respond respond) {
  respond(co_await handler(std::move(request)));
}

// Runs each request as a job, and kills those still running when it goes.
class LiveListener final : public world::Network::Listener {
 public:
  LiveListener(LiveScheduler& loop, http::ServerOptions options, world::Handler handler)
      : loop_(loop),
        handler_(std::move(handler)),
        server_(loop.io(), std::move(options), [this](http::Request request, http::Respond respond) {
          start(std::move(request), std::move(respond));
        }) {}
  std::uint16_t port() const override { return server_.port(); }

 private:
  void start(http::Request request, http::Respond respond) {
    std::uint64_t id = next_++;
    jobs_[id] = world::Job::start(loop_, answer(handler_, std::move(request), respond),
                                  [this, id, respond](std::exception_ptr failure) {
                                    jobs_.erase(id);
                                    if (failure) respond(http::Response::text(500, "internal error\n"));
                                  });
  }

  LiveScheduler& loop_;
  world::Handler handler_;
  std::map<std::uint64_t, world::Job> jobs_;
  std::uint64_t next_ = 1;
  http::Server server_;
};

}  // namespace

std::unique_ptr<world::Network::Listener> LiveNetwork::listen(world::ListenOptions options,
                                                              world::Handler handler) {
  http::ServerOptions server;
  server.address = options.address;
  server.port = options.port;
  server.certificate_pem = std::move(options.certificate_pem);
  server.key_pem = std::move(options.key_pem);
  server.client_ca_pem = std::move(options.client_ca_pem);
  server.body_limit_bytes = 64 << 20;  // the handler has its own, smaller limit and words for it
  try {
    return std::make_unique<LiveListener>(loop_, std::move(server), std::move(handler));
  } catch (const std::runtime_error& error) {
    std::string why = error.what();
    if (!why.empty() && why[0] >= 'A' && why[0] <= 'Z') why[0] = static_cast<char>(why[0] + 32);
    throw world::ListenError("listen tcp " + options.address + ":" + std::to_string(options.port) +
                             ": bind: " + why);
  }
}

}  // namespace squall::live
