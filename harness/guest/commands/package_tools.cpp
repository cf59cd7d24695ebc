// See package_tools.hpp.
#include "harness/guest/commands/package_tools.hpp"

#include <algorithm>
#include <sstream>

#include "harness/guest/commands/web.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {

bool has_word(const Words& argv, std::string_view word) {
  return std::find(argv.begin(), argv.end(), word) != argv.end();
}

std::string read_folder(world::Disk& disk, const std::string& folder) {
  std::string all;
  for (const std::string& name : disk.list(folder))
    if (!name.ends_with('/')) all += disk.read(folder + "/" + name).value_or("") + "\n";
  return all;
}

std::string line_with(const std::string& text, const std::string& part) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.find(part) != std::string::npos && line[line.find_first_not_of(" \t")] != '#') return line;
  return "";
}

world::Task<bool> reaches(program::Context& context, const char* host, const char* path) {
  world::Call call{.scheme = "https", .host = host, .port = 443};
  call.request.target = path;
  call.request.headers.set("Host", host);
  call.tls.ca_pem = added_certificates(context);
  world::Reply reply = co_await context.network().send(std::move(call));
  const auto* response = std::get_if<http::Response>(&reply);
  co_return response != nullptr && response->status < 400;
}

world::Task<std::optional<std::string>> read_place(program::Context& context, std::string place) {
  if (place.find("://") == std::string::npos) co_return context.disk().read(context.resolve(place));
  const std::optional<Url> url = parse_url(place);
  if (!url) co_return std::nullopt;
  world::Call call{.scheme = url->scheme, .host = url->host, .port = url->port};
  call.request.target = url->target;
  call.request.headers.set("Host", host_header(*url));
  call.tls.ca_pem = added_certificates(context);
  world::Reply reply = co_await context.network().send(std::move(call));
  auto* response = std::get_if<http::Response>(&reply);
  if (response == nullptr || response->status >= 400) co_return std::nullopt;
  co_return std::move(response->body);
}

Duration install_time(Guest& guest, const std::string& names) {
  base::Random random = guest.surroundings().random.stream("install " + names);
  return std::chrono::milliseconds(random.between(20'000, 40'000));
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace squall::guest
