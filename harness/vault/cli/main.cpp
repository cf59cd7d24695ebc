// `vault server` is harness/vault/server's; every other command is of this folder.
//
// Finds the command as mitchellh/cli does (the longest name that fits), the output format as Vault's
// command/main.go does (from -format anywhere, then VAULT_FORMAT), and runs it.
#include "harness/vault/cli/main.hpp"

#include <algorithm>
#include <array>

#include "emulator/base/ascii.hpp"
#include "harness/vault/cli/autocomplete.hpp"
#include "harness/vault/cli/client.hpp"
#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/table.hpp"
#include "harness/vault/cli/value.hpp"
#include "harness/vault/server/server.hpp"

namespace squall::vault::cli {

namespace {

constexpr int kUnknownCommand = 127;

// What Vault has and the stand-in has not; a name stands for those below it too.
constexpr std::array<std::string_view, 19> kNotServed = {"agent",
                                                         "auth help",
                                                         "debug",
                                                         "events",
                                                         "lease",
                                                         "monitor",
                                                         "namespace",
                                                         "operator diagnose",
                                                         "operator migrate",
                                                         "operator usage",
                                                         "path-help",
                                                         "pki",
                                                         "plugin",
                                                         "policy fmt",
                                                         "proxy",
                                                         "ssh",
                                                         "transform",
                                                         "transit",
                                                         "version-history"};

constexpr std::array<std::string_view, 12> kGroups = {"operator",
                                                      "operator raft",
                                                      "operator raft snapshot",
                                                      "operator raft autopilot",
                                                      "kv",
                                                      "kv metadata",
                                                      "secrets",
                                                      "auth",
                                                      "policy",
                                                      "token",
                                                      "print",
                                                      "audit"};

struct OutputChoice {
  std::string format = "table";
  bool detailed = false;
};

bool is_flag(const std::string& argument, const std::string& name) {
  return argument == "-" + name || argument == "--" + name;
}

std::optional<std::string> flag_value(const std::string& argument, const std::string& name) {
  for (const std::string& start : {"-" + name + "=", "--" + name + "="}) {
    if (argument.starts_with(start)) return argument.substr(start.size());
  }
  return {};
}

OutputChoice output_choice(const program::Context& context, const std::vector<std::string>& arguments) {
  std::string format;
  OutputChoice choice;
  choice.detailed = parse_go_bool(context.env("VAULT_DETAILED")).value_or(false);
  bool format_next = false;
  for (const std::string& argument : arguments) {
    if (format_next) {
      format_next = false;
      format = argument;
      continue;
    }
    if (argument == "--") break;
    if (const auto value = flag_value(argument, "format")) format = *value;
    if (is_flag(argument, "format")) format_next = true;
    if (const auto value = flag_value(argument, "detailed"))
      choice.detailed = parse_go_bool(*value).value_or(false);
    if (is_flag(argument, "detailed")) choice.detailed = true;
  }
  if (format.empty()) format = context.env("VAULT_FORMAT");
  if (!format.empty()) choice.format = base::ascii_lower(format);
  return choice;
}

bool known_format(const std::string& format) {
  constexpr std::array<std::string_view, 6> formats = {"table", "json", "yaml", "yml", "pretty", "raw"};
  return std::find(formats.begin(), formats.end(), format) != formats.end();
}

bool asks_for_help(const std::vector<std::string>& arguments) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::any_of(arguments.begin(), end, [](const std::string& argument) {
    return argument == "-h" || argument == "-help" || argument == "--help";
  });
}

// The words that lead to the command: those before the first flag.
std::vector<std::string> leading_words(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (const std::string& argument : arguments) {
    if (argument.starts_with('-')) break;
    words.push_back(argument);
  }
  return words;
}

std::string first_words(const std::vector<std::string>& words, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? " " : "") + words[i];
  return text;
}

template <class Names>
std::string longest_match(const std::vector<std::string>& words, const Names& names) {
  for (std::size_t count = std::min<std::size_t>(words.size(), 4); count > 0; --count) {
    const std::string name = first_words(words, count);
    if (std::find(names.begin(), names.end(), name) != names.end()) return name;
  }
  return {};
}

const Command* find_command(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.name);
  const std::string name = longest_match(words, names);
  const auto it =
      std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return c.name == name; });
  return it == commands.end() ? nullptr : &*it;
}

// `vault -format=json status`: the command, which does not run.
const Command* command_behind_flags(const std::vector<Command>& commands,
                                    const std::vector<std::string>& arguments) {
  const auto first = std::find_if(arguments.begin(), arguments.end(),
                                  [](const std::string& argument) { return !argument.starts_with('-'); });
  return find_command(commands, leading_words({first, arguments.end()}));
}

// Flags after the first argument are not parsed as flags; Vault says so.
std::string warning_of_late_flags(const std::vector<std::string>& arguments) {
  std::string late;
  for (const std::string& argument : arguments) {
    if (!argument.starts_with('-') || argument == "-") continue;
    std::string name = argument.substr(argument.find_first_not_of('-') == std::string::npos
                                           ? argument.size()
                                           : argument.find_first_not_of('-'));
    name = name.substr(0, name.find('='));
    if (name == "output-curl-string" || name == "output-policy" || name == "format" || name == "detailed")
      continue;
    late += (late.empty() ? "" : ",") + argument;
  }
  if (late.empty()) return {};
  return "Command flags must be provided before positional arguments. The following arguments will not be "
         "parsed as "
         "flags: [" +
         late + "]";
}

void warn_of_late_flags(program::Context& context, const std::vector<std::string>& arguments,
                        const OutputChoice& choice) {
  const std::string late = warning_of_late_flags(arguments);
  if (!late.empty() && choice.format == "table") context.err(late + "\n");
}

world::Task<int> run_command(program::Context& context, const Command& command, std::vector<std::string> rest,
                             OutputChoice choice) {
  std::string report, shows;  // of the latter: what it was to print instead of doing it
  int exit_status = 1;
  try {
    Session session(context, Flags(all_flags(command), rest), choice.format, choice.detailed);
    if (session.flags().on("output-policy")) shows = "policy";
    if (session.flags().on("output-curl-string")) shows = "cURL";
    warn_of_late_flags(context, session.arguments(), choice);
    if (choice.format == "raw" && command.name != "read")
      throw Failure(1, "This command does not support the -format=raw option.");
    exit_status = co_await command.run(session);
    if (shows.empty()) co_return exit_status;
    if (exit_status == 0) context.err("Could not generate " + shows + (shows == "cURL" ? " command" : ""));
    co_return 1;
  } catch (const FlagError& error) {
    warn_of_late_flags(context, error.rest, choice);
    report = error.what();
  } catch (const RequestShown& shown) {
    context.out(shown.text + "\n");
    co_return 0;
  } catch (const Failure& failure) {
    report = failure.what();
    exit_status = failure.exit_status;
  }
  if (!report.empty()) context.err(report + "\n");
  if (!shows.empty())
    context.err("Unable to generate " + shows + (shows == "cURL" ? " string" : "") + " from command\n");
  co_return exit_status;
}

int print_group(program::Context& context, const std::vector<Command>& commands, const std::string& group,
                bool asked) {
  const std::string help = group_help(commands, group) + "\n";
  asked ? context.out(help) : context.err(help);
  return asked ? 0 : 1;
}

}  // namespace

std::vector<Command> all_commands() {
  std::vector<Command> commands;
  for (const auto add :
       {add_status_commands, add_init_commands, add_unseal_commands, add_operator_commands,
        add_rekey_commands, add_generate_root_commands, add_raft_commands, add_audit_commands,
        add_unwrap_commands, add_login_commands, add_token_commands, add_generic_commands, add_kv_commands,
        add_kv_version_commands, add_kv_metadata_commands, add_mount_commands, add_mount_change_commands,
        add_policy_commands}) {
    add(commands);
  }
  return commands;
}

namespace {

world::Task<int> dispatch(program::Context& context) {
  std::vector<std::string> arguments(context.invocation().argv.begin() + 1, context.invocation().argv.end());
  if (arguments.size() == 1 &&
      (arguments[0] == "-v" || arguments[0] == "-version" || arguments[0] == "--version")) {
    arguments[0] = "version";
  }
  if (const std::optional<int> done = change_autocomplete(context, arguments)) co_return *done;
  const OutputChoice choice = output_choice(context, arguments);
  const bool serves = !arguments.empty() && arguments[0] == "server";
  if (!known_format(choice.format)) {
    context.err("Invalid output format: " + choice.format + "\n");
    co_return 1;
  }
  const std::vector<Command> commands = all_commands();
  const std::vector<std::string> words = leading_words(arguments);
  const bool help = asks_for_help(arguments);
  if (serves && !help) {
    std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    co_return co_await server_program(context, std::move(rest));
  }
  if (serves) {
    context.out(server_help() + "\n");
    co_return 0;
  }
  if (const Command* behind = words.empty() && !help ? command_behind_flags(commands, arguments) : nullptr) {
    context.err(
        "Invalid flags before the subcommand. If these flags are for\nthe subcommand, please put them after "
        "the "
        "subcommand.\n\n" +
        command_help(*behind) + "\n");
    co_return 1;
  }
  const Command* command = find_command(commands, words);
  if (command && help) {
    context.out(command_help(*command) + "\n");
    co_return 0;
  }
  if (command) {
    const auto used = static_cast<std::ptrdiff_t>(split(command->name, ' ').size());
    std::vector<std::string> rest(arguments.begin() + used, arguments.end());
    co_return co_await run_command(context, *command, std::move(rest), choice);
  }
  const std::string refused = longest_match(words, kNotServed);
  if (!refused.empty()) {
    context.err("vault " + refused + " is not served by the Squall stand-in\n");
    co_return 1;
  }
  const std::string group = longest_match(words, kGroups);
  if (!group.empty()) co_return print_group(context, commands, group, help);
  const std::string text = main_help(commands) + "\n";
  if (help && words.empty()) {
    context.out(text);
    co_return 0;
  }
  context.err(text);
  co_return kUnknownCommand;
}

}  // namespace
}  // namespace squall::vault::cli

namespace squall::vault {

world::Task<int> main_program(program::Context& context) { return cli::dispatch(context); }

}  // namespace squall::vault
