#include "harness/vault/cli/autocomplete.hpp"

#include <algorithm>

#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

bool asks(const std::vector<std::string>& arguments, const std::string& flag) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const std::string& each) { return each == "-" + flag || each == "--" + flag; });
}

struct StartUpFile {
  std::string path, line;  // the line that asks for completions
  std::string before;      // what has to stand before it; empty: nothing
};

// Where the program lies, as the shell found it.
std::string own_path(const program::Context& context, world::Disk& disk) {
  const std::string& name = context.invocation().argv[0];
  if (name.find('/') != std::string::npos) return context.resolve(name);
  for (const std::string& directory : split(context.env("PATH"), ':'))
    if (disk.exists(directory + "/" + name)) return directory + "/" + name;
  return name;
}

// The first of bash's that is there, and zsh's.
std::vector<StartUpFile> start_up_files(program::Context& context) {
  const std::string home = context.env("HOME", "/"), program = own_path(context, context.disk());
  std::vector<StartUpFile> found;
  for (const char* name : {".bashrc", ".bash_profile", ".bash_login", ".profile"}) {
    if (!context.disk().exists(home + "/" + name)) continue;
    found.push_back({home + "/" + name, "complete -C " + program + " vault", ""});
    break;
  }
  if (context.disk().exists(home + "/.zshrc"))
    found.push_back({home + "/.zshrc", "complete -o nospace -C " + program + " vault",
                     "autoload -U +X bashcompinit && bashcompinit"});
  return found;
}

std::string without_line(const std::string& text, const std::string& line) {
  std::string kept;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
    const std::string each = text.substr(start, end - start);
    if (each != line + "\n" && each != line) kept += each;
    start = end;
  }
  return kept;
}

// Why not; empty when it is done.
std::string change(world::Disk& disk, const StartUpFile& file, bool install) {
  const std::string text = disk.read(file.path).value_or("");
  const std::string without = without_line(text, file.line);
  const bool present = without != text;
  if (install == present)
    return std::string(present ? "already installed in " : "does not installed in ") + file.path;
  if (install) {
    const bool prepared = file.before.empty() || without_line(text, file.before) != text;
    disk.append(file.path, "\n" + (prepared ? "" : file.before + "\n") + file.line + "\n", 0644);
  } else {
    disk.write(file.path, without, 0644);
  }
  return {};
}

}  // namespace

std::optional<int> change_autocomplete(program::Context& context, const std::vector<std::string>& arguments) {
  const bool install = asks(arguments, "autocomplete-install");
  const bool uninstall = asks(arguments, "autocomplete-uninstall");
  if (!install && !uninstall) return std::nullopt;
  std::vector<std::string> failures;
  if (install && uninstall) {
    failures.emplace_back(
        "Either the autocomplete install or uninstall flag may be specified, but not both.");
  } else {
    const std::vector<StartUpFile> files = start_up_files(context);
    if (files.empty()) failures.emplace_back("Did not find any shells to install");
    for (const StartUpFile& file : files)
      if (const std::string why = change(context.disk(), file, install); !why.empty())
        failures.push_back(why);
  }
  if (failures.empty()) return 0;
  std::string text = failures[0];
  if (text.find("installed in") != std::string::npos) {
    text = std::to_string(failures.size()) + (failures.size() == 1 ? " error" : " errors") + " occurred:\n";
    for (const std::string& failure : failures) text += "\t* " + failure + "\n";
    text += "\n";
  }
  context.err("Error executing CLI: " + text + "\n");
  return 1;
}

}  // namespace squall::vault::cli
