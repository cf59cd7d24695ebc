// See command_line.hpp.
#include "harness/guest/commands/command_line.hpp"

#include <algorithm>
#include <sstream>

namespace squall::guest {

using journal::Argument;

std::vector<journal::Option> named_options(std::string_view text) {
  std::vector<journal::Option> table;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    journal::Option option;
    if (word.ends_with('=') || word.ends_with('?')) {
      option.argument = word.back() == '=' ? Argument::required : Argument::optional;
      word.pop_back();
    }
    const bool both = word.size() > 2 && word[1] == ',';
    if (both || word.size() == 1) option.letter = word[0];
    if (word.size() > 1) option.name = word.substr(both ? 2 : 0);
    table.push_back(std::move(option));
  }
  return table;
}

bool CommandLine::has(std::string_view name) const {
  for (const auto& [option, value] : options)
    if (option == name) return true;
  return false;
}

std::string CommandLine::value(std::string_view name, std::string otherwise) const {
  for (const auto& [option, value] : options)
    if (option == name) otherwise = value;
  return otherwise;
}

Words CommandLine::values(std::string_view name) const {
  Words found;
  for (const auto& [option, value] : options)
    if (option == name) found.push_back(value);
  return found;
}

std::string command_name(const Words& argv) { return argv[0].substr(argv[0].find_last_of('/') + 1); }

bool is_among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool complains(program::Context& context, const CommandLine& line) {
  context.err(line.complaint);
  return !line.complaint.empty();
}

void refuse(program::Context& context, const std::string& what) {
  context.err(command_name(context.invocation().argv) + ": " + what + " is not served by Squall's guests\n");
}

std::string not_served(const std::string& command, const std::string& option) {
  return command + ": " + (option.size() == 1 ? "-" : "--") + option + " is not served by Squall's guests\n";
}

CommandLine read_command_line(const Words& argv, const OptionSet& options, const char* usage) {
  const std::string name = command_name(argv);
  std::vector<journal::Option> table = named_options(options.served);
  const std::size_t served = table.size();
  const bool refuses_others = options.refused == "*";
  if (!refuses_others)
    for (journal::Option& one : named_options(options.refused)) table.push_back(std::move(one));
  journal::ParsedOptions parsed = journal::parse_options(name, table, {argv.begin() + 1, argv.end()});
  CommandLine line{std::move(parsed.rest), std::move(parsed.options), {}};
  for (const auto& [option, value] : line.options)
    for (std::size_t i = served; i < table.size() && line.complaint.empty(); ++i)
      if (option == table[i].name || (table[i].name.empty() && option[0] == table[i].letter))
        line.complaint = not_served(name, option);
  if (refuses_others && !parsed.unknown.empty())
    line.complaint = name + ": " + parsed.unknown + " is not served by Squall's guests\n";
  else if (line.complaint.empty() && !parsed.error.empty())
    line.complaint =
        parsed.error + "\n" +
        (usage == nullptr ? "Try '" + name + " --help' for more information.\n" : std::string(usage));
  return line;
}

}  // namespace squall::guest
