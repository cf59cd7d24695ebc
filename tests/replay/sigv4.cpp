// AWS's own signing suite: each raw request signed in the header and in the query string, and every text on
// the way.
#include <ostream>

#include "emulator/auth/sigv4.hpp"
#include "tests/replay/replay.hpp"

namespace squall::replay {
namespace {

using nlohmann::json;

// A request line, header lines (a line that starts with a space goes on the line before), an empty line, the
// body. The suite's targets hold raw spaces and bytes that no HTTP parser takes, so they are read here.
http::Request parse_raw(const std::string& raw) {
  http::Request request;
  std::size_t line_end = raw.find('\n');
  std::string line = raw.substr(0, line_end);
  std::size_t method = line.find(' '), version = line.rfind(" HTTP/");
  request.method = line.substr(0, method);
  request.target = line.substr(method + 1, version - method - 1);
  std::vector<http::Headers::Field> fields;
  std::size_t at = line_end + 1;
  while (at < raw.size() && raw[at] != '\n') {
    std::size_t end = std::min(raw.find('\n', at), raw.size());
    line = raw.substr(at, end - at);
    at = end + 1;
    if (line.front() == ' ') {
      fields.back().second += "\n" + line;
    } else {
      std::size_t colon = line.find(':');
      fields.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    }
  }
  for (auto& [name, value] : fields) request.headers.add(name, value);
  if (at < raw.size()) request.body = raw.substr(at + 1);
  return request;
}

std::string first_difference(const json& one) {
  const json& context = one.at("context");
  const json& given = context.at("credentials");
  auth::Credentials credentials{given.at("access_key_id"), given.at("secret_access_key"),
                                given.value("token", "")};
  auth::SignOptions options;
  options.path.normalize = context.at("normalize").get<bool>();
  options.payload_header = context.at("sign_body").get<bool>();
  options.sign_token = !context.value("omit_session_token", false);
  options.expires_s = context.at("expiration_in_seconds").get<int>();
  Time now = base::parse_iso8601(context.at("timestamp").get<std::string>()).value();
  std::string region = context.at("region"), service = context.at("service");

  http::Request by_header = parse_raw(one.at("request"));
  http::Request by_query = by_header;
  auth::Signed header = auth::sign(by_header, credentials, region, service, now, options);
  auth::Signed query = auth::presign(by_query, credentials, region, service, now, options);
  http::Request wanted = parse_raw(one.at("header-signed-request"));
  http::Request wanted_query = parse_raw(one.at("query-signed-request"));
  const std::tuple<const char*, std::string, std::string> pairs[] = {
      {"header-canonical-request", one.at("header-canonical-request"), header.canonical_request},
      {"header-string-to-sign", one.at("header-string-to-sign"), header.string_to_sign},
      {"header-signature", one.at("header-signature"), header.signature},
      {"header-signed-request", std::string(wanted.headers.get("Authorization")),
       std::string(by_header.headers.get("Authorization"))},
      {"query-canonical-request", one.at("query-canonical-request"), query.canonical_request},
      {"query-string-to-sign", one.at("query-string-to-sign"), query.string_to_sign},
      {"query-signature", one.at("query-signature"), query.signature},
      {"query-signed-request", wanted_query.target, by_query.target},
  };
  for (const auto& [what, recorded, made] : pairs)
    if (recorded != made) return std::string(what) + "\n  recorded: " + recorded + "\n  made:     " + made;
  return {};
}

}  // namespace

Tally replay_sigv4(const Cases& cases, std::ostream& differences) {
  Tally tally;
  for (const json& one : cases) {
    ++tally.total;
    std::string difference = first_difference(one);
    if (difference.empty()) {
      ++tally.agreed;
    } else {
      differences << one.at("name").get<std::string>() << ": " << difference << '\n';
    }
  }
  return tally;
}

}  // namespace squall::replay
