// setcap and getcap of libcap 2.66. Capabilities are noted beside the file: nothing in a guest's world asks
// the kernel for them.
#include <algorithm>
#include <sstream>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr char notes_file[] = "/var/lib/squall/capabilities";  // "path caps" lines

constexpr char setcap_usage[] =
    "usage: setcap [-h] [-q] [-v] [-n <rootid>] (-r|-|<caps>) <filename> [ ... (-r|-|<capsN>) <filenameN> "
    "]\n";
constexpr char getcap_usage[] = "usage: getcap [-h] [-l] [-n] [-r] [-v] <filename> [<filename> ...]\n";

using Notes = std::vector<std::pair<std::string, std::string>>;  // path, capabilities

Notes read_notes(Guest& guest) {
  Notes notes;
  std::istringstream lines(guest.disk().read(notes_file).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.rfind(' ');
    if (blank != std::string::npos) notes.emplace_back(line.substr(0, blank), line.substr(blank + 1));
  }
  return notes;
}

void write_notes(Guest& guest, const Notes& notes) {
  std::string text;
  for (const auto& [path, caps] : notes) text += path + " " + caps + "\n";
  guest.disk().make_directories("/var/lib/squall", 0755);
  guest.disk().write(notes_file, text, 0644);
}

std::string caps_of(const Notes& notes, const std::string& path) {
  for (const auto& [one, caps] : notes)
    if (one == path) return caps;
  return "";
}

// "CAP_IPC_LOCK=+ep" and "cap_ipc_lock+ep" are "cap_ipc_lock=ep", as cap_to_text(3) has it. Empty: no text of
// capabilities.
std::string canonical(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::size_t sign = text.find_first_of("=+-");
  if (sign == std::string::npos || (!text.starts_with("cap_") && !text.starts_with("all") && sign != 0))
    return "";
  std::string flags = text.substr(sign + 1);
  if (flags.starts_with('+')) flags.erase(0, 1);
  if (flags.find_first_not_of("eip") != std::string::npos) return "";
  return text.substr(0, sign) + (text[sign] == '-' ? "-" : "=") + flags;
}

struct Change {
  std::string caps, file;  // caps empty: removed
};

// Answers what is wrong, whole lines; empty: nothing.
std::string read_changes(const Words& argv, std::vector<Change>& changes, bool& verifies, bool& quiet) {
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (word == "-q") {
      quiet = true;
    } else if (word == "-v") {
      verifies = true;
    } else if (word == "-n" || word == "-") {
      return "setcap: " + word + " is not served by Squall's guests\n";
    } else if (i + 1 >= argv.size()) {
      return setcap_usage;
    } else {
      const bool removes = word == "-r";
      const std::string caps = removes ? "" : canonical(word);
      if (caps.empty() && !removes) return std::string("fatal error: Invalid argument\n") + setcap_usage;
      changes.push_back({caps, argv[++i]});
    }
  }
  return changes.empty() ? setcap_usage : "";
}

world::Task<int> setcap(Guest& guest, program::Context& context) {
  bool verifies = false, quiet = false;
  std::vector<Change> changes;
  const std::string complaint = read_changes(context.invocation().argv, changes, verifies, quiet);
  if (!complaint.empty()) {
    context.err(complaint);
    co_return 1;
  }
  if (!verifies && context.invocation().uid != 0) {
    context.err("unable to set CAP_SETFCAP effective capability: Operation not permitted\n");
    co_return 1;
  }
  Notes notes = read_notes(guest);
  for (const auto& [caps, file] : changes) {
    const std::string path = context.resolve(file);
    if (!context.disk().exists(path)) {
      context.err("Failed to set capabilities on file '" + file + "': No such file or directory\n");
      co_return 1;
    }
    const std::string old = caps_of(notes, path);
    if (verifies) {
      if (!quiet) context.out(file + (old == caps ? ": OK\n" : " differs in [" + old + "]\n"));
      if (old != caps) co_return 1;
      continue;
    }
    std::erase_if(notes, [&](const auto& note) { return note.first == path; });
    if (!caps.empty()) notes.emplace_back(path, caps);
    write_notes(guest, notes);
  }
  co_return 0;
}

world::Task<int> getcap(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, {"r v", "h l n"}, getcap_usage);
  if (!line.complaint.empty() || line.operands.empty()) {
    context.err(line.complaint.empty() ? getcap_usage : line.complaint);
    co_return 1;
  }
  for (const std::string& file : line.operands) {
    const std::string path = context.resolve(file);
    if (!context.disk().exists(path) && !guest.disk().is_directory(path)) {
      context.err(file + " (No such file or directory)\n");
      continue;
    }
    const std::string below = path == "/" ? path : path + "/";
    for (const auto& [one, caps] : read_notes(guest)) {
      if (one == path) context.out(file + " " + caps + "\n");
      if (line.has("r") && one.starts_with(below)) context.out(one + " " + caps + "\n");
    }
    if (line.has("v") && caps_of(read_notes(guest), path).empty() && !guest.disk().is_directory(path))
      context.out(file + "\n");
  }
  co_return 0;
}

}  // namespace

std::map<std::string, program::Program> capability_commands(Guest& guest) {
  return {{"setcap", bind(guest, setcap)}, {"getcap", bind(guest, getcap)}};
}

}  // namespace squall::guest
