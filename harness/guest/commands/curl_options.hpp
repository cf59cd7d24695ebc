// The command line of curl(1) 7.88, as far as scripts that set up machines use it.
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::guest {

struct CurlData {
  enum Kind { plain, binary, raw, url_encoded, json } kind;
  std::string text;
};

// --proto and --proto-redir.
struct CurlProtocols {
  bool http = true, https = true;
  bool allow(const std::string& scheme) const {
    return (scheme == "http" && http) || (scheme == "https" && https);
  }
};

struct CurlOptions {
  std::vector<std::string> urls, outputs;  // outputs: -o, in order; "\n" stands for -O
  std::string method, user_agent = "curl/7.88.1", referer, user, cookie, range;
  std::vector<std::string> headers, resolves;
  std::vector<CurlData> data;
  std::string upload, ca_file, ca_folder, certificate, key, write_out, dump_header, output_folder, no_proxy;
  bool silent = false, show_error = false, fail = false, fail_with_body = false, follow = false,
       trusted_follow = false;
  bool insecure = false, include = false, head = false, get = false, verbose = false, create_folders = false;
  bool remote_name_all = false, remote_header_name = false, version = false, progress_bar = false;
  bool progress_meter = true, glob = true, fail_early = false;
  CurlProtocols protocols, redirect_protocols;
  std::optional<double> max_time_s, connect_timeout_s;
  int retries = 0, max_redirects = 50;
  std::optional<double> retry_delay_s, retry_max_time_s;
  bool retry_refused = false, retry_all = false;
};

struct CurlMistake {
  int exit_code;
  std::string message;  // without "curl: "
};

std::variant<CurlOptions, CurlMistake> parse_curl(const std::vector<std::string>& argv);

}  // namespace squall::guest
