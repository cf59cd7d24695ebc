// What a client is made from: environment variables, then flags, the CA and certificate files that they name,
// and the token helper's file (api/client.go ReadEnvironment, command/base.go).
#include <cmath>

#include "emulator/base/ascii.hpp"
#include "harness/vault/cli/client.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

// What the real client would obey and this one does not: refused, so that nobody believes it was heeded.
constexpr const char* kRefusedVariables[] = {"VAULT_HTTP_PROXY", "VAULT_PROXY_ADDR"};
// A command makes fewer requests than that; a rate limit that lets so many through at once delays none.
constexpr double kRequestsOfACommand = 10;

struct TlsFiles {
  std::string ca_file, ca_text, ca_directory, certificate, key;
};

bool has_certificate(const std::string& pem) {
  return pem.find("-----BEGIN CERTIFICATE-----") != std::string::npos;
}

// A file that must be there, or "open PATH: no such file or directory" and the like.
std::string file_text(Session& session, const std::string& path) {
  std::optional<std::string> text;
  try {
    text = session.context().disk().read(session.context().resolve(path));
  } catch (const world::DiskError& error) {
    throw std::runtime_error(error.what());
  }
  if (!text) throw std::runtime_error("open " + path + ": no such file or directory");
  return *text;
}

// As go-rootcerts walks it: every file below must hold a certificate.
std::string directory_pem(Session& session, std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  world::Disk& disk = session.context().disk();
  if (!disk.exists(session.context().resolve(path)))
    throw std::runtime_error("lstat " + path + ": no such file or directory");
  std::string all;
  for (const std::string& name : disk.list(session.context().resolve(path))) {
    const std::string below = path + "/" + name;
    if (name.ends_with('/')) {
      all += directory_pem(session, below);
      continue;
    }
    const std::string pem = file_text(session, below);
    if (!has_certificate(pem))
      throw std::runtime_error("Error loading CA Path: Couldn't parse PEM in: " + below);
    all += pem + "\n";
  }
  return all;
}

std::string authority_pem(Session& session, const TlsFiles& files) {
  if (files.ca_file.empty() && !files.ca_text.empty()) {
    if (!has_certificate(files.ca_text)) throw std::runtime_error("Error appending CA: Couldn't parse PEM");
    return files.ca_text;
  }
  if (files.ca_file.empty()) return directory_pem(session, files.ca_directory);
  std::string pem;
  try {
    pem = file_text(session, files.ca_file);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(std::string("Error loading CA File: ") + error.what());
  }
  if (!has_certificate(pem))
    throw std::runtime_error("Error loading CA File: Couldn't parse PEM in: " + files.ca_file);
  return pem;
}

void apply(Session& session, const TlsFiles& files, world::TlsTrust& trust) {
  if (files.certificate.empty() != files.key.empty())
    throw std::runtime_error("both client cert and client key must be provided");
  if (!files.certificate.empty()) {
    trust.client_certificate_pem = file_text(session, files.certificate);
    trust.client_key_pem = file_text(session, files.key);
  }
  if (!files.ca_file.empty() || !files.ca_text.empty() || !files.ca_directory.empty())
    trust.ca_pem = authority_pem(session, files);
}

// "10" or "10:20": a rate per second, and how many at once (the rate's whole part where it does not say).
std::optional<double> burst_of(const std::string& limit) {
  char* end = nullptr;
  const double rate = std::strtod(limit.c_str(), &end);
  if (end == limit.c_str()) return {};
  if (*end == '\0') return std::floor(rate);
  const auto burst = *end == ':' ? parse_go_integer(end + 1) : std::nullopt;
  return burst ? std::optional<double>(static_cast<double>(*burst)) : std::nullopt;
}

}  // namespace

std::string token_file(Session& session) {
  const std::string home = session.context().env("HOME", "/");
  return (home.ends_with('/') ? home : home + "/") + ".vault-token";
}

Client::Client(Session& session, int exit_status) : session_(session) {
  program::Context& context = session.context();
  for (const char* name : kRefusedVariables) {
    if (!context.env(name).empty())
      throw Failure(1, std::string(name) + " is not served by the Squall stand-in");
  }
  read_environment(exit_status);
  read_flags(exit_status);
  read_headers(exit_status);

  given_address_ = context.env("VAULT_ADDR");
  if (given_address_.empty()) given_address_ = "https://127.0.0.1:8200";
  if (const std::string given = session.flags().text("address"); !given.empty()) given_address_ = given;
  const std::string agent = session.flags().text("agent-address", context.env("VAULT_AGENT_ADDR"));
  address_ = parse_address(agent.empty() ? given_address_ : agent);
  if (!address_.error.empty()) throw Failure(exit_status, "failed to create client: " + address_.error);

  if (service_lookup_ && !address_.names_port)
    throw Failure(1, "VAULT_SRV_LOOKUP is not served by the Squall stand-in for an address without a port");

  wrap_variable_ = context.env("VAULT_WRAP_TTL");
  if (const auto ttl = session.flags().duration("wrap-ttl"); ttl && *ttl != Duration(0))
    wrap_flag_ = base::go_duration(*ttl);
  token_ = context.env("VAULT_TOKEN");
  try {
    if (token_.empty()) token_ = trimmed(context.disk().read(token_file(session)).value_or(""));
  } catch (const world::DiskError& error) {
    throw Failure(exit_status, std::string("failed to get token from token helper: ") + error.what());
  }
}

// What the user adds to every request (command/base.go).
void Client::read_headers(int exit_status) {
  const Flags& flags = session_.flags();
  std::string name_space = session_.context().env("VAULT_NAMESPACE");
  if (flags.has("ns")) name_space = flags.text("ns");
  if (flags.has("namespace")) name_space = flags.text("namespace");
  while (name_space.starts_with('/')) name_space.erase(0, 1);
  if (!name_space.empty() && !name_space.ends_with('/')) name_space += '/';
  if (!name_space.empty() && name_space != "root/")
    extra_headers_.emplace_back("X-Vault-Namespace", name_space);
  std::vector<std::string> methods = flags.list("mfa");
  if (methods.empty() && !session_.context().env("VAULT_MFA").empty())
    methods = {session_.context().env("VAULT_MFA")};
  for (const std::string& method : methods) extra_headers_.emplace_back("X-Vault-MFA", method);
  if (flags.on("policy-override")) extra_headers_.emplace_back("X-Vault-Policy-Override", "true");
  for (const auto& [name, value] : flags.map("header")) {
    if (base::ascii_lower(name).starts_with("x-vault-"))
      throw Failure(exit_status, "failed to setup Headers[" + name +
                                     "]: Header starting by 'X-Vault-' are for internal usage only");
    extra_headers_.emplace_back(name, value);
  }
}

void Client::read_environment(int exit_status) {
  program::Context& context = session_.context();
  const auto wrong = [exit_status](const std::string& why) {
    return Failure(exit_status, "failed to read environment: " + why);
  };
  const auto flag = [&](const std::string& name) {
    const std::string text = context.env(name);
    const auto parsed = text.empty() ? std::optional(false) : parse_go_bool(text);
    if (!parsed) throw wrong("could not parse " + name);
    return *parsed;
  };
  if (const std::string retries = context.env("VAULT_MAX_RETRIES"); !retries.empty()) {
    const auto parsed = parse_go_integer(retries);
    if (!parsed || *parsed < 0 || *parsed > 1000)
      throw wrong("strconv.ParseUint: parsing " + quoted(retries) + ": invalid syntax");
    retries_ = static_cast<int>(*parsed);
  }
  if (const std::string limit = context.env("VAULT_RATE_LIMIT"); !limit.empty()) {
    const auto burst = burst_of(limit);
    if (!burst) throw wrong("VAULT_RATE_LIMIT was provided but incorrectly formatted");
    if (*burst < kRequestsOfACommand)
      throw Failure(1, "VAULT_RATE_LIMIT below 10 is not served by the Squall stand-in");
  }
  if (const std::string timeout = context.env("VAULT_CLIENT_TIMEOUT"); !timeout.empty()) {
    const auto parsed = parse_seconds_or_duration(timeout);
    if (!parsed) throw wrong("could not parse \"VAULT_CLIENT_TIMEOUT\"");
    timeout_ = *parsed;
  }
  trust_.skip_verify = flag("VAULT_SKIP_VERIFY");
  service_lookup_ = flag("VAULT_SRV_LOOKUP");
  follow_redirect_ = !flag("VAULT_DISABLE_REDIRECTS");
  trust_.alternative_names_only = true;
  trust_.server_name = context.env("VAULT_TLS_SERVER_NAME");
  try {
    apply(session_,
          {context.env("VAULT_CACERT"), context.env("VAULT_CACERT_BYTES"), context.env("VAULT_CAPATH"),
           context.env("VAULT_CLIENT_CERT"), context.env("VAULT_CLIENT_KEY")},
          trust_);
  } catch (const std::runtime_error& error) {
    throw wrong(error.what());
  }
}

void Client::read_flags(int exit_status) {
  const Flags& flags = session_.flags();
  if (flags.has("disable-redirects")) follow_redirect_ = !flags.on("disable-redirects");
  trust_.skip_verify = flags.on("tls-skip-verify", trust_.skip_verify);
  trust_.server_name = flags.text("tls-server-name", trust_.server_name);
  try {
    apply(session_,
          {flags.text("ca-cert"), "", flags.text("ca-path"), flags.text("client-cert"),
           flags.text("client-key")},
          trust_);
  } catch (const std::runtime_error& error) {
    throw Failure(exit_status, std::string("failed to setup TLS config: ") + error.what());
  }
}

}  // namespace squall::vault::cli
