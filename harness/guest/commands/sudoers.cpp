// sudoers(5) of sudo 1.9, a logical line at a time: aliases, defaults, includes, who may run what as whom.
#include "harness/guest/commands/sudoers.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace squall::guest {
namespace {

using Token = SudoersMistake;  // a mistake is the token at which it shows

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
        at_ = std::min(at_ + 3, tokens_.size());
      if (is_tag(here().text) || !is_command(here().text) || !word()) return false;
      while (word()) continue;  // its arguments
    } while (mark(','));
    return true;
  }

  std::vector<Token> tokens_;
  Token end_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<SudoersMistake> sudoers_mistake(const std::string& line) { return SudoersLine(line).mistake(); }

}  // namespace squall::guest
