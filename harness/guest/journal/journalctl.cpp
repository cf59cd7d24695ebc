#include "harness/guest/journal/journalctl.hpp"

#include <algorithm>
#include <optional>
#include <regex>

#include "emulator/world/await.hpp"
#include "harness/guest/journal/format.hpp"
#include "harness/guest/journal/options.hpp"
#include "harness/guest/journal/timespan.hpp"

namespace squall::guest::journal {
namespace {

struct Query {
  std::vector<std::string> units, identifiers;
  std::vector<std::pair<std::string, std::string>> matches;
  std::optional<Time> since, until;
  std::optional<int> lines, boot;  // boot: 0 the current, -1 the one before, or 1 the first
  std::string boot_id, grep;
  int priority_low = 0, priority_high = 7;
  bool reverse = false, follow = false, quiet = false, kernel = false, show_cursor = false,
       list_boots = false;
  bool disk_usage = false, no_output = false, version = false;
  bool whole = false;                // -f from the beginning
  std::optional<bool> case_matters;  // of grep; else whether it has an upper-case letter
  OutputStyle style;
};

struct Failure {
  int code;
  std::string text;
};

const std::vector<Option>& option_table() {
  static const std::vector<Option> table{{"help", 'h', Argument::none},
                                         {"version", 0, Argument::none},
                                         {"no-pager", 0, Argument::none},
                                         {"pager-end", 'e', Argument::none},
                                         {"follow", 'f', Argument::none},
                                         {"output", 'o', Argument::required},
                                         {"all", 'a', Argument::none},
                                         {"full", 'l', Argument::none},
                                         {"no-full", 0, Argument::none},
                                         {"lines", 'n', Argument::optional},
                                         {"reverse", 'r', Argument::none},
                                         {"quiet", 'q', Argument::none},
                                         {"boot", 'b', Argument::optional},
                                         {"list-boots", 0, Argument::none},
                                         {"this-boot", 0, Argument::none},
                                         {"dmesg", 'k', Argument::none},
                                         {"system", 0, Argument::none},
                                         {"user", 0, Argument::none},
                                         {"priority", 'p', Argument::required},
                                         {"facility", 0, Argument::required},
                                         {"grep", 'g', Argument::required},
                                         {"case-sensitive", 0, Argument::optional},
                                         {"since", 'S', Argument::required},
                                         {"until", 'U', Argument::required},
                                         {"unit", 'u', Argument::required},
                                         {"user-unit", 0, Argument::required},
                                         {"identifier", 't', Argument::required},
                                         {"catalog", 'x', Argument::none},
                                         {"utc", 0, Argument::none},
                                         {"no-hostname", 0, Argument::none},
                                         {"output-fields", 0, Argument::required},
                                         {"show-cursor", 0, Argument::none},
                                         {"disk-usage", 0, Argument::none},
                                         {"rotate", 0, Argument::none},
                                         {"flush", 0, Argument::none},
                                         {"sync", 0, Argument::none},
                                         {"vacuum-size", 0, Argument::required},
                                         {"vacuum-files", 0, Argument::required},
                                         {"vacuum-time", 0, Argument::required},
                                         {"no-tail", 0, Argument::none},
                                         {"merge", 'm', Argument::none},
                                         {"directory", 'D', Argument::required},
                                         {"file", 0, Argument::required},
                                         {"root", 0, Argument::required},
                                         {"after-cursor", 0, Argument::required},
                                         {"cursor", 'c', Argument::required},
                                         {"cursor-file", 0, Argument::required},
                                         {"field", 'F', Argument::required},
                                         {"fields", 'N', Argument::none},
                                         {"header", 0, Argument::none},
                                         {"verify", 0, Argument::none},
                                         {"machine", 'M', Argument::required},
                                         {"namespace", 0, Argument::required},
                                         {"update-catalog", 0, Argument::none},
                                         {"list-catalog", 0, Argument::none},
                                         {"dump-catalog", 0, Argument::none},
                                         {"relinquish-var", 0, Argument::none},
                                         {"smart-relinquish-var", 0, Argument::none},
                                         {"setup-keys", 0, Argument::none},
                                         {"interval", 0, Argument::required},
                                         {"verify-key", 0, Argument::required},
                                         {"force", 0, Argument::none},
                                         {"image", 0, Argument::required}};
  return table;
}

bool refused_option(const std::string& name) {
  static const std::vector<std::string> names{"user",         "user-unit",      "facility",
                                              "directory",    "file",           "root",
                                              "after-cursor", "cursor",         "cursor-file",
                                              "field",        "fields",         "header",
                                              "verify",       "machine",        "namespace",
                                              "list-catalog", "help",           "update-catalog",
                                              "dump-catalog", "relinquish-var", "smart-relinquish-var",
                                              "setup-keys",   "interval",       "verify-key",
                                              "force",        "image"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 9 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<int> parse_priority(std::string_view text) {
  static constexpr std::string_view names[]{"emerg",   "alert",  "crit", "err",
                                            "warning", "notice", "info", "debug"};
  for (int i = 0; i < 8; ++i)
    if (text == names[i] || text == std::to_string(i)) return i;
  return std::nullopt;
}

std::string unit_name(const std::string& text) {
  static const std::vector<std::string> suffixes{".service", ".target", ".timer", ".socket", ".mount",
                                                 ".scope",   ".slice",  ".path",  ".swap",   ".device"};
  const bool has =
      std::any_of(suffixes.begin(), suffixes.end(), [&](const std::string& s) { return text.ends_with(s); });
  return has ? text : text + ".service";
}

bool glob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*')
    return glob(pattern.substr(1), text) || (!text.empty() && glob(pattern, text.substr(1)));
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         glob(pattern.substr(1), text.substr(1));
}

void parse_boot(Query& query, const std::string& value) {
  std::string_view offset = value;
  const bool negative = offset.starts_with('-');
  if (negative || offset.starts_with('+')) offset.remove_prefix(1);
  if (value.empty())
    query.boot = 0;
  else if (is_number(offset))
    query.boot = negative ? -std::stoi(std::string(offset)) : std::stoi(std::string(offset));
  else if (value.size() == 32)
    query.boot_id = value;
  else
    throw Failure{1, "Failed to parse boot descriptor '" + value + "'"};
}

void apply_option(Query& query, const std::string& name, const std::string& value, Time now) {
  auto time = [&] {
    auto parsed = parse_timestamp(value, now);
    if (!parsed) throw Failure{1, "Failed to parse timestamp: " + value};
    return parsed;
  };
  if (refused_option(name)) throw Failure{1, "journalctl: option '--" + name + "' is not served by Squall"};
  if (name == "unit") query.units.push_back(unit_name(value));
  if (name == "identifier") query.identifiers.push_back(value);
  if (name == "since") query.since = time();
  if (name == "until") query.until = time();
  if (name == "lines") query.lines = value == "all" ? 1'000'000 : std::stoi(value);
  if (name == "boot" || name == "this-boot") parse_boot(query, value);
  if (name == "dmesg") {
    query.kernel = true;
    if (!query.boot) query.boot = 0;
  }
  if (name == "priority") {
    const std::size_t dots = value.find("..");
    auto first = parse_priority(value.substr(0, dots));
    auto second = dots == std::string::npos ? first : parse_priority(value.substr(dots + 2));
    if (!first || !second) throw Failure{1, "Unknown log level " + value};
    query.priority_low = dots == std::string::npos ? 0 : std::min(*first, *second);
    query.priority_high = std::max(*first, *second);
  }
  if (name == "grep") query.grep = value;
  if (name == "case-sensitive")
    query.case_matters = value.empty() || value[0] == 'y' || value == "1" || value == "true";
  if (name == "no-tail") query.whole = true;
  if (name == "reverse") query.reverse = true;
  if (name == "follow") query.follow = true;
  if (name == "quiet") query.quiet = true;
  if (name == "show-cursor") query.show_cursor = true;
  if (name == "list-boots") query.list_boots = true;
  if (name == "disk-usage") query.disk_usage = true;
  if (name == "pager-end" && !query.lines) query.lines = 1000;
  if (name == "no-hostname") query.style.hostname.clear();
  if (name == "output-fields")
    for (std::size_t at = 0; at <= value.size();) {
      const std::size_t comma = std::min(value.find(',', at), value.size());
      query.style.fields.push_back(value.substr(at, comma - at));
      at = comma + 1;
    }
  if (name == "output") {
    const auto& formats = output_formats();
    if (std::find(formats.begin(), formats.end(), value) == formats.end())
      throw Failure{1, "Unknown output format '" + value + "'."};
    query.style.format = value;
  }
}

// -n and -b take their argument as the next word too, where it can be one (journalctl.c does so by hand).
std::vector<std::string> join_optional_arguments(const std::vector<std::string>& arguments) {
  std::vector<std::string> joined;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const bool has_next = i + 1 < arguments.size();
    const bool wants_lines =
        word == "--lines" || (word.size() > 1 && word[0] == '-' && word[1] != '-' && word.back() == 'n');
    const bool wants_boot =
        word == "--boot" || (word.size() > 1 && word[0] == '-' && word[1] != '-' && word.back() == 'b');
    const std::string next = has_next ? arguments[i + 1] : std::string();
    const std::string offset = next.starts_with('-') || next.starts_with('+') ? next.substr(1) : next;
    if (wants_lines && (is_number(next) || next == "all")) {
      joined.push_back(word + (word == "--lines" ? "=" : "") + next);
      ++i;
    } else if (wants_lines) {
      joined.push_back(word + (word == "--lines" ? "=" : "") + "10");
    } else if (wants_boot && (is_number(offset) || next.size() == 32)) {
      joined.push_back(word + (word == "--boot" ? "=" : "") + next);
      ++i;
    } else {
      joined.push_back(word);
    }
  }
  return joined;
}

Query parse(program::Context& context, const std::string& hostname) {
  Query query;
  query.style.hostname = hostname;
  const auto& argv = context.invocation().argv;
  const ParsedOptions parsed =
      parse_options("journalctl", option_table(),
                    join_optional_arguments(std::vector<std::string>(argv.begin() + 1, argv.end())));
  if (!parsed.error.empty()) throw Failure{1, parsed.error};
  for (const auto& [name, value] : parsed.options) {
    if (name == "lines" && value != "all" && !is_number(value))
      throw Failure{1, "Failed to parse lines '" + value + "'"};
    apply_option(query, name, value, context.scheduler().now());
    if (name == "rotate" || name == "flush" || name == "sync") query.no_output = true;
    if (name == "version") query.version = true;
    if (name == "catalog") context.err("journalctl: the explanations of -x are not served by Squall\n");
    if (name.starts_with("vacuum")) {
      query.no_output = true;
      context.err(
          "Vacuuming done, freed 0B of archived journals from /var/log/journal.\n"
          "Vacuuming done, freed 0B of archived journals from /run/log/journal.\n");
    }
  }
  for (const std::string& word : parsed.rest) {
    const std::size_t equals = word.find('=');
    if (word == "+" || (equals == std::string::npos && word.starts_with('/')))
      throw Failure{1, "journalctl: the match '" + word + "' is not served by Squall"};
    if (equals == std::string::npos || equals == 0)
      throw Failure{1, "Failed to add match '" + word + "': Invalid argument"};
    query.matches.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  if (query.since && query.until && *query.since > *query.until)
    throw Failure{1, "--since= must be before --until=."};
  if (query.follow && !query.lines && !query.whole) query.lines = 10;
  return query;
}

class Filter {
 public:
  Filter(const Journal& journal, const Query& query, std::string hostname)
      : journal_(journal), query_(query), hostname_(std::move(hostname)), boot_(choose_boot(journal, query)) {
    if (query.grep.empty()) return;
    // A pattern in lower case matches without regard to case (journalctl(1), --case-sensitive).
    const bool any_upper =
        std::any_of(query.grep.begin(), query.grep.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    try {
      pattern_.emplace(query.grep, query.case_matters.value_or(any_upper)
                                       ? std::regex::ECMAScript
                                       : std::regex::ECMAScript | std::regex::icase);
    } catch (const std::regex_error&) {
      throw Failure{1, "Bad pattern \"" + query.grep + "\": invalid regular expression"};
    }
  }

  bool operator()(const Entry& entry) const {
    const auto priority = static_cast<int>(entry.priority);
    if (boot_ && entry.boot != *boot_) return false;
    if (query_.kernel && entry.transport != "kernel") return false;
    if (priority < query_.priority_low || priority > query_.priority_high) return false;
    if (query_.since && entry.time < *query_.since) return false;
    if (query_.until && entry.time > *query_.until) return false;
    if (!query_.identifiers.empty() && std::find(query_.identifiers.begin(), query_.identifiers.end(),
                                                 entry.identifier) == query_.identifiers.end())
      return false;
    if (!query_.units.empty() &&
        std::none_of(query_.units.begin(), query_.units.end(), [&](const std::string& unit) {
          return concerns(entry, unit) || (unit.find_first_of("*?") != std::string::npos &&
                                           (glob(unit, entry.unit) || glob(unit, entry.about)));
        }))
      return false;
    if (!matches(entry)) return false;
    return !pattern_ || std::regex_search(entry.message, *pattern_);
  }

 private:
  static std::optional<int> choose_boot(const Journal& journal, const Query& query) {
    const auto count = static_cast<int>(journal.boots().size());
    if (!query.boot_id.empty()) {
      for (int i = 0; i < count; ++i)
        if (journal.boots()[static_cast<std::size_t>(i)].id == query.boot_id) return i;
      throw Failure{1, "Data from the specified boot (" + query.boot_id +
                           ") is not available: No such boot ID in journal"};
    }
    if (!query.boot) return std::nullopt;
    const int index = *query.boot <= 0 ? count - 1 + *query.boot : *query.boot - 1;
    if (index < 0 || index >= count)
      throw Failure{1, "Data from the specified boot (" + std::string(*query.boot > 0 ? "+" : "") +
                           std::to_string(*query.boot) + ") is not available: No such boot ID in journal"};
    return index;
  }

  // Of one field any value, of all fields one each.
  bool matches(const Entry& entry) const {
    if (query_.matches.empty()) return true;
    const auto fields = fields_of(journal_, entry, hostname_);
    for (const auto& [name, value] : query_.matches) {
      bool any = false;
      for (const auto& [other, alternative] : query_.matches)
        if (other == name &&
            std::find(fields.begin(), fields.end(), std::make_pair(other, alternative)) != fields.end())
          any = true;
      if (!any) return false;
    }
    return true;
  }

  const Journal& journal_;
  const Query& query_;
  std::string hostname_;
  std::optional<int> boot_;
  std::optional<std::regex> pattern_;
};

void list_boots(program::Context& context, const Journal& journal) {
  context.out("IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY\n");
  const auto count = static_cast<int>(journal.boots().size());
  for (int i = 0; i < count; ++i) {
    const Entry *first = nullptr, *last = nullptr;
    for (const Entry& entry : journal.entries()) {
      if (entry.boot != i) continue;
      if (first == nullptr) first = &entry;
      last = &entry;
    }
    if (first == nullptr) continue;
    std::string index = std::to_string(i - count + 1);
    index.insert(0, index.size() < 3 ? 3 - index.size() : 0, ' ');
    context.out(index + " " + journal.boots()[static_cast<std::size_t>(i)].id + " " +
                format_timestamp(first->time) + " " + format_timestamp(last->time) + "\n");
  }
}

world::Task<int> run(const JournalSource& source, program::Context& context) {
  const std::string hostname = source.hostname();
  std::optional<Failure> failure;
  std::optional<Query> query;
  try {
    query = parse(context, hostname);
  } catch (const Failure& caught) {
    failure = caught;
  }
  if (failure) {
    context.err(failure->text + "\n");
    co_return failure->code;
  }
  co_await world::sleep(context.scheduler(), 5ms);
  const Journal* journal = source.journal();
  if (query->version) {
    context.out(std::string(systemd_version));
    co_return 0;
  }
  if (query->no_output) co_return 0;
  if (!may_read(context)) {
    if (!query->quiet)
      context.err(
          "Hint: You are currently not seeing messages from other users and the system.\n"
          "      Users in groups 'adm', 'systemd-journal' can see all messages.\n"
          "      Pass -q to turn off this notice.\n");
    context.err("No journal files were opened due to insufficient permissions.\n");
    co_return 1;
  }
  if (journal == nullptr) {
    context.err("No journal files were found.\n");
    co_return 0;
  }
  if (query->disk_usage) {
    // Journal files come in steps of 8 MiB; an entry takes about 1 KiB with its fields.
    std::size_t bytes = 0;
    for (const Entry& entry : journal->entries()) bytes += 1024 + entry.message.size();
    const std::size_t files = 1 + bytes / (8 * 1024 * 1024);
    context.out("Archived and active journals take up " + std::to_string(8 * files) +
                ".0M in the file system.\n");
    co_return 0;
  }
  if (query->list_boots) {
    list_boots(context, *journal);
    co_return 0;
  }
  std::vector<std::size_t> found;
  std::optional<Filter> filter;
  try {
    filter.emplace(*journal, *query, hostname);
  } catch (const Failure& caught) {
    failure = caught;
  }
  if (failure) {
    context.err(failure->text + "\n");
    co_return failure->code;
  }
  for (std::size_t i = 0; i < journal->entries().size(); ++i)
    if ((*filter)(journal->entries()[i])) found.push_back(i);
  // With --since, -n counts from there on (systemd 252).
  const std::size_t limit = query->lines ? static_cast<std::size_t>(*query->lines) : found.size();
  if (found.size() > limit) {
    if (query->since && !query->reverse)
      found.resize(limit);
    else
      found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(limit));
  }
  if (query->reverse) std::reverse(found.begin(), found.end());
  for (std::size_t index : found)
    context.out(format_entry(*journal, journal->entries()[index], index, query->style));
  const bool silent = query->quiet || query->follow || query->style.format == "cat" ||
                      query->style.format.starts_with("json");
  if (found.empty() && !silent) context.out("-- No entries --\n");
  if (query->show_cursor && !found.empty())
    context.out("-- cursor: " + cursor_of(*journal, journal->entries()[found.back()], found.back()) + "\n");
  if (!query->follow) co_return found.empty() && !query->grep.empty() ? 1 : 0;
  // The journal only grows while this runs: a reboot ends every program.
  for (std::size_t seen = journal->entries().size();; co_await world::sleep(context.scheduler(), 250ms))
    for (; seen < journal->entries().size(); ++seen)
      if ((*filter)(journal->entries()[seen]))
        context.out(format_entry(*journal, journal->entries()[seen], seen, query->style));
}

}  // namespace

bool may_read(program::Context& context) {
  const auto& invocation = context.invocation();
  if (invocation.uid == 0) return true;
  const std::string groups = context.disk().read("/etc/group").value_or("");
  for (const std::string name : {"adm:", "systemd-journal:"}) {
    const std::size_t line = groups.find("\n" + name);
    if (line == std::string::npos) continue;
    const std::string members = groups.substr(line + 1, groups.find('\n', line + 1) - line - 1);
    const std::string list = "," + members.substr(members.rfind(':') + 1) + ",";
    if (list.find("," + invocation.user + ",") != std::string::npos) return true;
  }
  return false;
}

program::Program journalctl(JournalSource source) {
  return [source = std::move(source)](program::Context& context) { return run(source, context); };
}

}  // namespace squall::guest::journal
