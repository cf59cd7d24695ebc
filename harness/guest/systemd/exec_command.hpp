// One command of ExecStart= and its siblings (systemd.service(5), "Command lines"): how it is written, and
// what its environment makes of it when it is run.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/guest/systemd/exit_status.hpp"
#include "harness/guest/systemd/text.hpp"
#include "harness/guest/systemd/unit_file.hpp"

namespace squall::guest::systemd {

using Environment =
    std::vector<std::pair<std::string, std::string>>;  // in the order in which it is handed on

struct ExecCommand {
  std::string path;               // what is run
  std::vector<std::string> argv;  // specifiers expanded, variables not
  bool ignore_failure = false;    // "-"
  bool expand = true;             // "" without ":"
  bool full_privileges = false;   // "+", "!" and "!!": as root, whatever User= says

  // The last run of this command.
  Time started, ended;  // the epoch: not yet
  int pid = 0;
  Exit exit{ExitCode::none, 0};
};

// Appends the commands of one setting (";" separates several); false: the setting was fatal to the unit.
bool parse_exec(std::string_view value, const SpecifierContext& specifiers, const std::string& where,
                std::vector<ExecCommand>& commands, std::vector<Message>& messages);

// argv as it is executed: "$NAME" alone becomes any number of words, "${NAME}" its text, "$$" a dollar.
std::vector<std::string> expand_argv(const ExecCommand& command, const Environment& environment);

// An EnvironmentFile= (load_env_file() of fileio.c): assignments, quotes, comments; what is none is in
// `invalid`.
Environment parse_environment_file(std::string_view text, std::vector<std::string>& invalid);
bool valid_environment_name(std::string_view name);
void set_variable(Environment& environment, const std::string& name, const std::string& value);

}  // namespace squall::guest::systemd
