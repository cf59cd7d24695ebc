// `squall serve`: the AWS side alone, on real time and real sockets.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "emulator/auth/sigv4.hpp"
#include "emulator/gateway/emulator.hpp"
#include "emulator/gateway/journal.hpp"
#include "emulator/http/server.hpp"
#include "emulator/store/error.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/logging.hpp"
#include "harness/cli/options.hpp"
#include "harness/live/loop.hpp"
#include "harness/live/system.hpp"

namespace squall::cli {
namespace {

struct Settings {
  http::ServerOptions server{.port = 4566};
  gateway::EmulatorOptions emulator;
  std::string auth = "open", tls_cert, tls_key, log_level = "error";
  std::uint64_t body_limit_mib = 16;
};

// A file or a port that the command line names can not be used.
struct Unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void declare(CLI::App& app, Settings& settings) {
  app.add_option("--port", settings.server.port, "port to listen on; 0: any free one")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--host", settings.server.address, "address to listen on")
      ->type_name("ADDRESS")
      ->capture_default_str();
  app.add_option("--auth", settings.auth,
                 "open (if not named): any credentials are taken; strict: signatures are verified and IAM "
                 "policies enforced")
      ->check(CLI::IsMember({"open", "strict"}))
      ->option_text("open|strict");
  app.add_option("--data", settings.emulator.data_file,
                 "keep everything in this SQLite file; otherwise in memory")
      ->type_name("FILE");
  app.add_option("--region", settings.emulator.region, "where a request names no region")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--account", settings.emulator.account, "the account's id, 12 digits")
      ->type_name("ID")
      ->check([](const std::string& id) {
        bool good = id.size() == 12 && id.find_first_not_of("0123456789") == id.npos;
        return good ? std::string{} : "an account id has 12 digits";
      })
      ->capture_default_str();
  auto* cert = app.add_option("--tls-cert", settings.tls_cert, "serve TLS with this certificate (PEM file)")
                   ->option_text("FILE");
  auto* key = app.add_option("--tls-key", settings.tls_key, "and this key (PEM file)")->option_text("FILE");
  cert->needs(key);
  key->needs(cert);
  app.add_option("--log-level", settings.log_level,
                 "on standard error; error (if not named): failures inside Squall; debug: every call")
      ->check(CLI::IsMember({"error", "debug"}))
      ->option_text("error|debug");
  app.add_option("--max-body", settings.body_limit_mib, "largest request body, MiB, 1 to 5120")
      ->check(CLI::Range(1, 5120))
      ->option_text("N=16");
}

std::string file_content(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw Unusable("can not read " + path);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// Hands each request to the emulator, on the one thread that everything runs on.
http::RequestHandler handler(gateway::Emulator& emulator, live::LiveScheduler& loop) {
  return [&](http::Request request, http::Respond respond) {
    gateway::Answer answer = emulator.handle(request);
    if (!answer.response) return;  // a fault rule: the client waits
    if (answer.delay <= Duration{0}) return respond(std::move(*answer.response));
    loop.after(answer.delay, [respond, response = std::move(*answer.response)] { respond(response); });
  };
}

void announce(const Settings& settings, const gateway::Emulator& emulator, std::uint16_t port) {
  const char* scheme = settings.tls_cert.empty() ? "http" : "https";
  std::printf("squall: serving AWS on %s://%s:%u\n", scheme, settings.server.address.c_str(), unsigned{port});
  if (settings.auth == "strict") {
    auto root = emulator.root_credentials();
    std::printf("export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s\n", root.access_key_id.c_str(),
                root.secret_access_key.c_str());
  }
  std::fflush(stdout);
}

gateway::Emulator make_emulator(live::LiveScheduler& loop, world::Entropy& entropy, world::Machines& machines,
                                const gateway::EmulatorOptions& options) {
  try {
    return gateway::Emulator{loop, entropy, machines, options};
  } catch (const store::StoreError& error) {
    throw Unusable(error.what());
  }
}

http::Server listen(live::LiveScheduler& loop, const http::ServerOptions& options,
                    http::RequestHandler handle) {
  try {
    return http::Server{loop.io(), options, std::move(handle)};
  } catch (const std::runtime_error& error) {
    throw Unusable("can not listen on " + options.address + ":" + std::to_string(options.port) + ": " +
                   error.what());
  }
}

void serve(Settings& settings) {
  settings.emulator.enforce_auth = settings.auth == "strict";
  settings.server.body_limit_bytes = settings.body_limit_mib << 20;
  if (!settings.tls_cert.empty()) {
    settings.server.certificate_pem = file_content(settings.tls_cert);
    settings.server.key_pem = file_content(settings.tls_key);
  }
  live::LiveScheduler loop;
  live::OsEntropy entropy;
  world::NoMachines machines;
  gateway::Emulator emulator = make_emulator(loop, entropy, machines, settings.emulator);
  start_logging(settings.log_level);
  emulator.journal().observe(log_call);
  http::Server server = listen(loop, settings.server, handler(emulator, loop));
  loop.on_signals({SIGTERM, SIGINT}, [&](int) { server.stop(5s, [&] { loop.stop(); }); });
  announce(settings, emulator, server.port());
  loop.run();
}

}  // namespace

int serve_command(int argc, char** argv) {
  Settings settings;
  Parsed parsed = parse_options("serve", "Serves AWS's APIs on a local port.", argc, argv,
                                [&](CLI::App& app) { declare(app, settings); });
  if (parsed.over) return parsed.status;
  // One thread allocates; freed memory goes back to the system.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 128 * 1024);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    serve(settings);
    return 0;
  } catch (const Unusable& error) {
    std::fprintf(stderr, "squall serve: %s\n", error.what());
    return exit_usage;
  }
}

}  // namespace squall::cli
