// The API client under every command, as github.com/hashicorp/vault/api 1.14 behaves for the CLI: its
// environment, its token, its one redirect, its retries (none unless VAULT_MAX_RETRIES asks for them) and its
// error texts.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "harness/vault/cli/address.hpp"
#include "harness/vault/cli/session.hpp"
#include "harness/vault/cli/value.hpp"

namespace squall::vault::cli {

// Whether an answer may be wrapped: by -wrap-ttl and VAULT_WRAP_TTL, by the variable alone, or not.
enum class Wraps { as_asked, by_variable, never };

struct ApiRequest {
  std::string method = "GET";  // GET, PUT, POST, PATCH, DELETE
  std::string path;            // below /v1/, not escaped: "sys/seal-status"
  std::vector<std::pair<std::string, std::string>> query;
  std::optional<Value> body;
  std::string failure;  // what stands before the error's own text: "Error initializing: "
  int exit_status = 2;  // of that failure
  bool with_token = true;
  Wraps wraps = Wraps::as_asked;
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
  const std::string& address() const { return given_address_; }  // as the user gave it

  // The answer, whatever its status. Throws Failure when there is none.
  world::Task<ApiAnswer> exchange(ApiRequest request);
  // As exchange, and throws Failure for a status of 400 or more.
  world::Task<ApiAnswer> send(ApiRequest request);
  // The JSON object of a successful answer (null for an empty body).
  world::Task<Value> send_for_json(ApiRequest request);

 private:
  void read_environment(int exit_status);
  void read_flags(int exit_status);
  void read_headers(int exit_status);
  world::Task<world::Reply> attempt(world::Call call);
  world::Call call_for(const ApiRequest& request) const;
  std::string curl_command(const world::Call& call) const;
  void show_instead(const ApiRequest& request,
                    const world::Call& call) const;  // throws RequestShown if asked to
  std::string failure_text(const world::NetError& error, const world::Call& call) const;

  Session& session_;
  std::string given_address_;
  Address address_;
  world::TlsTrust trust_;
  Duration timeout_ = 60s;
  int retries_ = 0;
  bool follow_redirect_ = true, service_lookup_ = false;
  std::string token_, wrap_flag_, wrap_variable_;
  std::vector<std::pair<std::string, std::string>> extra_headers_;
};

// The URL of a call, as Go prints it.
std::string url_of(const world::Call& call);

// Where the token helper keeps its token: ~/.vault-token.
std::string token_file(Session& session);

}  // namespace squall::vault::cli
