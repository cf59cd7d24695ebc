#include "emulator/auth/authorization.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "emulator/base/ascii.hpp"
#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"

namespace squall::auth {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = std::min(text.find(separator, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// "Credential=a/b, SignedHeaders=c;d, Signature=e": by name; the comma needs no space after it.
std::map<std::string, std::string> header_parameters(std::string_view text) {
  std::map<std::string, std::string> out;
  for (const std::string& part : split(text, ',')) {
    std::string_view pair = trimmed(part);
    if (pair.empty()) continue;
    std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos)
      throw IncompleteSignature(
          "'" + std::string(pair) +
          "' not a valid key=value pair (missing equal-sign) in Authorization header: '" +
          std::string(sigv4_algorithm) + std::string(text) + "'.");
    out.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return out;
}

void read_credential(std::string_view text, Claim& claim) {
  std::vector<std::string> parts = split(text, '/');
  if (parts.size() < 5)
    throw IncompleteSignature(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got "
        "'" +
        std::string(text) + "'");
  // An access key id may hold slashes, the scope may not.
  std::size_t scope = parts.size() - 4;
  claim.access_key_id = parts[0];
  for (std::size_t i = 1; i < scope; ++i) claim.access_key_id += "/" + parts[i];
  claim.scope = {parts[scope], parts[scope + 1], parts[scope + 2]};
  claim.terminator = parts[scope + 3];
}

void read_signed_headers(std::string_view text, Claim& claim) {
  for (const std::string& name : split(text, ';'))
    if (!name.empty()) claim.signed_headers.push_back(base::ascii_lower(name));
}

void check_date(const Claim& claim) {
  if (!base::parse_amz_date(claim.amz_date))
    throw IncompleteSignature("Date must be in ISO-8601 'basic format'. Got '" + claim.amz_date +
                              "'. See http://en.wikipedia.org/wiki/ISO_8601");
}

// AWS names every missing part at once, and shows a hash of the header instead of the header.
void require_parts(const std::map<std::string, std::string>& parts, const Claim& claim,
                   std::string_view header) {
  std::string missing;
  for (const char* name : {"Credential", "Signature", "SignedHeaders"})
    if (!parts.contains(name))
      missing += std::string("Authorization header requires '") + name + "' parameter. ";
  if (claim.amz_date.empty())
    missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  if (!missing.empty())
    throw IncompleteSignature(missing + "(Hashed with SHA-256 and encoded with Base64) Authorization=" +
                              base::base64_encode(base::sha256(header)));
}

Claim from_header(const http::Request& request) {
  std::string_view header = trimmed(request.headers.get("Authorization"));
  std::size_t space = std::min(header.find(' '), header.size());
  if (header.substr(0, space) != sigv4_algorithm)
    throw IncompleteSignature("Unsupported AWS 'algorithm': '" + std::string(header.substr(0, space)) +
                              "'. ");
  Claim claim;
  claim.amz_date = trimmed(request.headers.get("X-Amz-Date"));
  if (claim.amz_date.empty()) claim.amz_date = trimmed(request.headers.get("Date"));
  claim.session_token = trimmed(request.headers.get("X-Amz-Security-Token"));
  auto parts = header_parameters(header.substr(space));
  require_parts(parts, claim, header);
  read_credential(parts["Credential"], claim);
  read_signed_headers(parts["SignedHeaders"], claim);
  claim.signature = parts["Signature"];
  check_date(claim);
  return claim;
}

Claim from_query(const http::Request& request) {
  std::map<std::string, std::string> parts;
  for (auto& [name, value] : base::parse_query(request.query())) parts.emplace(name, value);
  if (parts["X-Amz-Algorithm"] != sigv4_algorithm)
    throw IncompleteSignature("Unsupported AWS 'algorithm': '" + parts["X-Amz-Algorithm"] + "'. ");
  std::string missing;
  for (const char* name : {"X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"})
    if (!parts.contains(name))
      missing += std::string("AWS query-string parameters must include '") + name + "'. ";
  if (!missing.empty()) throw IncompleteSignature(missing + "Re-examine the query-string parameters.");
  Claim claim;
  claim.presigned = true;
  claim.amz_date = parts["X-Amz-Date"];
  claim.session_token = parts["X-Amz-Security-Token"];
  claim.signature = parts["X-Amz-Signature"];
  read_credential(parts["X-Amz-Credential"], claim);
  read_signed_headers(parts["X-Amz-SignedHeaders"], claim);
  check_date(claim);
  claim.expires_s = 300;
  if (auto it = parts.find("X-Amz-Expires"); it != parts.end()) {
    const std::string& text = it->second;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), claim.expires_s);
    if (error != std::errc{} || end != text.data() + text.size() || claim.expires_s < 0 ||
        claim.expires_s > 604'800)
      throw IncompleteSignature("X-Amz-Expires must be a number of seconds between 0 and 604800. Got '" +
                                text + "'");
  }
  return claim;
}

}  // namespace

Presence signature_presence(const http::Request& request) {
  if (request.headers.has("Authorization")) return Presence::header;
  std::string_view query = request.query();
  return query.find("X-Amz-Algorithm=") != std::string_view::npos ||
                 query.find("X-Amz-Signature=") != std::string_view::npos
             ? Presence::query
             : Presence::none;
}

Claim parse_claim(const http::Request& request) {
  return signature_presence(request) == Presence::query ? from_query(request) : from_header(request);
}

Hint read_hint(const http::Request& request) {
  if (signature_presence(request) == Presence::none) return {};
  std::string text;
  if (request.headers.has("Authorization")) {
    std::string_view header = request.headers.get("Authorization");
    std::size_t at = header.find("Credential=");
    if (at == std::string_view::npos) return {};
    at += std::string_view("Credential=").size();
    text = trimmed(header.substr(at, header.find(',', at) - at));
  } else {
    for (auto& [name, value] : base::parse_query(request.query()))
      if (name == "X-Amz-Credential") text = value;
  }
  std::vector<std::string> parts = split(text, '/');
  return {parts[0], parts.size() >= 5 ? parts[parts.size() - 3] : std::string()};
}

}  // namespace squall::auth
