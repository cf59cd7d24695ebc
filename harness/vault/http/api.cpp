#include "harness/vault/http/api.hpp"

#include "emulator/base/encoding.hpp"
#include "harness/vault/http/respond.hpp"

namespace squall::vault {
namespace {

// Go's server knows the length of an answer that fits its buffer, and sends a longer one in chunks.
constexpr std::size_t go_buffer_bytes = 2048;

// Go's path cleaning: "a//b" and "./" go; a final slash stays.
std::string cleaned(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string part(path.substr(start, end - start));
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    start = end + 1;
  }
  std::string result;
  for (const std::string& part : parts) result += "/" + part;
  if (result.empty() || path.ends_with('/')) result += "/";
  return result;
}

// Vault takes no path with a character that is not printable (go-cleanhttp, PrintablePathCheckHandler). Of
// those, control characters are looked for.
bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
  }
  return false;
}

bool has_broken_escape(std::string_view path) {
  for (std::size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1))
    if (at + 3 > path.size() || !base::hex_decode(path.substr(at + 1, 2))) return true;
  return false;
}

// What Go's server says before it has a request to hand on.
http::Response bad_request() {
  http::Response response{.status = 400};
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.headers.add("Connection", "close");
  response.body = "400 Bad Request";
  return response;
}

}  // namespace

world::Task<http::Response> Api::handle(http::Request request) {
  const bool head = request.method == "HEAD";
  const std::string name_space(request.headers.get("X-Vault-Namespace"));
  http::Response response;
  std::string failure;
  int status = 500;
  try {
    response = co_await dispatch(std::move(request));
  } catch (const LogicalError& error) {
    failure = error.what();
    status = error.status;
    response = error_response(status, failure);
  } catch (const BarrierError& error) {
    failure = error.what();
    response = error_response(failure == "Vault is sealed" ? 503 : 500, failure);
  } catch (const std::exception& error) {
    failure = error.what();
    response = error_response(500, failure);
  }
  if (!name_space.empty()) response.headers.add("X-Vault-Namespace", name_space);
  if (head) response.body.clear();
  if (response.status != 400 ||
      !response.headers.get("Cache-Control").empty())  // else Go's server itself answers
    response.headers.add("Date", base::http_date(core_.world().scheduler.now()));
  if (response.body.size() > go_buffer_bytes) response.headers.add("Transfer-Encoding", "chunked");
  co_return response;
}

world::Task<http::Response> Api::dispatch(http::Request request) {
  const std::string raw(request.path());
  if (has_broken_escape(raw)) co_return bad_request();
  if (const std::string decoded = base::percent_decode(raw); has_control(decoded))
    co_return http::Response{.status = 400};
  else if (!base::valid_utf8(decoded))  // Vault puts U+FFFD in its place
    co_return error_response(400, "the Squall stand-in does not serve a path that is not UTF-8");
  if (const std::string clean = cleaned(raw); clean != raw && request.method != "CONNECT") {
    http::Response moved = bare_response(
        301, request.method == "GET" || request.method == "HEAD" ? "text/html; charset=utf-8" : "");
    const std::string query(request.query());
    const std::string location = query.empty() ? clean : clean + "?" + query;
    const std::string transport(moved.headers.get("Strict-Transport-Security"));
    moved.headers.remove("Strict-Transport-Security");
    moved.headers.add("Location", location);
    moved.headers.add("Strict-Transport-Security", transport);
    if (request.method == "GET")
      moved.body = "<a href=\"" + escape_html(location) + "\">Moved Permanently</a>.\n\n";
    co_return moved;
  }
  if (raw == "/v1" || raw.starts_with("/v2/")) co_return error_response(404, "");
  if (!raw.starts_with("/v1/")) co_return plain_not_found();
  const std::string path = base::percent_decode(raw.substr(4));
  std::optional<http::Response> system = co_await system_path(path, request);
  if (system) co_return std::move(*system);
  co_return co_await logical(path, std::move(request));
}

}  // namespace squall::vault
