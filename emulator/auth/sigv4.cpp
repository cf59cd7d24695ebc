#include "emulator/auth/sigv4.hpp"

#include <algorithm>
#include <array>

#include "emulator/base/ascii.hpp"
#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"

namespace squall::auth {
namespace {

// Headers that are never signed, as in AWS's own signers: intermediaries add or change them.
constexpr std::array<std::string_view, 7> unsigned_headers = {
    "connection", "expect",     "sec-websocket-key", "transfer-encoding",
    "upgrade",    "user-agent", "x-amzn-trace-id"};

// Trimmed, and each run of white space made one space.
void append_header_value(std::string& out, std::string_view value) {
  bool pending = false, any = false;
  for (char c : value) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      pending = any;
      continue;
    }
    if (pending) out += ' ';
    pending = false;
    any = true;
    out += c;
  }
}

std::string normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  for (std::size_t at = 0; at < path.size();) {
    std::size_t end = std::min(path.find('/', at), path.size());
    std::string_view segment = path.substr(at, end - at);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    at = end + 1;
  }
  std::string out;
  for (std::string_view segment : kept) (out += '/') += segment;
  if (kept.empty() || path.ends_with('/')) out += '/';
  return out;
}

std::vector<std::string> headers_to_sign(const http::Request& request, bool with_token) {
  std::vector<std::string> names;
  for (const auto& [name, value] : request.headers.fields()) {
    std::string key = base::ascii_lower(name);
    bool skipped =
        std::find(unsigned_headers.begin(), unsigned_headers.end(), key) != unsigned_headers.end() ||
        (!with_token && key == "x-amz-security-token");
    if (!skipped) names.push_back(std::move(key));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ';';
    out += name;
  }
  return out;
}

Signed signed_texts(const http::Request& request, const std::vector<std::string>& names,
                    const Credentials& by, const Scope& scope, std::string_view date,
                    const SignOptions& options) {
  Signed result;
  result.canonical_request =
      canonical_request(request, names, base::hex_encode(base::sha256(request.body)), options.path);
  result.string_to_sign = string_to_sign(date, scope, result.canonical_request);
  result.signature = signature(signing_key(by.secret_access_key, scope), result.string_to_sign);
  return result;
}

}  // namespace

std::string canonical_path(std::string_view path, PathRules rules) {
  std::string text = path.empty() ? "/" : rules.normalize ? normalized(path) : std::string(path);
  return rules.encode ? base::percent_encode(text, true) : text;
}

std::string canonical_query(std::string_view query) {
  if (query.empty()) return {};
  base::QueryPairs pairs;
  for (std::size_t at = 0; at <= query.size();) {
    std::size_t end = std::min(query.find('&', at), query.size());
    std::string_view pair = query.substr(at, end - at);
    at = end + 1;
    if (pair.empty()) continue;
    std::size_t equals = std::min(pair.find('='), pair.size());
    std::string name = base::percent_encode(base::percent_decode(pair.substr(0, equals)));
    if (name == "X-Amz-Signature") continue;
    std::string_view value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view();
    pairs.emplace_back(std::move(name), base::percent_encode(base::percent_decode(value)));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    ((out += name) += '=') += value;
  }
  return out;
}

std::string canonical_request(const http::Request& request, const std::vector<std::string>& signed_headers,
                              std::string_view payload_hash, PathRules rules) {
  std::string out;
  out.reserve(512);
  ((out += request.method) += '\n') += canonical_path(request.path(), rules);
  ((out += '\n') += canonical_query(request.query())) += '\n';
  for (const std::string& name : signed_headers) {
    (out += name) += ':';
    bool first = true;
    for (const auto& [field, value] : request.headers.fields()) {
      if (!http::equal_ignoring_case(field, name)) continue;
      if (!first) out += ',';
      first = false;
      append_header_value(out, value);
    }
    out += '\n';
  }
  (((out += '\n') += joined(signed_headers)) += '\n') += payload_hash;
  return out;
}

std::string string_to_sign(std::string_view amz_date, const Scope& scope, std::string_view canonical) {
  std::string out(sigv4_algorithm);
  ((out += '\n') += amz_date) += '\n';
  (out += scope.text()) += '\n';
  return out += base::hex_encode(base::sha256(canonical));
}

std::string signing_key(std::string_view secret_access_key, const Scope& scope) {
  std::string key = base::hmac_sha256("AWS4" + std::string(secret_access_key), scope.date);
  key = base::hmac_sha256(key, scope.region);
  key = base::hmac_sha256(key, scope.service);
  return base::hmac_sha256(key, "aws4_request");
}

std::string signature(std::string_view key, std::string_view to_sign) {
  return base::hex_encode(base::hmac_sha256(key, to_sign));
}

Signed sign(http::Request& request, const Credentials& credentials, std::string_view region,
            std::string_view service, Time now, const SignOptions& options) {
  std::string date = base::amz_date(now);
  Scope scope{date.substr(0, 8), std::string(region), std::string(service)};
  request.headers.remove("Authorization");
  request.headers.set("X-Amz-Date", date);
  if (options.payload_header)
    request.headers.set("X-Amz-Content-Sha256", base::hex_encode(base::sha256(request.body)));
  if (!credentials.session_token.empty())
    request.headers.set("X-Amz-Security-Token", credentials.session_token);
  std::vector<std::string> names = headers_to_sign(request, options.sign_token);
  Signed result = signed_texts(request, names, credentials, scope, date, options);
  request.headers.set("Authorization", std::string(sigv4_algorithm) +
                                           " Credential=" + credentials.access_key_id + "/" + scope.text() +
                                           ", SignedHeaders=" + joined(names) +
                                           ", Signature=" + result.signature);
  return result;
}

Signed presign(http::Request& request, const Credentials& credentials, std::string_view region,
               std::string_view service, Time now, const SignOptions& options) {
  std::string date = base::amz_date(now);
  Scope scope{date.substr(0, 8), std::string(region), std::string(service)};
  std::vector<std::string> names = headers_to_sign(request, false);
  auto append = [&](std::string_view name, std::string_view value) {
    request.target += request.target.find('?') == std::string::npos ? '?' : '&';
    ((request.target += name) += '=') += base::percent_encode(value);
  };
  append("X-Amz-Algorithm", sigv4_algorithm);
  append("X-Amz-Credential", credentials.access_key_id + "/" + scope.text());
  append("X-Amz-Date", date);
  append("X-Amz-SignedHeaders", joined(names));
  append("X-Amz-Expires", std::to_string(options.expires_s));
  bool has_token = !credentials.session_token.empty();
  if (has_token && options.sign_token) append("X-Amz-Security-Token", credentials.session_token);
  Signed result = signed_texts(request, names, credentials, scope, date, options);
  if (has_token && !options.sign_token) append("X-Amz-Security-Token", credentials.session_token);
  append("X-Amz-Signature", result.signature);
  return result;
}

}  // namespace squall::auth
