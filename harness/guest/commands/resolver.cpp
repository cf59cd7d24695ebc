// Names as scripts look them up: getent(1), and dig, host and nslookup of BIND's tools as far as scripts ask
// for an address.
#include <algorithm>
#include <sstream>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr char resolver[] = "169.254.169.253";  // of every VPC

// The line of a file of colons whose first or third field is `key`; empty when there is none.
std::string entry_of(const std::string& file, const std::string& key) {
  std::istringstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream parts(line);
    std::string name, password, number;
    std::getline(parts, name, ':'), std::getline(parts, password, ':'), std::getline(parts, number, ':');
    if (name == key || number == key) return line + "\n";
  }
  return {};
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

// What getent prints of a host: "10.0.1.10       vault.internal"; of ahosts a line for each kind of socket.
std::string host_lines(const std::string& database, const std::string& address, const std::string& name) {
  if (database == "hosts") return padded(address, 16) + name + "\n";
  return padded(address, 16) + "STREAM " + name + "\n" + padded(address, 16) + "DGRAM  \n" +
         padded(address, 16) + "RAW    \n";
}

world::Task<int> getent(Guest&, program::Context& context) {
  static constexpr std::string_view others[] = {"ahostsv6", "aliases",  "ethers",    "gshadow", "initgroups",
                                                "netgroup", "networks", "protocols", "rpc",     "services"};
  constexpr char hint[] = "Try `getent --help' or `getent --usage' for more information.\n";
  const CommandLine line =
      read_command_line(context.invocation().argv, {"i,no-idn", "s,service= ?,help usage V,version"}, hint);
  const Words& words = line.operands;
  const std::string database = words.empty() ? "" : words[0];
  const bool hosts = database == "hosts" || database == "ahosts" || database == "ahostsv4";
  std::string complaint = line.complaint;
  if (complaint.empty() && words.empty())
    complaint = std::string("getent: wrong number of arguments\n") + hint;
  else if (complaint.empty() && std::find(std::begin(others), std::end(others), database) != std::end(others))
    complaint = "getent: the database " + database + " is not served by Squall's guests\n";
  else if (complaint.empty() && !hosts && database != "passwd" && database != "group" && database != "shadow")
    complaint = "Unknown database: " + database + "\n" + hint;
  if (!complaint.empty()) {
    context.err(complaint);
    co_return 1;
  }
  if (database == "shadow" && context.invocation().uid != 0) co_return words.size() == 1 ? 0 : 2;
  const std::string file = context.disk().read(hosts ? "/etc/hosts" : "/etc/" + database).value_or("");
  if (words.size() == 1) {
    context.out(file);
    co_return 0;
  }
  int status = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string found;
    if (!hosts)
      found = entry_of(file, words[i]);
    else if (auto address = context.network().resolve(words[i]))
      found = host_lines(database, *address, words[i]);
    if (found.empty()) status = 2;
    context.out(found);
  }
  co_return status;
}

// The server that a lookup names: nothing answers queries in this world but the VPC's resolver, which
// resolv.conf has too.
bool answers(const std::string& server) { return server.empty() || server == resolver; }

// Words that say how long dig waits, or how it asks: nothing comes late here, and TCP says the same as UDP.
bool is_patience(const std::string& word) {
  for (const char* known : {"+time=", "+timeout=", "+tries=", "+retry=", "+ndots="})
    if (word.starts_with(known)) return true;
  return word == "+tcp" || word == "+notcp" || word == "+search" || word == "+nosearch" || word == "+recurse";
}

struct DigOptions {
  std::string name, server, refused;
  bool brief = false, all = true, answer = false;
};

DigOptions read_dig(const Words& argv) {
  DigOptions options;
  for (std::size_t i = 1; i < argv.size() && options.refused.empty(); ++i) {
    const std::string& word = argv[i];
    if (word == "+short")
      options.brief = true;
    else if (word == "+noall")
      options.all = options.answer = false;
    else if (word == "+answer")
      options.answer = true;
    else if (word.starts_with('@'))
      options.server = word.substr(1);
    else if (word == "-t" && i + 1 < argv.size() && argv[i + 1] == "A")
      ++i;
    else if (word == "A" || word == "a" || word == "IN" || word == "-4" || is_patience(word))
      continue;
    else if (word.starts_with('+') || word.starts_with('-') || !options.name.empty())
      options.refused = word;
    else
      options.name = word;
  }
  if (options.refused.empty() && !options.brief && (options.all || !options.answer))
    options.refused = "an answer in full";
  return options;
}

world::Task<int> dig(Guest&, program::Context& context) {
  const DigOptions options = read_dig(context.invocation().argv);
  if (!options.refused.empty() || options.name.empty()) {
    context.err(
        "dig: Squall's guests serve dig +short NAME and dig +noall +answer NAME, for addresses; not " +
        (options.refused.empty() ? "a query without a name" : options.refused) + "\n");
    co_return 1;
  }
  if (!answers(options.server)) {
    context.out(";; connection timed out; no servers could be reached\n");
    co_return 9;
  }
  const std::optional<std::string> address = context.network().resolve(options.name);
  if (address)
    context.out(options.brief ? *address + "\n" : options.name + ".\t\t60\tIN\tA\t" + *address + "\n");
  co_return 0;
}

// host NAME [SERVER] and nslookup NAME [SERVER]; `kept` are the options that change nothing for an address.
struct Lookup {
  std::string name, server, refused;
};

Lookup read_lookup(const Words& argv, std::initializer_list<std::string_view> kept) {
  Lookup lookup;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    const bool has_value = (word == "-t" || word == "-W" || word == "-R") && i + 1 < argv.size();
    if (has_value && (word != "-t" || argv[i + 1] == "A" || argv[i + 1] == "a"))
      ++i;
    else if (std::find(kept.begin(), kept.end(), word) != kept.end())
      continue;
    else if (word.starts_with('-') || !lookup.server.empty())
      lookup.refused = word == "-t" && has_value ? word + " " + argv[i + 1] : word;
    else
      (lookup.name.empty() ? lookup.name : lookup.server) = word;
  }
  return lookup;
}

world::Task<int> host(Guest&, program::Context& context) {
  const Lookup lookup = read_lookup(context.invocation().argv, {"-4"});
  if (!lookup.refused.empty()) {
    context.err("host: " + lookup.refused + " is not served by Squall's guests\n");
    co_return 1;
  }
  if (lookup.name.empty()) {
    context.err("Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n");
    co_return 1;
  }
  if (!answers(lookup.server)) {
    context.out(";; connection timed out; no servers could be reached\n");
    co_return 1;
  }
  auto address = context.network().resolve(lookup.name);
  context.out(address ? lookup.name + " has address " + *address + "\n"
                      : "Host " + lookup.name + " not found: 3(NXDOMAIN)\n");
  co_return address ? 0 : 1;
}

world::Task<int> nslookup(Guest&, program::Context& context) {
  const Lookup lookup = read_lookup(context.invocation().argv, {"-type=A", "-type=a", "-query=A", "-debug"});
  if (!lookup.refused.empty() || lookup.name.empty()) {
    context.err("nslookup: Squall's guests serve nslookup NAME [SERVER], for addresses\n");
    co_return 1;
  }
  if (!answers(lookup.server)) {
    context.out(";; connection timed out; no servers could be reached\n\n");
    co_return 1;
  }
  auto address = context.network().resolve(lookup.name);
  std::string text = std::string("Server:\t\t") + resolver + "\nAddress:\t" + resolver + "#53\n\n";
  text += address ? "Non-authoritative answer:\nName:\t" + lookup.name + "\nAddress: " + *address + "\n\n"
                  : "** server can't find " + lookup.name + ": NXDOMAIN\n\n";
  context.out(text);
  co_return address ? 0 : 1;
}

}  // namespace

std::map<std::string, program::Program> resolver_commands(Guest& guest) {
  return {{"getent", bind(guest, getent)},
          {"dig", bind(guest, dig)},
          {"host", bind(guest, host)},
          {"nslookup", bind(guest, nslookup)}};
}

}  // namespace squall::guest
