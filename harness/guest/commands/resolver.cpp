// Names as scripts look them up: getent(1), and dig, host and nslookup of BIND's tools as far as scripts ask
// for an address.
#include <algorithm>
#include <sstream>

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
  Words words = context.invocation().argv;
  words.erase(words.begin());
  if (words.empty()) {
    context.err(
        "getent: wrong number of arguments\nTry `getent --help' or `getent --usage' for more "
        "information.\n");
    co_return 1;
  }
  const std::string database = words[0];
  const bool hosts = database == "hosts" || database == "ahosts" || database == "ahostsv4";
  if (!hosts && database != "passwd" && database != "group" && database != "shadow") {
    context.err("getent: the database " + database + " is not served by Squall's guests\n");
    co_return 1;
  }
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

world::Task<int> dig(Guest&, program::Context& context) {
  Words names;
  bool brief = false;
  const Words& argv = context.invocation().argv;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (word == "+short")
      brief = true;
    else if (word == "-t" && i + 1 < argv.size() && argv[i + 1] == "A")
      ++i;
    else if (word[0] != '+' && word[0] != '@' && word != "A" && word != "IN" && word != "-4")
      names.push_back(word);
  }
  if (!brief || names.size() != 1 || names[0][0] == '-') {
    context.err("dig: Squall's guests serve dig +short NAME, for addresses\n");
    co_return 1;
  }
  if (auto address = context.network().resolve(names[0])) context.out(*address + "\n");
  co_return 0;
}

world::Task<int> host(Guest&, program::Context& context) {
  Words words = package_operands(context.invocation().argv);
  if (words.empty()) {
    context.err("Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n");
    co_return 1;
  }
  auto address = context.network().resolve(words[0]);
  context.out(address ? words[0] + " has address " + *address + "\n"
                      : "Host " + words[0] + " not found: 3(NXDOMAIN)\n");
  co_return address ? 0 : 1;
}

world::Task<int> nslookup(Guest&, program::Context& context) {
  Words words = package_operands(context.invocation().argv);
  if (words.empty()) {
    context.err("nslookup: Squall's guests serve nslookup NAME\n");
    co_return 1;
  }
  auto address = context.network().resolve(words[0]);
  std::string text = std::string("Server:\t\t") + resolver + "\nAddress:\t" + resolver + "#53\n\n";
  text += address ? "Non-authoritative answer:\nName:\t" + words[0] + "\nAddress: " + *address + "\n\n"
                  : "** server can't find " + words[0] + ": NXDOMAIN\n\n";
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
