#include "harness/cli/options.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "harness/cli/commands.hpp"

namespace squall::cli {

Parsed parse_options(const std::string& name, const std::string& description, int argc, char** argv,
                     const std::function<void(CLI::App&)>& declare) {
  CLI::App app{description, "squall " + name};
  app.get_formatter()->column_width(34);
  declare(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return {true, 0};
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "squall %s: %s; see squall %s --help\n", name.c_str(), error.what(), name.c_str());
    return {true, exit_usage};
  }
  return {false, 0};
}

}  // namespace squall::cli
