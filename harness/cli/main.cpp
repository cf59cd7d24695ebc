// `squall`: finds the subcommand and hands the rest of the line to it. Each subcommand is a file of its own.
#include <cstdio>
#include <exception>
#include <string_view>

#include "harness/cli/commands.hpp"

namespace {

using squall::cli::Command;

int print_help(std::FILE* to) {
  std::fputs(
      "squall: a local AWS and a weather machine for the clusters that run on it\n"
      "\n"
      "usage: squall COMMAND [OPTIONS]\n"
      "\n",
      to);
  for (const Command& command : squall::cli::commands())
    std::fprintf(to, "  %-8s %s\n", command.name, command.summary);
  std::fputs(
      "  help     this text, or a command's: squall help COMMAND\n"
      "\n"
      "  squall COMMAND --help tells a command's options; squall --version the version.\n",
      to);
  return to == stdout ? 0 : squall::cli::exit_usage;
}

const Command* find(std::string_view name) {
  for (const Command& command : squall::cli::commands())
    if (command.name == name) return &command;
  return nullptr;
}

int dispatch(int argc, char** argv) {
  if (argc < 2) return print_help(stderr);
  std::string_view first = argv[1];
  if (first == "--version" || first == "-V" || first == "version") {
    std::puts("squall " SQUALL_VERSION);
    return 0;
  }
  bool help = first == "help";
  if ((help && argc == 2) || first == "--help" || first == "-h") return print_help(stdout);
  std::string_view name = help ? argv[2] : argv[1];
  const Command* command = find(name);
  if (command == nullptr) {
    std::fprintf(stderr, "squall: there is no command '%.*s'; see squall help\n",
                 static_cast<int>(name.size()), name.data());
    return squall::cli::exit_usage;
  }
  if (help) {
    char ask[] = "--help";
    char* arguments[] = {argv[2], ask, nullptr};
    return command->run(2, arguments);
  }
  return command->run(argc - 1, argv + 1);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return dispatch(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "squall: %s\n", error.what());
    return squall::cli::exit_fault;
  }
}
