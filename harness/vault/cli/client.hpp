// The API client under every command, as github.com/hashicorp/vault/api 1.14 behaves for the CLI: its
// environment, its token, its one redirect, its retries (none unless VAULT_MAX_RETRIES asks for them) and its
// error texts.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "harness/vault/cli/session.hpp"
#include "harness/vault/cli/value.hpp"

namespace squall::vault::cli {

struct ApiRequest {
  std::string method = "GET";  // GET, PUT, POST, PATCH, DELETE
  std::string path;            // below /v1/, not escaped: "sys/seal-status"
  std::vector<std::pair<std::string, std::string>> query;
  std::optional<Value> body;
  std::string failure;  // what stands before the error's own text: "Error initializing: "
  int exit_status = 2;  // of that failure
  bool with_token = true;
  bool may_wrap = true;    // -wrap-ttl applies
  bool preparing = false;  // sent even where the command is only to show its request
};

// -output-curl-string and -output-policy: what would be sent is printed, and the command ends well.
struct RequestShown {
  std::string text;
};

struct ApiAnswer {
  int status = 0;
  std::string body;
  std::string error;  // of a status >= 400: the text that the client makes of it
  bool ok() const { return status < 400; }
};

class Client {
 public:
  // Reads environment, flags, certificate files and the token helper. Throws Failure(exit_status, ...).
  explicit Client(Session& session, int exit_status = 2);

  const std::string& token() const { return token_; }
  void set_token(std::string token) { token_ = std::move(token); }
  const std::string& address() const { return address_; }  // as the user gave it

  // The answer, whatever its status. Throws Failure when there is none.
  world::Task<ApiAnswer> exchange(ApiRequest request);
  // As exchange, and throws Failure for a status of 400 or more.
  world::Task<ApiAnswer> send(ApiRequest request);
  // The JSON object of a successful answer (null for an empty body).
  world::Task<Value> send_for_json(ApiRequest request);

 private:
  void read_trust(int exit_status);
  void read_client_options(int exit_status);
  world::Task<world::Reply> attempt(world::Call call);
  void read_headers(int exit_status);
  world::Call call_for(const ApiRequest& request) const;
  std::string curl_command(const world::Call& call) const;
  void show_instead(const ApiRequest& request,
                    const world::Call& call) const;  // throws RequestShown if asked to
  std::string failure_text(const world::NetError& error, const world::Call& call) const;

  Session& session_;
  std::string address_, scheme_, host_, authority_, base_path_;
  std::uint16_t port_ = 0;
  world::TlsTrust trust_;
  Duration timeout_ = 60s;
  int retries_ = 0;
  std::string token_, wrap_ttl_;
  std::vector<std::pair<std::string, std::string>> extra_headers_;
};

// Where the token helper keeps its token: ~/.vault-token.
std::string token_file(Session& session);

}  // namespace squall::vault::cli
