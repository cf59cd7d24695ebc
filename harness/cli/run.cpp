// `squall run FILE...`: scenarios in simulated time.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/cli/commands.hpp"
#include "harness/cli/options.hpp"
#include "harness/live/process.hpp"
#include "harness/report/report.hpp"
#include "harness/scenario/judge.hpp"
#include "harness/scenario/simulate.hpp"

namespace squall::cli {
namespace {

struct Settings {
  std::vector<std::string> files;
  std::optional<std::uint64_t> seed;
  bool verify = false, quiet = false;
  std::string junit, journal, history, trace;
};

void declare(CLI::App& app, Settings& settings) {
  app.add_option("FILE", settings.files, "scenario files")->required()->option_text(" ");
  app.add_option("--seed", settings.seed, "instead of the file's own")
      ->type_name("N")
      ->check([](const std::string& text) {
        return text.starts_with('-') ? "a seed is 0 or more" : std::string{};
      });
  app.add_flag("--verify", settings.verify, "run again in a second process and compare every event");
  app.add_flag("--quiet", settings.quiet, "tell the verdict, not the story");
  app.add_option("--junit", settings.junit, "write JUnit XML to this file")->type_name("FILE");
  app.add_option("--journal", settings.journal, "write every event to this file, as JSON Lines")
      ->type_name("FILE");
  app.add_option("--history", settings.history,
                 "write what the workloads' clients saw, judged, to this file as an HTML page")
      ->type_name("FILE");
  app.add_option("--trace", settings.trace,
                 "write every event to this file, one line each, as --verify compares them")
      ->type_name("FILE");
}

std::string read_file(const std::string& path) {
  if (std::filesystem::is_directory(path)) throw scenario::DocumentError({path, 0, 0}, "is a folder");
  std::ifstream file{path, std::ios::binary};
  if (!file) throw scenario::DocumentError({path, 0, 0}, "can not be read");
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream file{path, std::ios::binary | std::ios::trunc};
  file << content;
  file.close();
  if (!file) throw std::runtime_error("can not write " + path);
}

std::string trace_text(const report::Run& run) {
  std::string lines;
  for (const report::Event& event : run.trace) {
    std::string text = event.text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    lines += base::go_duration(event.time - run.began) + " " + event.kind + " " + text + "\n";
  }
  return lines;
}

// Runs the scenario once more in a process of its own; answers the first event that differs, or an empty
// text.
std::string difference_of_second_run(const report::Run& run) {
  std::string file = live::temporary_file();
  live::run_self({"run", "--quiet", "--trace", file, "--seed", std::to_string(run.seed), run.file});
  std::istringstream second{read_file(file)}, first{trace_text(run)};
  std::remove(file.c_str());
  std::string a, b;
  for (std::uint64_t number = 1;; ++number) {
    bool more_a = static_cast<bool>(std::getline(first, a)),
         more_b = static_cast<bool>(std::getline(second, b));
    if (!more_a && !more_b) return {};
    if (more_a && more_b && a == b) continue;
    return "event " + std::to_string(number) + " differs:\n    first run:  " + (more_a ? a : "(ended)") +
           "\n    second run: " + (more_b ? b : "(ended)");
  }
}

report::Run run_one(const std::string& file, const Settings& settings) {
  scenario::Scenario scenario = scenario::parse_scenario(read_file(file), file);
  report::Run run;
  run.file = file;
  run.title = scenario.title;
  run.seed = settings.seed.value_or(scenario.seed);
  bool keep = settings.verify || !settings.journal.empty() || !settings.trace.empty();
  std::printf("%s\n", scenario.title.c_str());
  std::optional<Time> began;
  scenario::SimulationOptions options{run.seed, live::temporary_folder(), {}};
  options.observer = [&](Time time, std::string_view kind, std::string_view text) {
    if (!began) began = time;
    if (kind == "story" && !settings.quiet)
      std::fputs(report::story_line(time - *began, std::string(text)).c_str(), stdout);
    if (keep) run.trace.push_back({time, std::string(kind), std::string(text)});
  };
  live::Stopwatch watch;
  scenario::Simulation simulation = scenario::simulate(scenario, std::move(options));
  run.real_time = watch.elapsed();
  run.outcome = std::move(simulation.outcome);
  run.began = simulation.began;
  run.virtual_time = simulation.virtual_time;
  run.events = simulation.events;
  run.event_hash = simulation.event_hash;
  return run;
}

}  // namespace

int run_command(int argc, char** argv) {
  Settings settings;
  Parsed parsed = parse_options("run", "Runs scenarios in simulated time and judges them.", argc, argv,
                                [&](CLI::App& app) { declare(app, settings); });
  if (parsed.over) return parsed.status;
  if (!settings.history.empty() && settings.files.size() > 1) {
    std::fputs("squall run: --history is the page of one run; name one FILE\n", stderr);
    return exit_usage;
  }
  int status = 0;
  std::vector<report::Run> runs;
  std::string journal, trace;
  for (const std::string& file : settings.files) {
    try {
      runs.push_back(run_one(file, settings));
    } catch (const scenario::DocumentError& error) {
      std::fprintf(stderr, "squall run: %s\n", error.what());
      return exit_usage;
    }
    report::Run& run = runs.back();
    std::fputs(report::summary(run).c_str(), stdout);
    status = std::max(status, static_cast<int>(run.outcome.verdict));
    if (settings.verify) {
      std::string difference = difference_of_second_run(run);
      std::printf("  %s\n", difference.empty() ? "verified: a second process did the same, event for event"
                                               : ("NOT DETERMINISTIC: " + difference).c_str());
      if (!difference.empty()) status = exit_fault;
    }
    if (!settings.journal.empty()) journal += report::json_lines(run);
    if (!settings.trace.empty()) trace += trace_text(run);
    run.trace = {};
    std::fflush(stdout);
  }
  if (!settings.junit.empty()) write_file(settings.junit, report::junit(runs));
  if (!settings.journal.empty()) write_file(settings.journal, journal);
  if (!settings.history.empty())
    write_file(settings.history, scenario::history_page(runs.front().outcome.history));
  if (!settings.trace.empty()) write_file(settings.trace, trace);
  return status;
}

}  // namespace squall::cli
