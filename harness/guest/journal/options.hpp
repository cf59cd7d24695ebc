// Command lines in the manner of getopt_long(3): short options joined, long ones abbreviated, "--",
// permutation; its very messages.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace squall::guest::journal {

enum class Argument { none, required, optional };

struct Option {
  std::string name;  // long name; empty: the short one only
  char letter = 0;   // 0: the long one only
  Argument argument = Argument::none;
};

struct ParsedOptions {
  std::vector<std::pair<std::string, std::string>> options;  // long name (the letter if it has none), value
  std::vector<std::string> rest;
  std::string error;    // "systemctl: unrecognized option '--frob'"; empty: none
  std::string unknown;  // the option that the table does not have, "--frob" or "-x", if that is the error
};

ParsedOptions parse_options(const std::string& program, const std::vector<Option>& table,
                            const std::vector<std::string>& arguments);

// What systemctl, journalctl and systemd-run say to --version.
extern const char* const systemd_version;

}  // namespace squall::guest::journal
