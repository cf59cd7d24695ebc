// One transfer of curl, what became of it, and -w's words about that.
#pragma once
#include <string>

#include "emulator/base/time.hpp"
#include "harness/guest/commands/curl_options.hpp"
#include "harness/guest/commands/web.hpp"

namespace squall::guest {

struct CurlOutcome {
  int exit_code = 0;
  std::string error;  // without "curl: (N) "
  bool transient = false, refused = false;
  int status = 0, redirects = 0;
  std::string asked, method;  // the address as it was given; the last request's method
  Url url;
  std::string request, head, body;  // request: the last one's head; head: of every answer, as -i shows them
  std::string content_type, redirect_url, disposition, address, file;
  std::size_t uploaded_bytes = 0, number = 0;  // number: of the address on the command line, from 0
  Duration took{0};
};

// With its redirects and retries; says on standard error why it tries again.
world::Task<CurlOutcome> curl_fetch(program::Context& context, const CurlOptions& options, Url url);

// Fills the outcome of a protocol that --proto forbids, or that nobody speaks.
void curl_forbid(const std::string& scheme, CurlOutcome& outcome);

// `format` is -w's, or the file's that it names. Goes to standard output or, after %{stderr}, to standard
// error; unknown variables are told there.
void curl_write_out(program::Context& context, const std::string& format, const CurlOutcome& outcome);

}  // namespace squall::guest
