#include "harness/guest/systemd/exec_command.hpp"

#include <algorithm>
#include <cctype>

namespace squall::guest::systemd {
namespace {

const std::string* find_variable(const Environment& environment, std::string_view name) {
  for (const auto& [key, value] : environment)
    if (key == name) return &value;
  return nullptr;
}

// The "-", "@", ":", "+", "!" before the path; true if argv[0] is given separately.
bool take_prefixes(std::string& word, ExecCommand& command) {
  bool separate_name = false;
  while (!word.empty()) {
    switch (word.front()) {
      case '-':
        command.ignore_failure = true;
        break;
      case '@':
        separate_name = true;
        break;
      case ':':
        command.expand = false;
        break;
      case '+':
      case '!':
        command.full_privileges = true;
        break;
      default:
        return separate_name;
    }
    word.erase(0, 1);
  }
  return separate_name;
}

std::string expand_word(const std::string& word, const Environment& environment) {
  std::string result;
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (word[at] != '$' || at + 1 == word.size()) {
      result += word[at];
    } else if (word[at + 1] == '$') {
      result += '$';
      ++at;
    } else if (word[at + 1] == '{') {
      const std::size_t end = word.find('}', at);
      if (end == std::string::npos) return result + word.substr(at);
      if (const std::string* value = find_variable(environment, word.substr(at + 2, end - at - 2)))
        result += *value;
      at = end;
    } else {
      result += '$';
    }
  }
  return result;
}

// A line of an environment file after "NAME=".
std::string unquote_value(std::string_view raw) {
  std::string value;
  char quote = 0;
  std::size_t kept = 0;  // blanks at the end count only inside quotes
  for (std::size_t at = 0; at < raw.size(); ++at) {
    const char c = raw[at];
    if (quote == 0 && (c == '"' || c == '\'') && value.size() == kept) {
      quote = c;
      continue;
    }
    if (quote != 0 && c == quote) {
      quote = 0;
      kept = value.size();
      continue;
    }
    if (c == '\\' && quote != '\'' && at + 1 < raw.size()) {
      const char next = raw[++at];
      if (quote == '"' && std::string_view("\"\\`$").find(next) == std::string_view::npos) value += '\\';
      value += next;
      kept = value.size();
      continue;
    }
    value += c;
    if (quote != 0 || std::isspace(static_cast<unsigned char>(c)) == 0) kept = value.size();
  }
  return value.substr(0, kept);
}

}  // namespace

bool parse_exec(std::string_view value, const SpecifierContext& specifiers, const std::string& where,
                std::vector<ExecCommand>& commands, std::vector<Message>& messages) {
  auto refuse = [&](journal::Priority priority, const std::string& text) {
    messages.push_back({priority, where + ": " + text});
  };
  auto words = split_words(value);
  if (!words) {
    refuse(journal::Priority::err, "Unbalanced quoting in command line, ignoring: " + std::string(value));
    return false;
  }
  std::size_t at = 0;
  while (at < words->size()) {
    ExecCommand command;
    std::string first = (*words)[at++];
    const bool separate_name = take_prefixes(first, command);
    auto path = expand_specifiers(first, specifiers);
    if (!path || path->empty()) {
      refuse(journal::Priority::err, "Empty path in command line: " + std::string(value));
      return false;
    }
    if ((*path)[0] != '/' && path->find('/') != std::string::npos) {
      refuse(journal::Priority::err, "Neither a valid executable name nor an absolute path: " + *path);
      return false;
    }
    command.path = *path;
    if (!separate_name) command.argv.push_back(*path);
    for (; at < words->size() && (*words)[at] != ";"; ++at) {
      auto word = expand_specifiers((*words)[at] == "\\;" ? ";" : (*words)[at], specifiers);
      if (!word) {
        refuse(journal::Priority::err,
               "Failed to resolve unit specifiers in " + (*words)[at] + ": Invalid slot");
        return false;
      }
      command.argv.push_back(*word);
    }
    if (at < words->size()) ++at;
    if (command.argv.empty()) command.argv.push_back(command.path);
    commands.push_back(std::move(command));
  }
  return true;
}

std::vector<std::string> expand_argv(const ExecCommand& command, const Environment& environment) {
  if (!command.expand) return command.argv;
  std::vector<std::string> result;
  for (const std::string& word : command.argv) {
    const bool alone = word.size() > 1 && word[0] == '$' && word[1] != '{' && word[1] != '$';
    if (!alone) {
      result.push_back(expand_word(word, environment));
      continue;
    }
    const std::string* value = find_variable(environment, word.substr(1));
    if (value == nullptr) continue;
    auto pieces = split_words(*value);
    if (!pieces) pieces = std::vector<std::string>{*value};
    result.insert(result.end(), pieces->begin(), pieces->end());
  }
  return result;
}

bool valid_environment_name(std::string_view name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; });
}

Environment parse_environment_file(std::string_view text, std::vector<std::string>& invalid) {
  Environment result;
  std::string logical;
  auto finish = [&] {
    const std::string line = trim(logical);
    logical.clear();
    if (line.empty() || line[0] == '#' || line[0] == ';') return;
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) return;
    const std::string name = trim(line.substr(0, equals));
    const std::string value = unquote_value(trim(line.substr(equals + 1)));
    if (valid_environment_name(name))
      set_variable(result, name, value);
    else
      invalid.push_back(name + "=" + value);
  };
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\\') && !trim(line).starts_with('#')) {
      logical += line.substr(0, line.size() - 1);
      continue;
    }
    logical += line;
    finish();
  }
  finish();
  return result;
}

void set_variable(Environment& environment, const std::string& name, const std::string& value) {
  for (auto& [key, old] : environment) {
    if (key != name) continue;
    old = value;
    return;
  }
  environment.emplace_back(name, value);
}

}  // namespace squall::guest::systemd
