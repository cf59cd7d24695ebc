// What `vault`, `vault GROUP` and `vault COMMAND -h` print. The first lines, the names and the flags are
// Vault's; the prose is Squall's.
#include <algorithm>
#include <map>

#include "harness/vault/cli/command.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

struct Summary {
  const char* name;
  const char* synopsis;
};

constexpr Summary kCommon[] = {
    {"read", "Read data and retrieves secrets"},
    {"write", "Write data, configuration, and secrets"},
    {"delete", "Delete secrets and configuration"},
    {"list", "List data or secrets"},
    {"login", "Authenticate locally"},
    {"agent", "Start a Vault agent"},
    {"server", "Start a Vault server"},
    {"status", "Print seal and HA status"},
    {"unwrap", "Unwrap a wrapped secret"},
};

constexpr Summary kOther[] = {
    {"audit", "Interact with audit devices"},
    {"auth", "Interact with auth methods"},
    {"kv", "Interact with the key-value store"},
    {"operator", "Perform operator-specific tasks"},
    {"policy", "Interact with policies"},
    {"print", "Prints runtime configurations"},
    {"secrets", "Interact with secrets engines"},
    {"token", "Interact with tokens"},
    {"version", "Prints the version of this stand-in"},
};

struct Group {
  const char* name;
  const char* prose;          // the line under "Usage:"
  const char* synopsis = "";  // where it is a subcommand of another
};
constexpr Group kGroups[] = {
    {"operator", "This command groups subcommands for operators interacting with Vault."},
    {"operator raft", "This command groups subcommands for operators of integrated storage.",
     "Commands of integrated storage"},
    {"operator raft snapshot", "This command groups subcommands for snapshots of integrated storage.",
     "Saves snapshots"},
    {"operator raft autopilot", "This command groups subcommands for the autopilot of integrated storage.",
     "Commands of the autopilot"},
    {"audit", "This command groups subcommands for interacting with audit devices."},
    {"kv", "This command has subcommands for interacting with Vault's key-value store, version 1 and 2."},
    {"kv metadata",
     "This command has subcommands for the metadata of keys in the key-value store (version 2).",
     "Commands of keys' metadata"},
    {"secrets", "This command groups subcommands for interacting with secrets engines."},
    {"auth", "This command groups subcommands for interacting with auth methods."},
    {"policy", "This command groups subcommands for interacting with policies."},
    {"token", "This command groups subcommands for interacting with tokens."},
    {"print", "This command groups subcommands for interacting with the runtime's values."},
};

std::string padded(const std::string& text, std::size_t length) {
  return text + std::string(text.size() < length ? length - text.size() : 0, ' ');
}

template <std::size_t N>
void append_summaries(std::string& out, const Summary (&summaries)[N]) {
  for (const Summary& summary : summaries) out += "\n    " + padded(summary.name, 12) + summary.synopsis;
}

const std::vector<FlagSpec>& connection_flags() {
  static const std::vector<FlagSpec> flags = {
      {"address", FlagKind::text,
       "Where the server listens; before VAULT_ADDR. Default: https://127.0.0.1:8200."},
      {"agent-address", FlagKind::text, "An agent to go through instead; before VAULT_AGENT_ADDR."},
      {"ca-cert", FlagKind::text, "A PEM file with the CA to trust; before VAULT_CACERT."},
      {"ca-path", FlagKind::text, "A directory of such files; before VAULT_CAPATH."},
      {"client-cert", FlagKind::text, "A PEM certificate to show to the server; needs -client-key."},
      {"client-key", FlagKind::text, "The PEM key of -client-cert."},
      {"tls-server-name", FlagKind::text, "The name to expect in the server's certificate."},
      {"tls-skip-verify", FlagKind::boolean,
       "Do not verify the server's certificate; before VAULT_SKIP_VERIFY."},
      {"disable-redirects", FlagKind::boolean, "Do not follow a redirect; before VAULT_DISABLE_REDIRECTS."},
      {"header", FlagKind::map, "A header to add to every request; may be repeated."},
      {"mfa", FlagKind::list, "Sent along; the stand-in asks for no second factor. Before VAULT_MFA."},
      {"namespace", FlagKind::text,
       "Sent along; without Enterprise no server heeds it. Before VAULT_NAMESPACE."},
      {"ns", FlagKind::text, "The same."},
      {"non-interactive", FlagKind::boolean,
       "Never ask on the terminal for a second factor; nothing here does."},
      {"output-curl-string", FlagKind::boolean, "Print the request as a curl command instead of sending it."},
      {"output-policy", FlagKind::boolean, "Print the policy that the request needs instead of sending it."},
      {"policy-override", FlagKind::boolean, "Sent along; there are no Sentinel policies to override."},
      {"unlock-key", FlagKind::text, "Of a locked namespace, which needs Enterprise: sent nowhere."},
      {"wrap-ttl", FlagKind::duration,
       "Answer with a token that stands for the answer this long; before VAULT_WRAP_TTL."},
  };
  return flags;
}

std::vector<FlagSpec> output_flags(Output output) {
  std::vector<FlagSpec> flags;
  if (output == Output::field_and_format) {
    flags.push_back({"field", FlagKind::text, "Print this field alone, without a newline when piped."});
  }
  if (output != Output::none) {
    flags.push_back({"format", FlagKind::text, "table, json or yaml; before VAULT_FORMAT."});
  }
  return flags;
}

void append_flags(std::string& out, const char* title, const std::vector<FlagSpec>& flags) {
  if (flags.empty()) return;
  out += std::string("\n\n") + title + ":";
  for (const FlagSpec& flag : flags) {
    const char* value = flag.kind == FlagKind::boolean    ? ""
                        : flag.kind == FlagKind::integer  ? "=<int>"
                        : flag.kind == FlagKind::duration ? "=<duration>"
                        : flag.kind == FlagKind::map      ? "=<key=value>"
                                                          : "=<string>";
    out += "\n\n  -" + flag.name + value + "\n" + wrapped(flag.help, 6);
  }
}

}  // namespace

std::vector<FlagSpec> all_flags(const Command& command) {
  std::vector<FlagSpec> flags = command.flags;
  for (const auto& more : {connection_flags(), output_flags(command.output)}) {
    flags.insert(flags.end(), more.begin(), more.end());
  }
  return flags;
}

std::string command_help(const Command& command) {
  std::string out = "Usage: vault " + command.name + (command.usage.empty() ? "" : " " + command.usage) +
                    "\n\n" + wrapped(command.synopsis + ".", 2);
  append_flags(out, "HTTP Options", connection_flags());
  append_flags(out, "Output Options", output_flags(command.output));
  append_flags(out, "Command Options", command.flags);
  return out;
}

std::string server_help() {
  return "Usage: vault server [options]\n\n" + wrapped(
                                                   "Starts a node of the Squall stand-in, which runs until "
                                                   "it is told to stop. A configuration file is "
                                                   "needed: vault server -config=/etc/vault.d/vault.hcl.",
                                                   2);
}

std::string group_help(const std::vector<Command>& commands, const std::string& group) {
  const char* arguments = group == "print" ? "" : " [options] [args]";
  std::string out = "Usage: vault " + group + " <subcommand>" + arguments + "\n\n";
  for (const Group& known : kGroups) {
    if (group == known.name) out += wrapped(known.prose, 2) + "\n\n";
  }
  std::map<std::string, std::string> subcommands;
  std::size_t longest = 0;
  for (const Command& command : commands) {
    if (!command.name.starts_with(group + " ")) continue;
    const std::string name = command.name.substr(group.size() + 1);
    if (name.find(' ') != std::string::npos) continue;  // of a group below, which is listed itself
    subcommands[name] = command.synopsis;
  }
  for (const Group& known : kGroups) {
    const std::string name = known.name;
    if (name.starts_with(group + " ") && name.find(' ', group.size() + 1) == std::string::npos)
      subcommands[name.substr(group.size() + 1)] = known.synopsis;
  }
  for (const auto& [name, synopsis] : subcommands) longest = std::max(longest, name.size());
  out += "Subcommands:";
  for (const auto& [name, synopsis] : subcommands) out += "\n    " + padded(name, longest + 4) + synopsis;
  return out;
}

std::string main_help(const std::vector<Command>& commands) {
  std::string out = "Usage: vault <command> [args]\n\nCommon commands:";
  append_summaries(out, kCommon);
  out += "\n\nOther commands:";
  append_summaries(out, kOther);
  std::string names;
  for (const Command& command : commands) names += (names.empty() ? "" : ", ") + command.name;
  return out + "\n\n" +
         wrapped("This is the Squall stand-in. It serves: server, " + names +
                 ". It refuses the others by name.");
}

}  // namespace squall::vault::cli
