// visudo -c of sudo 1.9: checks sudoers(5) files (sudoers.hpp), and what they include. A guest's sudo lets
// everybody do everything that the images' login users may, whatever the files say.
#include <algorithm>
#include <optional>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/sudoers.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr int deepest_include = 128;  // sudo's MAX_SUDOERS_DEPTH

class Check {
 public:
  Check(program::Context& context, bool quiet, bool follows)
      : context_(context), quiet_(quiet), follows_(follows) {}

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
    if (follows_ && line.starts_with("@include")) included.push_back(line.substr(1));
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
  bool quiet_, follows_;
  int depth_ = 0;
};

world::Task<int> visudo(Guest&, program::Context& context) {
  const CommandLine line = read_command_line(
      context.invocation().argv,
      {"c,check q,quiet f,file= I,no-includes", "s,strict O,owner P,perms x,export= V,version h,help"},
      "usage: visudo [-chIOPqsV] [[-f] sudoers ]\n");
  std::string complaint = line.complaint, file = line.value("file");
  if (file.empty() && !line.operands.empty()) file = line.operands[0];
  if (complaint.empty() && !line.has("check"))
    complaint = "visudo: an editor is not served by Squall's guests, -c is\n";
  if (!complaint.empty()) {
    context.err(complaint);
    co_return 1;
  }
  Check check(context, line.has("quiet"), !line.has("no-includes"));
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
