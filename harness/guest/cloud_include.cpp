// See cloud_include.hpp.
#include "harness/guest/cloud_include.hpp"

#include <algorithm>
#include <sstream>

#include "emulator/world/await.hpp"
#include "harness/guest/commands/web.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr int retries = 10;
constexpr int deepest_list = 4;  // a list that includes itself ends here
constexpr Duration pause_between_tries = 1s, patience = 5s;

// What the address answered, or why nothing came.
struct Fetched {
  std::string content, problem;
};

world::Task<Fetched> fetch_once(Guest& guest, Url url) {
  world::Call call;
  call.scheme = url.scheme;
  call.host = url.host;
  call.port = url.port;
  call.request.target = url.target;
  call.request.headers.set("Host", host_header(url));
  call.request.headers.set("User-Agent",
                           std::string("Cloud-Init/") + facts_of(guest.system()).cloud_init_version);
  call.connect_timeout = patience;
  call.total_timeout = patience;
  world::Reply reply = co_await guest.surroundings().network.send(std::move(call));
  Fetched fetched;
  if (auto* response = std::get_if<http::Response>(&reply)) {
    if (response->status < 400)
      fetched.content = std::move(response->body);
    else
      fetched.problem = std::to_string(response->status) + " for url: " + url.text();
    co_return fetched;
  }
  switch (std::get<world::NetError>(reply).fault) {
    case world::NetFault::name_not_found:
      fetched.problem = "Name or service not known";
      break;
    case world::NetFault::refused:
      fetched.problem = "Connection refused";
      break;
    case world::NetFault::timed_out:
      fetched.problem = "timed out";
      break;
    default:
      fetched.problem = "connection failed";
  }
  fetched.problem += " for url: " + url.text();
  co_return fetched;
}

world::Task<Fetched> fetch(Guest& guest, std::string address) {
  std::optional<Url> url = parse_url(address);
  bool served = url && (url->scheme == "http" || url->scheme == "https");
  Fetched fetched;
  if (!served) {
    fetched.problem = "No connection adapters were found for '" + address + "'";
    co_return fetched;
  }
  for (int tries = 0;; ++tries) {
    fetched = co_await fetch_once(guest, *url);
    if (fetched.problem.empty() || tries == retries) break;
    co_await world::sleep(guest.surroundings().scheduler, pause_between_tries);
  }
  co_return fetched;
}

world::Task<> gather(Guest& guest, std::string bytes, int depth, GatheredParts& into) {
  std::vector<UserDataPart> parts = parse_user_data(bytes);
  for (UserDataPart& part : parts) {
    if (part.kind != PartKind::include) {
      if (part.numbered) part.name = part_name(into.parts.size() + 1);
      into.parts.push_back(std::move(part));
      continue;
    }
    if (depth == deepest_list) {
      into.problems.push_back("an #include list that includes itself");
      continue;
    }
    for (const std::string& address : included_addresses(part.body)) {
      Fetched fetched = co_await fetch(guest, address);
      if (fetched.problem.empty())
        co_await gather(guest, std::move(fetched.content), depth + 1, into);
      else
        into.problems.push_back(fetched.problem);
    }
  }
}

}  // namespace

std::vector<std::string> included_addresses(const std::string& list) {
  std::vector<std::string> addresses;
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);) {
    std::string lower = line;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    for (std::string_view word : {"#include-once", "#include"})
      if (lower.starts_with(word)) {
        line.erase(0, word.size());
        break;
      }
    std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos || line[begin] == '#') continue;
    addresses.push_back(line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin));
  }
  return addresses;
}

world::Task<GatheredParts> gather_parts(Guest& guest, std::string bytes) {
  GatheredParts gathered;
  co_await gather(guest, std::move(bytes), 0, gathered);
  co_return gathered;
}

}  // namespace squall::guest
