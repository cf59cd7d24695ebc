// Package files that a script fetched, or names by their address: which package each is. The files that this
// world's sites publish say so in their first line (releases.cpp).
#include <sstream>

#include "emulator/world/await.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/commands/web.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {

world::Task<PackageFile> read_package_file(Guest& guest, program::Context& context, std::string where) {
  PackageFile file;
  std::string content;
  std::optional<Url> url;
  if (where.find("://") != std::string::npos) url = parse_url(where);
  if (url) {
    world::Call call;
    call.scheme = url->scheme;
    call.host = url->host;
    call.port = url->port;
    call.request.target = url->target;
    call.request.headers.set("Host", host_header(*url));
    call.tls.ca_pem = added_certificates(context);
    world::Reply reply = co_await context.network().send(std::move(call));
    auto* response = std::get_if<http::Response>(&reply);
    file.found = response != nullptr && response->status < 400;
    if (file.found) content = std::move(response->body);
  } else {
    auto read = context.disk().read(context.resolve(where));
    file.found = read.has_value();
    content = read.value_or("");
  }
  std::istringstream line(content.substr(0, content.find('\n')));
  std::string marker, name, version;
  if (line >> marker >> name >> version && marker == "squall-package") {
    file.selection = select_package(guest, name);
    file.selection.version = version;
  }
  co_return file;
}

}  // namespace squall::guest
