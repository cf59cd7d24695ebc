// The command line of wget(1) 1.21, as far as scripts that set up machines use it.
#pragma once
#include <string>
#include <vector>

#include "harness/guest/commands/package_tools.hpp"

namespace squall::guest {

struct WgetOptions {
  std::vector<std::string> urls, headers;
  std::string output, folder, method = "GET", body, body_file, referer, user_agent = "Wget/1.21.3";
  std::string log;  // -o, -a: where messages go; empty: standard error
  bool new_log = false;
  std::string ca_file, ca_folder, certificate, key, user, password;
  bool quiet = false, brief = false, insecure = false, server_response = false, has_body = false;
  bool spider = false, keep = false, resume = false, timestamps = false;  // --spider, -nc, -c, -N
  bool content_on_error = false, retry_refused = false, use_proxy = true;
  int tries = 20, max_redirects = 20;  // tries 0: without end
  double timeout_s = 900, longest_wait_s = 10;
};

struct WgetMistake {
  int exit_code = 0;
  std::string text;  // whole lines; empty: none
};

WgetMistake parse_wget(const Words& argv, WgetOptions& options);

}  // namespace squall::guest
