// systemctl's tables: list-units, list-unit-files, list-timers, list-jobs, list-dependencies.
#include <algorithm>
#include <set>

#include "harness/guest/journal/timespan.hpp"
#include "harness/guest/systemd/install.hpp"
#include "harness/guest/systemd/systemctl_options.hpp"

namespace squall::guest::systemd {
namespace {

using Row = std::vector<std::string>;

// Columns as wide as their widest cell, a blank between, the last one as it is (format-table.c without a
// terminal).
std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

void print_table(Systemctl& call, const Row& header, const std::vector<Row>& rows, bool legend,
                 const std::vector<std::string>& marks = {}) {
  std::vector<std::size_t> widths(header.size(), 0);
  auto measure = [&](const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  };
  if (legend) measure(header);
  for (const Row& row : rows) measure(row);
  auto print = [&](const Row& row, const std::string& mark) {
    std::string line = mark;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line += std::string(widths[i] - display_width(row[i]) + 1, ' ');
    }
    call.out(line);
  };
  const std::string blank = marks.empty() ? "" : "  ";
  if (legend) print(header, blank);
  for (std::size_t i = 0; i < rows.size(); ++i) print(rows[i], marks.empty() ? "" : marks[i]);
}

bool wanted(const std::vector<std::string>& filter, const std::string& value) {
  return filter.empty() || std::find(filter.begin(), filter.end(), value) != filter.end();
}

bool matches_patterns(const std::vector<std::string>& patterns, const std::string& name) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
           return glob_match(pattern, name);
         });
}

std::string json_text(const std::string& text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

constexpr const char* unit_legend =
    "\nLOAD   = Reflects whether the unit definition was properly loaded.\n"
    "ACTIVE = The high-level unit activation state, i.e. generalization of SUB.\n"
    "SUB    = The low-level unit activation state, values depend on unit type.";

}  // namespace

int run_list_units(Systemctl& call) {
  const auto patterns = call.unit_names();
  std::vector<Row> rows;
  std::vector<std::string> marks;
  for (const Unit* unit : call.driver.manager().units()) {
    if (!matches_patterns(patterns, unit->name) || !wanted(call.options.types, unit_suffix(unit->name)))
      continue;
    const std::string load(to_string(unit->config.load_state)), active(to_string(unit->active())),
        sub(to_string(unit->state));
    const auto& states = call.options.states;
    if (!states.empty() && !wanted(states, load) && !wanted(states, active) && !wanted(states, sub)) continue;
    const bool idle = unit->active() == ActiveState::inactive && unit->job == 0;
    if (states.empty() && !call.options.all && idle) continue;
    const UnitConfig& config = unit->config;
    rows.push_back(
        {unit->name, load, active, sub, config.description.empty() ? unit->name : config.description});
    const bool bad = unit->active() == ActiveState::failed || unit->config.load_state != LoadState::loaded;
    marks.push_back(call.options.plain ? "" : bad ? "\u25cf " : "  ");
  }
  if (call.options.output == "json") {
    std::string text = "[";
    for (const Row& row : rows)
      text += std::string(text.size() > 1 ? "," : "") + "{\"unit\":" + json_text(row[0]) +
              ",\"load\":" + json_text(row[1]) + ",\"active\":" + json_text(row[2]) +
              ",\"sub\":" + json_text(row[3]) + ",\"description\":" + json_text(row[4]) + "}";
    call.out(text + "]");
    return 0;
  }
  const bool legend = !call.options.no_legend;
  if (call.options.plain) marks.clear();
  if (rows.empty() && legend)
    call.out(call.options.plain ? "UNIT LOAD ACTIVE SUB DESCRIPTION" : "  UNIT LOAD ACTIVE SUB DESCRIPTION");
  if (!rows.empty()) print_table(call, {"UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"}, rows, legend, marks);
  if (!legend) return 0;
  if (!rows.empty()) call.out(unit_legend);
  const std::string count = std::to_string(rows.size()) + " loaded units listed.";
  if (!call.options.states.empty()) {
    call.out(count);
  } else {
    call.out(count + (call.options.all ? "" : " Pass --all to see loaded but inactive units, too."));
    call.out("To show all installed unit files use 'systemctl list-unit-files'.");
  }
  return 0;
}

int run_list_unit_files(Systemctl& call) {
  const auto patterns = call.unit_names();
  std::vector<Row> rows;
  for (const std::string& name : all_unit_files(call.driver.disk())) {
    if (!matches_patterns(patterns, name) || !wanted(call.options.types, unit_suffix(name))) continue;
    const std::string state = unit_file_state(call.driver.disk(), name);
    if (state.empty() || !wanted(call.options.states, state)) continue;
    const std::string preset = unit_file_preset(call.driver.disk(), name);
    rows.push_back({name, state, preset.empty() ? "-" : preset});
  }
  print_table(call, {"UNIT FILE", "STATE", "PRESET"}, rows, !call.options.no_legend);
  if (!call.options.no_legend) call.out("\n" + std::to_string(rows.size()) + " unit files listed.");
  return rows.empty() && !patterns.empty() ? 1 : 0;
}

int run_list_timers(Systemctl& call) {
  const auto patterns = call.unit_names(".timer");
  const Time now = call.context.scheduler().now();
  std::vector<std::pair<Time, Row>> found;
  for (const Unit* unit : call.driver.manager().units()) {
    if (!unit->is_timer() || !matches_patterns(patterns, unit->name)) continue;
    if (!call.options.all && unit->active() != ActiveState::active) continue;
    const Time next = Timers::deadline(*unit), last = unit->timer.last_trigger;
    const bool comes = next != Time::max(), came = last != Time{};
    found.push_back(
        {next,
         {comes ? journal::format_timestamp(next) : "-", comes ? journal::format_relative(next, now) : "-",
          came ? journal::format_timestamp(last) : "-", came ? journal::format_relative(last, now) : "-",
          unit->name, unit->config.timer.unit}});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Row> rows;
  for (auto& [next, row] : found) rows.push_back(std::move(row));
  print_table(call, {"NEXT", "LEFT", "LAST", "PASSED", "UNIT", "ACTIVATES"}, rows, !call.options.no_legend);
  if (call.options.no_legend) return 0;
  call.out("\n" + std::to_string(rows.size()) + " timers listed.");
  if (!call.options.all) call.out("Pass --all to see loaded but inactive timers, too.");
  return 0;
}

int run_list_jobs(Systemctl& call) {
  const auto jobs = call.driver.manager().jobs();
  if (jobs.empty()) {
    if (!call.options.no_legend) call.out("No jobs running.");
    return 0;
  }
  std::vector<Row> rows;
  for (const Job& job : jobs)
    rows.push_back({std::to_string(job.id), job.unit, std::string(to_string(job.type)),
                    job.running ? "running" : "waiting"});
  print_table(call, {"JOB", "UNIT", "TYPE", "STATE"}, rows, !call.options.no_legend);
  if (!call.options.no_legend) call.out("\n" + std::to_string(jobs.size()) + " jobs listed.");
  return 0;
}

namespace {

void print_dependencies(Systemctl& call, const Unit& unit, const std::string& indent,
                        std::set<std::string>& above) {
  std::vector<std::string> names;
  for (Dependency kind :
       {Dependency::requires_, Dependency::requisite, Dependency::wants, Dependency::binds_to}) {
    auto list = unit.config.dependencies.find(kind);
    if (list == unit.config.dependencies.end()) continue;
    for (const std::string& name : list->second)
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  // Targets last, each kind by name.
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    const bool target_a = a.ends_with(".target"), target_b = b.ends_with(".target");
    return target_a != target_b ? target_b : a < b;
  });
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    const Unit& other = call.driver.load(names[i]);
    call.out(state_dot(other) + " " + indent + (last ? "\u2514\u2500" : "\u251c\u2500") + names[i]);
    if (other.is_target() && above.insert(names[i]).second) {
      print_dependencies(call, other, indent + (last ? "  " : "\u2502 "), above);
      above.erase(names[i]);
    }
  }
}

}  // namespace

int run_list_dependencies(Systemctl& call) {
  for (const auto& [name, asked] :
       {std::pair{"reverse", call.options.reverse}, {"all", call.options.all}, {"plain", call.options.plain}})
    if (asked) {
      call.err("systemctl: option '--" + std::string(name) +
               "' of list-dependencies is not served by Squall");
      return 1;
    }
  auto names = call.unit_names();
  if (names.empty()) names = {"default.target"};
  for (const std::string& name : names) {
    const Unit& unit = call.driver.load(name);
    call.out(unit.name);
    std::set<std::string> above{unit.name};
    print_dependencies(call, unit, "", above);
  }
  return 0;
}

}  // namespace squall::guest::systemd
