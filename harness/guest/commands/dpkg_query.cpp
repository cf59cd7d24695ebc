// dpkg-query(1): what is installed, as lists (-l), in a format of one's own (-W, -f) or in full (-s).
#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr OptionSet options{"W,show l,list s,status f,showformat= no-pager load-avail", "*"};

struct Query {
  char action = 0;  // 'W', 'l' or 's'
  std::string format = "${Package}\t${Version}\n";
  Words names;
};

Query query_of(const CommandLine& words) {
  Query query;
  for (const auto& [name, letter] :
       {std::pair{"show", 'W'}, std::pair{"list", 'l'}, std::pair{"status", 's'}})
    if (words.has(name)) query.action = letter;
  query.format = words.value("showformat", query.format);
  if (query.format.starts_with('=')) query.format.erase(0, 1);  // "-f=${Package}"
  for (const std::string& name : words.operands) query.names.push_back(name.substr(0, name.find(':')));
  return query;
}

std::string field_of(const std::string& field, const std::string& name, const std::string& version) {
  if (field == "Package" || field == "binary:Package") return name;
  if (field == "Version") return version;
  if (field == "Status") return "install ok installed";
  if (field == "db:Status-Abbrev") return "ii ";
  if (field == "db:Status-Status") return "installed";
  return field == "Architecture" ? "amd64" : "";
}

std::string formatted(const std::string& format, const std::string& name, const std::string& version) {
  std::string text;
  for (std::size_t i = 0; i < format.size(); ++i) {
    std::size_t close = format.find('}', i);
    if (format[i] == '$' && i + 1 < format.size() && format[i + 1] == '{' && close != std::string::npos) {
      text += field_of(format.substr(i + 2, close - i - 2), name, version);
      i = close;
    } else if (format[i] == '\\' && i + 1 < format.size()) {
      const char escaped = format[++i];
      text += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
    } else {
      text += format[i];
    }
  }
  return text;
}

constexpr char list_heading[] =
    "Desired=Unknown/Install/Remove/Purge/Hold\n"
    "| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n"
    "|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n"
    "||/ Name           Version      Architecture Description\n"
    "+++-==============-============-============-=================================\n";

std::string list_line(const std::string& name, const std::string& version) {
  auto padded = [](std::string text, std::size_t width) {
    text.append(width - std::min(width, text.size()), ' ');
    return text + " ";
  };
  return "ii  " + padded(name, 14) + padded(version, 12) + padded("amd64", 12) + name + "\n";
}

std::string describe(const Query& query, const std::string& name, const std::string& version) {
  if (query.action == 'W') return formatted(query.format, name, version);
  if (query.action == 'l') return list_line(name, version);
  return "Package: " + name + "\nStatus: install ok installed\nVersion: " + version + "\n";
}

}  // namespace

world::Task<int> dpkg_query(Guest& guest, program::Context& context) {
  const CommandLine words = read_command_line(context.invocation().argv, options);
  if (complains(context, words)) co_return 2;
  const Query query = query_of(words);
  if (query.action == 0) {
    context.err("dpkg-query: error: need an action option\n");
    co_return 2;
  }
  const auto installed = installed_packages(guest);
  std::string text;
  int status = 0;
  if (query.names.empty())
    for (const auto& [name, version] : installed) text += describe(query, name, version);
  for (const std::string& name : query.names) {
    auto found = installed.find(name);
    if (found != installed.end()) {
      text += describe(query, name, found->second);
      continue;
    }
    context.err(query.action == 's'
                    ? "dpkg-query: package '" + name + "' is not installed and no information is available\n"
                    : "dpkg-query: no packages found matching " + name + "\n");
    status = 1;
  }
  if (query.action == 'l' && !text.empty()) text.insert(0, list_heading);
  context.out(text);
  co_return status;
}

}  // namespace squall::guest
