// Options of the guest's own commands: what each changes, what is refused by name, and what the real command
// says of an option that it has not (each text as the Debian 12 tool prints it).
#include <gmock/gmock.h>

#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

http::Response page(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  response.headers.set("Content-Type", "text/plain");
  return response;
}

// Each line of `table` is "COMMAND => EXIT CODE [TEXT]": the text is found in what the command writes.
void expect_each(GuestWorld& world, std::initializer_list<std::pair<const char*, const char*>> table) {
  for (const auto& [command, expected] : table) {
    const auto result = world.run(command);
    const std::string got =
        std::to_string(result.exit_code) + " " + result.standard_output + result.standard_error;
    const std::string_view wanted = expected;
    const std::string_view code = wanted.substr(0, wanted.find(' ') + 1);
    EXPECT_TRUE(got.starts_with(code)) << command << "\n" << got;
    EXPECT_THAT(got, HasSubstr(wanted.substr(code.size()))) << command;
  }
}

void serve_pages(GuestWorld& world) {
  world.network.addresses["pages"] = "10.0.0.80";
  world.network.hosts["pages:80"] = [](const world::Call& call) -> world::Reply {
    const std::string& target = call.request.target;
    if (target == "/none") return page(404, "");
    http::Response answer = page(target == "/away" || target == "/up" ? 302 : 200,
                                 call.request.method + " " + target + " " + call.request.body);
    if (target == "/away") answer.headers.set("Location", "http://other/");
    if (target == "/up") answer.headers.set("Location", "https://pages/");
    answer.headers.set("Content-Disposition", "attachment; filename=\"named.zip\"");
    return answer;
  };
  for (const char* place : {"other:80", "pages:443"})
    world.network.hosts[place] = [](const world::Call& call) -> world::Reply {
      return page(200, "[" + std::string(call.request.headers.get("Authorization")) + "]");
    };
}

TEST(Options, Curl) {
  GuestWorld world;
  serve_pages(world);
  expect_each(
      world,
      {{"curl -sX PUT -d a -o /dev/null -w '%{method} %{size_upload} %{remote_ip} %header{content-type}' "
        "pages/x",
        "0 PUT 1 10.0.0.80 text/plain"},
       {"curl -s -w '%{frob}' -o /dev/null pages", "0 curl: unknown --write-out variable: 'frob'\n"},
       {"curl -s -w '%{json}' -o /dev/null pages", "0 'json' is not served by Squall's guests\n"},
       {"curl -s -w '%{stderr}%{http_code}' -o /dev/null pages 2>&1 >/dev/null", "0 200"},
       {"curl -s -w '%{onerror}bad' -o /dev/null pages | wc -c", "0 0"},
       {"cd /tmp && curl -sOJL pages/x && cat named.zip", "0 GET /x"},
       {"cd /tmp && echo 'X-A: 1' >h && curl -sv -H @h pages/y 2>&1 | grep -F '> X-A: 1'", "0 > X-A: 1"},
       {"curl -v pages/y 2>&1 | grep '^< HTTP'", "0 < HTTP/1.1 200 OK"},
       {"curl -sT /tmp/h pages/in/", "0 PUT /in/h X-A: 1"},
       {"curl -sLu a:b pages/away", "0 []"},
       {"curl -sLu a:b --location-trusted pages/away", "0 [Basic YTpi]"},
       {"curl -sS --proto =https pages", "1 (1) Protocol \"http\" not supported or disabled in libcurl"},
       {"curl -sSL --proto-redir =http pages/up", "1 (1) Protocol \"https\" not supported"},
       {"curl -sL --max-redirs -1 pages/away", "0 []"},
       {"curl -s --no-silent -o /dev/null pages", "0 % Total"},
       {"curl --no-progress-meter -o /dev/null pages", "0 "},
       {"curl -s --fail-early -f pages/none pages/a", "22 "},
       {"curl --retry x pages", "2 option --retry: expected a proper numerical parameter"},
       {"curl --da x pages", "2 option --da: is ambiguous"},
       {"curl --no-output x", "2 option --no-output: used '--no-' for option that isn't a boolean"},
       {"curl --frob pages", "2 option --frob: is unknown"},
       {"curl -s --tls-max 1.2 pages", "2 option --tls-max: is not served by Squall's guests"},
       {"curl -6 pages", "2 option -6: is not served by Squall's guests"},
       {"curl -sS 'pages/{a,b}'", "3 are not served by Squall's guests: pages/{a,b}"},
       {"curl -sg 'pages/{a,b}'", "0 GET /{a,b}"},
       {"curl -sSb /tmp/jar pages", "26 (-b /tmp/jar) is not served by Squall's guests"},
       {"http_proxy=http://p:3128 curl -sS pages", "5 http://p:3128 of http_proxy is not served by Squall"},
       {"http_proxy=http://p:3128 no_proxy=10.0.0.1,pages curl -s pages", "0 GET /"},
       {"http_proxy=http://p:3128 curl -s --noproxy '*' pages", "0 GET /"}});
}

TEST(Options, Wget) {
  GuestWorld world;
  serve_pages(world);
  expect_each(
      world,
      {{"cd /tmp; wget -q pages/a; wget -q pages/a; ls a*", "0 a\na.1\n"},
       {"cd /tmp; wget -nc pages/a",
        "0 File \xe2\x80\x98"
        "a\xe2\x80\x99 already there; not retrieving.\n"},
       {"cd /tmp; wget -q -c pages/a", "1 -c of a file that is there (a) is not served by Squall"},
       {"cd /tmp; wget -q -N pages/a", "1 -N of a file that is there (a) is not served by Squall"},
       {"cd /tmp; wget -nv pages/b", "0 URL:http://pages/b [7/7] -> \"b\" [1]\n"},
       {"wget -nv pages/none", "8 http://pages/none:\n"},
       {"wget -qSO /dev/null pages", "0   HTTP/1.1 200 OK\n  Content-Type: text/plain\n"},
       {"wget --spider pages", "0 Remote file exists.\n"},
       {"wget -q --spider pages/none", "8 "},
       {"echo b >/tmp/f; wget -qO- --post-file=/tmp/f pages", "0 POST / b\n"},
       {"wget --header=x pages", "2 wget: --header: Invalid header"},
       {"wget -q --frob pages", "2 wget: unrecognized option '--frob'\nUsage: wget [OPTION]... [URL]..."},
       {"wget -qr pages", "2 wget: --recursive is not served by Squall's guests\n"},
       {"http_proxy=http://p:1 wget -q pages", "4 http://p:1 of http_proxy is not served by Squall"},
       {"http_proxy=http://p:1 wget -qO- --no-proxy pages", "0 GET /"}});
}

}  // namespace
}  // namespace squall::guest
