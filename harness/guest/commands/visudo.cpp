// visudo -c of sudo 1.9: checks the grammar of sudoers(5) files, and what they include. A guest's sudo lets
// everybody do everything that the images' login users may, whatever the files say.
#include <algorithm>
#include <optional>

#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

struct Token {
  std::string text;
  std::size_t column = 0;  // from 0
};

// Words, and the marks that separate them: = : , ( ) each by itself. Quotes and backslashes keep what
// follows.
std::vector<Token> tokens_of(const std::string& line) {
  std::vector<Token> tokens;
  bool in_word = false, quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    if (!quoted && letter == '#' && !in_word &&
        !(i + 1 < line.size() && line[i + 1] >= '0' && line[i + 1] <= '9'))
      break;
    if (!quoted && (letter == ' ' || letter == '\t')) {
      in_word = false;
    } else if (!quoted && std::string_view("=:,()").find(letter) != std::string_view::npos) {
      tokens.push_back({std::string(1, letter), i});
      in_word = false;
    } else {
      if (!in_word) tokens.push_back({"", i});
      in_word = true;
      if (letter == '"') quoted = !quoted;
      tokens.back().text += letter;
      if (letter == '\\' && i + 1 < line.size()) tokens.back().text += line[++i];
    }
  }
  return tokens;
}

bool is_mark(const Token& token) {
  return token.text.size() == 1 && std::string_view("=:,()").find(token.text[0]) != std::string_view::npos;
}

bool is_tag(const std::string& text) {
  for (const char* tag :
       {"EXEC", "NOEXEC", "FOLLOW", "NOFOLLOW", "LOG_INPUT", "NOLOG_INPUT", "LOG_OUTPUT", "NOLOG_OUTPUT",
        "MAIL", "NOMAIL", "INTERCEPT", "NOINTERCEPT", "PASSWD", "NOPASSWD", "SETENV", "NOSETENV"})
    if (text == tag) return true;
  return false;
}

// A command is a path, ALL, an alias in capitals, sudoedit or list; it may be forbidden, and have a digest.
bool is_command(std::string text) {
  text.erase(0, std::min(text.find_first_not_of('!'), text.size()));
  const bool name = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return text.starts_with('/') || text.starts_with('^') || text == "sudoedit" || text == "list" || name;
}

// One logical line; where it breaks the grammar, the token at which it does.
class SudoersLine {
 public:
  explicit SudoersLine(const std::string& line) : tokens_(tokens_of(line)), end_{"", line.size()} {}

  std::optional<Token> mistake() {
    if (tokens_.empty()) return std::nullopt;
    const std::string& first = tokens_[0].text;
    if (first.starts_with("Defaults")) return tokens_.size() > 1 ? std::nullopt : std::optional(end_);
    if (first.starts_with("@include")) return tokens_.size() > 1 ? std::nullopt : std::optional(end_);
    bool fine = first.ends_with("_Alias") ? alias() : user_specification();
    return fine ? std::nullopt : std::optional(here());
  }

 private:
  const Token& here() const { return at_ < tokens_.size() ? tokens_[at_] : end_; }
  bool mark(char wanted) {
    if (here().text != std::string(1, wanted)) return false;
    ++at_;
    return true;
  }
  bool word() {
    if (at_ == tokens_.size() || is_mark(tokens_[at_])) return false;
    ++at_;
    return true;
  }
  bool list() {
    do {
      if (!word()) return false;
    } while (mark(','));
    return true;
  }

  // User_Alias ADMINS = a, b : OTHERS = c
  bool alias() {
    ++at_;
    do {
      if (!word() || !mark('=')) return false;
      while (at_ < tokens_.size() && here().text != ":") {
        if (!word() && !mark(',')) return false;
      }
    } while (mark(':'));
    return at_ == tokens_.size();
  }

  // admin, %wheel  ALL=(ALL:ALL) NOPASSWD: ALL, /usr/bin/x : host2 = ...
  bool user_specification() {
    if (!list()) return false;
    do {
      if (!list() || !mark('=') || !commands()) return false;
    } while (mark(':'));
    return at_ == tokens_.size();
  }

  bool commands() {
    do {
      if (mark('(')) {
        while (word() || mark(',') || mark(':')) continue;
        if (!mark(')')) return false;
      }
      while (is_tag(here().text)) {
        ++at_;
        if (!mark(':')) return false;
      }
      while (here().text == "!") ++at_;
      if (here().text.starts_with("sha") && at_ + 1 < tokens_.size() && tokens_[at_ + 1].text == ":")
        at_ += 3;
      if (is_tag(here().text) || !is_command(here().text) || !word()) return false;
      while (word()) continue;  // its arguments
    } while (mark(','));
    return true;
  }

  std::vector<Token> tokens_;
  Token end_;
  std::size_t at_ = 0;
};

class Check {
 public:
  Check(program::Context& context, bool quiet) : context_(context), quiet_(quiet) {}

  bool file(const std::string& path, const std::string& shown) {
    const std::optional<std::string> text = context_.disk().read(path);
    if (!text) {
      context_.err("visudo: " + shown + ": No such file or directory\n");
      return false;
    }
    std::vector<std::string> included;
    bool good = lines(*text, shown, included);
    if (good && !quiet_) context_.out(shown + ": parsed OK\n");
    for (const std::string& one : included) good = include(one) && good;
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
    const std::optional<Token> mistake = SudoersLine(line).mistake();
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
