// A subcommand's options by CLI11, with Squall's exit codes: --help 0, a mistake 64 and one line that names
// it.
#pragma once
#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace squall::cli {

// Declares the options by `declare`, parses the line; answers an exit status when the command is over
// already.
struct Parsed {
  bool over;
  int status;
};
Parsed parse_options(const std::string& name, const std::string& description, int argc, char** argv,
                     const std::function<void(CLI::App&)>& declare);

}  // namespace squall::cli
