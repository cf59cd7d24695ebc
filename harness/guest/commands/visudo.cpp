// visudo -c of sudo 1.9: checks sudoers(5) files (sudoers.hpp), and what they include. A guest's sudo lets
// everybody do everything that the images' login users may, whatever the files say.
#include <algorithm>
#include <optional>

#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/sudoers.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr int deepest_include = 128;  // sudo's MAX_SUDOERS_DEPTH

class Check {
 public:
  Check(program::Context& context, bool quiet) : context_(context), quiet_(quiet) {}

  bool file(const std::string& path, const std::string& shown) {
    if (depth_ == deepest_include) {
      context_.err("visudo: " + shown + ": too many levels of includes\n");
      return false;
    }
    const std::optional<std::string> text = context_.disk().read(path);
    if (!text) {
      context_.err("visudo: " + shown + ": No such file or directory\n");
      return false;
    }
    std::vector<std::string> included;
    bool good = lines(*text, shown, included);
    if (good && !quiet_) context_.out(shown + ": parsed OK\n");
    ++depth_;
    for (const std::string& one : included) good = include(one) && good;
    --depth_;
    return good;
  }

 private:
  void complain(const std::string& text) {
    if (!quiet_) context_.err(text);
  }

  bool lines(const std::string& text, const std::string& shown, std::vector<std::string>& included) {
    int number = 0;
    std::string line;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      line += text.substr(at, end - at);
      at = end + 1;
      ++number;
      if (line.ends_with('\\')) {
        line.pop_back();
        continue;
      }
      if (!take(line, shown, number, included)) return false;
      line.clear();
    }
    return true;
  }

  bool take(std::string line, const std::string& shown, int number, std::vector<std::string>& included) {
    if (line.starts_with("#include")) line[0] = '@';
    if (line.starts_with("@include")) {
      included.push_back(line.substr(1));
    }
    const std::optional<SudoersMistake> mistake = sudoers_mistake(line);
    if (!mistake) return true;
    complain(shown + ":" + std::to_string(number) + ":" + std::to_string(mistake->column + 1) +
             ": syntax error\n" + line + "\n" + std::string(mistake->column, ' ') + "^" +
             std::string(std::max<std::size_t>(mistake->text.size(), 1) - 1, '~') + "\n");
    return false;
  }

  // "include /etc/x" or "includedir /etc/sudoers.d": of a folder, files without a dot or a tilde at their
  // end.
  bool include(const std::string& directive) {
    const std::size_t blank = directive.find_first_of(" \t");
    const std::string path =
        directive.substr(std::min(directive.find_first_not_of(" \t", blank), directive.size()));
    if (!directive.starts_with("includedir")) return file(path, path);
    bool good = true;
    for (const std::string& name : context_.disk().list(path))
      if (!name.ends_with('/') && !name.ends_with('~') && name.find('.') == std::string::npos)
        good = file(path + "/" + name, path + "/" + name) && good;
    return good;
  }

  program::Context& context_;
  bool quiet_;
  int depth_ = 0;
};

world::Task<int> visudo(Guest&, program::Context& context) {
  const Words& argv = context.invocation().argv;
  bool checks = false, quiet = false;
  std::string file, odd;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "--check")
      checks = true;
    else if (argv[i] == "--quiet")
      quiet = true;
    else if (argv[i] == "--strict")
      continue;
    else if (argv[i].starts_with("--file="))
      file = argv[i].substr(7);
    else if (argv[i].starts_with("-") && !argv[i].starts_with("--")) {
      for (char letter : argv[i].substr(1)) {
        checks |= letter == 'c';
        quiet |= letter == 'q';
        if (letter == 'f' && i + 1 < argv.size()) file = argv[++i];
        if (std::string_view("cqsfIOP").find(letter) == std::string_view::npos) odd = std::string(1, letter);
      }
    } else if (file.empty())
      file = argv[i];
    else
      odd = argv[i];
  }
  if (!odd.empty()) {
    context.err("visudo: invalid option -- '" + odd + "'\nusage: visudo [-chqsV] [[-f] sudoers ]\n");
    co_return 1;
  }
  if (!checks) {
    context.err("visudo: an editor is not served by Squall's guests, -c is\n");
    co_return 1;
  }
  Check check(context, quiet);
  co_return check.file(file.empty() ? "/etc/sudoers" : context.resolve(file),
                       file.empty() ? "/etc/sudoers" : file)
      ? 0
      : 1;
}

}  // namespace

std::map<std::string, program::Program> sudo_commands(Guest& guest) {
  return {{"visudo", bind(guest, visudo)}};
}

}  // namespace squall::guest
