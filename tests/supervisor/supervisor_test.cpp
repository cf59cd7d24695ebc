// supervisord and supervisorctl against the recorded session (data/supervisor.md): the blocks below are
// replayed command by command, exit codes and output to the byte. data/differences.txt lists the commands
// that differ, each with its reason, and the blocks that are not replayed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "harness/guest/journal/timespan.hpp"
#include "tests/supervisor/supervised_guest.hpp"
#include "tests/support/transcript.hpp"
#include "tests/systemd/session.hpp"

namespace squall {
namespace {

struct Supervisor : ::testing::Test, testing::SupervisedGuest {
  // False: the item is skipped.
  bool act(const testing::Plan& plan, int number) {
    auto actions = plan.before.find(number);
    if (actions == plan.before.end()) return true;
    for (const std::string& action : actions->second) {
      const auto words = testing::words_of(action);
      if (words[0] == "skip") return false;
      if (words[0] == "wait") scheduler.advance(*guest::journal::parse_timespan(words[1]));
      if (words[0] == "program")
        program(words[1], testing::unescaped(action.substr(action.find(words[1]) + words[1].size() + 1)));
      if (words[0] == "remove") disk.remove("/etc/supervisor/conf.d/" + words[1] + ".conf");
      if (words[0] == "supervisorctl") run(action);
    }
    return true;
  }
  std::string text(const std::string& line) {
    auto result = run(line);
    return std::to_string(result.code) + " " + result.out;
  }
  void replay(const testing::RecordedCommand& command, std::map<std::string, std::string>& listed) {
    const auto result = run(command.line);
    // The recorder dropped empty lines at an output's end.
    std::string out = result.out;
    while (out.ends_with("\n\n") || (command.out.empty() && out == "\n")) out.pop_back();
    const bool same = result.code == command.code && testing::same_as_recorded(command.out, out) &&
                      testing::same_as_recorded(command.err, result.err);
    if (listed.erase(command.line) > 0)
      EXPECT_FALSE(same) << command.line << " is listed as different and is not";
    else
      EXPECT_TRUE(same) << command.line << "\n--- recorded " << command.code << "\n"
                        << command.out << command.err << "--- here " << result.code << "\n"
                        << out << result.err;
  }
  static std::string read_data(const std::string& name) {
    std::ifstream file(std::string(SQUALL_SOURCE_DIR) + "/tests/supervisor/data/" + name);
    std::ostringstream data;
    data << file.rdbuf();
    return data.str();
  }
  static std::map<std::string, std::string> listed_differences() {
    std::map<std::string, std::string> listed;
    for (const std::string& line : testing::lines_of(read_data("differences.txt")))
      if (const std::size_t bar = line.find(" | "); bar != std::string::npos && !line.starts_with("#"))
        listed[line.substr(0, bar)] = line.substr(bar + 3);
    return listed;
  }
  static testing::RecordedBlock recorded(const std::string& heading) {
    for (const auto& block : testing::parse_transcript(read_data("supervisor.md")))
      if (block.name == "### " + heading) return block;
    throw std::runtime_error("not recorded: " + heading);
  }
};

TEST_F(Supervisor, answers_as_recorded_without_a_server_and_with_an_empty_one) {
  auto listed = listed_differences();
  for (const auto& command : recorded("No server").commands)
    if (command.line.starts_with("supervisorctl ") && command.line.find('|') == std::string::npos)
      replay(command, listed);
  start();
  for (const auto& command : recorded("Empty server").commands)
    if (command.line.starts_with("supervisorctl ")) replay(command, listed);
  for (const auto& [line, reason] : listed) ADD_FAILURE() << "listed and never replayed: " << line;
}

// data/plans.txt says what happened between the commands (tests/systemd/session.hpp): "program NAME TEXT",
// "remove NAME", "wait SPAN", "skip". Only supervisorctl's own commands are run.
TEST_F(Supervisor, answers_as_recorded_with_programs) {
  const std::string data = "\n" + read_data("supervisor.md");
  for (const testing::Plan& plan : testing::parse_plans(read_data("plans.txt"))) {
    kill_server();
    for (const std::string& name : disk.list("/etc/supervisor/conf.d"))
      disk.remove("/etc/supervisor/conf.d/" + name);
    start();
    const std::size_t begin = data.find("\n" + plan.heading + "\n");
    ASSERT_NE(begin, std::string::npos) << plan.heading;
    int number = 0;
    std::map<int, std::string> wrong;
    act(plan, 0);
    for (const auto& item :
         testing::parse_session(data.substr(begin, data.find("\n##", begin + 1) - begin))) {
      const bool run_it = act(plan, ++number);
      if (!run_it || item.kind != testing::SessionItem::command || !item.text.starts_with("supervisorctl ") ||
          item.text.find("| ") != std::string::npos || item.text.find("# on a terminal") != std::string::npos)
        continue;
      const auto result = run(item.text);
      std::string out = result.out, want = item.out;
      while (out.ends_with("\n\n") || (want.empty() && out == "\n")) out.pop_back();
      static const std::regex pid("[1-9][0-9]*");
      if (item.text.starts_with("supervisorctl pid")) want = std::regex_replace(want, pid, "<pid>");
      if (result.code != item.code || !testing::same_as_recorded(want, out) ||
          !testing::same_as_recorded(item.err, result.err))
        wrong[number] = item.text + "\n--- recorded " + std::to_string(item.code) + "\n" + item.out +
                        item.err + "--- here " + std::to_string(result.code) + "\n" + out + result.err;
    }
    for (const auto& [listed, reason] : plan.differs)
      EXPECT_EQ(wrong.erase(listed), 1u)
          << plan.heading << " " << listed << " is listed as different and is not";
    for (const auto& [at, text] : wrong) ADD_FAILURE() << plan.heading << ", item " << at << ": " << text;
  }
}

TEST_F(Supervisor, a_program_that_fails_at_once_is_tried_four_times) {
  start();
  program("f1", "command=/bin/sh -c \"exit 3\"\n");
  EXPECT_EQ(text("supervisorctl update"), "0 f1: added process group\n");
  scheduler.advance(2s);
  EXPECT_EQ(
      text("supervisorctl status f1"),
      "0 f1                               BACKOFF   Exited too quickly (process log may have details)\n");
  scheduler.advance(10s);
  EXPECT_EQ(
      text("supervisorctl status f1"),
      "3 f1                               FATAL     Exited too quickly (process log may have details)\n");
  std::size_t spawns = 0;
  for (const std::string& line : testing::lines_of(disk.read("/var/log/supervisor/supervisord.log").value()))
    spawns += line.find("spawned: 'f1'") != std::string::npos ? 1 : 0;
  EXPECT_EQ(spawns, 4u);
  EXPECT_EQ(text("supervisorctl start f1"), "7 f1: ERROR (spawn error)\n");
}

TEST_F(Supervisor, starts_stops_and_restarts) {
  program("vault", "command=/usr/bin/vault server\nautorestart=true\nstopsignal=INT\n");
  program("off", "command=/bin/sleep 1000\nautostart=false\n");
  start();
  scheduler.advance(3s);
  EXPECT_THAT(text("supervisorctl status vault"), ::testing::HasSubstr("RUNNING   pid "));
  EXPECT_EQ(text("supervisorctl start vault"), "0 vault: ERROR (already started)\n");
  EXPECT_EQ(text("supervisorctl restart vault off"),
            "0 vault: stopped\noff: ERROR (not running)\nvault: started\noff: started\n");
  EXPECT_EQ(text("supervisorctl stop vault"), "0 vault: stopped\n");
  EXPECT_EQ(text("supervisorctl stop vault"), "0 vault: ERROR (not running)\n");
  EXPECT_EQ(text("supervisorctl signal FOO off"), "1 off: ERROR (bad signal name)\n");
}

TEST_F(Supervisor, a_killed_child_comes_back_and_a_clean_exit_stays) {
  program("vault", "command=/usr/bin/vault server\n");
  program("exit0", "command=/bin/sh -c \"sleep 2; exit 0\"\n");
  start();
  scheduler.advance(4s);
  EXPECT_THAT(text("supervisorctl status exit0"), ::testing::HasSubstr("EXITED"));
  const auto before = children.alive;
  ASSERT_EQ(before.size(), 1u);
  children.end(before.begin()->first, {testing::ExitCode::killed, 9});
  scheduler.advance(2500ms);
  EXPECT_THAT(text("supervisorctl status vault"), ::testing::HasSubstr("RUNNING"));
  EXPECT_FALSE(children.alive.contains(before.begin()->first));
}

TEST_F(Supervisor, kill_9_of_the_server_leaves_the_children) {
  program("vault", "command=/usr/bin/vault server\n");
  start();
  scheduler.advance(2s);
  server.kill();
  server_context.reset();
  EXPECT_EQ(children.alive.size(), 1u);
  EXPECT_EQ(text("supervisorctl status"), "4 unix:///var/run/supervisor.sock refused connection\n");
}

TEST_F(Supervisor, shutdown_stops_everything_and_ends_with_0) {
  program("vault", "command=/usr/bin/vault server\n");
  start();
  scheduler.advance(2s);
  EXPECT_EQ(text("supervisorctl shutdown"), "0 Shut down\n");
  scheduler.advance(3s);
  EXPECT_EQ(server_code, 0);
  EXPECT_TRUE(children.alive.empty());
  EXPECT_EQ(text("supervisorctl status"), "4 unix:///var/run/supervisor.sock no such file\n");
}

// "--- [program:bad]" and the lines below it are the file; the reread after it must answer as recorded.
TEST_F(Supervisor, reports_errors_of_the_configuration_as_recorded) {
  start();
  program("vault", "command=/usr/bin/vault server\n");
  run("supervisorctl update");
  const std::string data = read_data("supervisor.md");
  std::size_t checked = 0;
  for (std::size_t at = data.find("\n--- ", data.find("### Errors in the config")); at != std::string::npos;
       at = data.find("\n--- ", at + 1)) {
    const std::size_t command = data.find("$ supervisorctl reread\n", at),
                      out = data.find("[stdout]\n", command) + 9;
    if (command == std::string::npos) break;
    const std::string config = data.substr(at + 5, command - at - 5);
    const std::string want =
        data.substr(out, std::min(data.find("\n\n", out), data.find("\n[", out)) - out) + "\n";
    if (!want.starts_with("ERROR")) continue;  // depends on what was read before
    disk.write("/etc/supervisor/conf.d/bad.conf", config, 0644);
    const auto result = run("supervisorctl reread");
    EXPECT_EQ(result.out, want) << config;
    EXPECT_EQ(result.code, 1);
    ++checked;
  }
  EXPECT_GE(checked, 10u);
}

TEST_F(Supervisor, more_processes_than_a_guest_can_run_are_refused) {
  start();
  disk.write(
      "/etc/supervisor/conf.d/many.conf",
      "[program:many]\ncommand=/bin/cat\nprocess_name=%(program_name)s_%(process_num)d\nnumprocs=10000\n",
      0644);
  EXPECT_EQ(
      run("supervisorctl reread").out,
      "ERROR: CANT_REREAD: numprocs is 10000; Squall's guests run at most 200 processes of a program in "
      "section 'program:many' (file: '/etc/supervisor/conf.d/many.conf')\n");
}

TEST_F(Supervisor, groups_and_environment) {
  disk.write("/etc/supervisor/conf.d/grp.conf",
             "[program:ga]\ncommand=/bin/sleep 1000\nenvironment=A=\"x y\",B=%(ENV_LANG)s\nuser=vault\n"
             "[program:gb]\ncommand=/bin/sleep 1000\n[group:grp]\nprograms=ga,gb\n",
             0644);
  start();
  scheduler.advance(2s);
  EXPECT_THAT(text("supervisorctl status grp:ga"),
              ::testing::HasSubstr("grp:ga                           RUNNING"));
  EXPECT_EQ(text("supervisorctl status ga"), "4 ga: ERROR (no such process)\n");
  EXPECT_EQ(text("supervisorctl restart grp:ga"), "0 grp:ga: stopped\ngrp:ga: started\n");
  EXPECT_EQ(children.environment["A"], "x y");
  EXPECT_EQ(children.environment["B"], "C.UTF-8");
  EXPECT_EQ(children.environment["SUPERVISOR_GROUP_NAME"], "grp");
}

}  // namespace
}  // namespace squall
