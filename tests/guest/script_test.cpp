// Scripts in real bash under virtual time: output, exit codes, sleeping, clocks, chance, order.
#include <gmock/gmock.h>

#include "harness/guest/agent/embedded.hpp"
#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

TEST(Script, PrintsAndExits) {
  GuestWorld world;
  auto result = world.run("echo out; echo err >&2; exit 3");
  EXPECT_EQ(result.standard_output, "out\n");
  EXPECT_EQ(result.standard_error, "err\n");
  EXPECT_EQ(result.exit_code, 3);
}

TEST(Script, SleepsInVirtualTime) {
  GuestWorld world;
  Time before = world.scheduler.now();
  auto result = world.run("#!/bin/bash\ndate +%s; sleep 2h; date +%s; echo $EPOCHSECONDS", 3h);
  EXPECT_EQ(result.standard_output, "1700000000\n1700007200\n1700007200\n") << result.standard_error;
  EXPECT_EQ(world.scheduler.now() - before, 2h);
}

TEST(Script, CallsAProgramOfTheWorld) {
  GuestWorld world;
  world.programs["date"] = [](program::Context& context) -> world::Task<int> {
    std::string input = co_await context.read_input();
    co_await world::sleep(context.scheduler(), 90s);
    context.out("[" + input + "] " + context.invocation().argv.at(1) + " " + context.env("COLOUR") + " " +
                context.invocation().cwd + " " + context.invocation().user + "\n");
    context.err("warned\n");
    co_return 4;
  };
  world.boot();
  world.guest->disk().write("/usr/bin/date", std::string(guest_program_bytes()), 0755);
  auto result = world.run("cd /opt; export COLOUR=red; echo -n hello | date one; echo $?");
  EXPECT_EQ(result.standard_output, "[hello] one red /opt root\n4\n");
  EXPECT_EQ(result.standard_error, "warned\n");
}

TEST(Script, TwoRunsAreAlike) {
  auto run = [] {
    GuestWorld world;
    auto result = world.run(
        "#!/bin/bash\necho $RANDOM $SRANDOM; mktemp; head -c 12 /dev/urandom | base64; cat "
        "/proc/sys/kernel/random/uuid\n"
        "cat /proc/uptime; openssl rand -hex 8; python3 -c 'import time, uuid; print(time.time(), "
        "uuid.uuid4())'\n"
        "for i in 1 2 3 4; do (sleep $i; echo $i; sleep 0.$i) & done; wait; openssl genrsa 1024 2>/dev/null "
        "| md5sum\n"
        "sleep 1 | sleep 2 | sleep 3; cat <(sleep 4; echo a) <(sleep 3; echo b)");
    EXPECT_EQ(result.exit_code, 0) << result.standard_error;
    return result.standard_output + result.standard_error + world.calls();
  };
  std::string first = run();
  EXPECT_EQ(first, run());
  EXPECT_THAT(first, HasSubstr("call sleep 3"));
}

TEST(Script, TimesOut) {
  GuestWorld world;
  auto result = world.run("echo begun; sleep 100; echo never", 10s);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.standard_output, "begun\n");
}

TEST(Script, AMissingCommandIs127) {
  GuestWorld world;
  auto result = world.run("no-such-thing --now; echo $?");
  EXPECT_EQ(result.standard_output, "127\n");
  EXPECT_THAT(result.standard_error, HasSubstr("not found"));
  world.run("#!/bin/bash\nother-thing");
  std::vector<std::string> named;
  for (const TraceEntry& entry : world.trace)
    if (entry.kind == "not-found") named.push_back(entry.argv.at(0));
  EXPECT_EQ(named, (std::vector<std::string>{"no-such-thing", "other-thing"}));
}

TEST(Script, OneThatOnlyComputesIsStopped) {
  GuestWorld world;
  auto result = world.run("#!/bin/bash\necho begun\nwhile true; do :; done\n");
  EXPECT_EQ(result.exit_code, 128 + 9);
  EXPECT_EQ(result.standard_output, "begun\n");
  std::vector<std::string> told;
  for (const TraceEntry& entry : world.trace)
    if (entry.kind == "overrun") told.push_back(entry.text);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_THAT(told[0],
              testing::MatchesRegex("stopped after computing for 10 seconds: /bin/bash .*/_script.sh "
                                    ".*/_script.sh, at or before line 3."));
}

// A command takes what it needs of its input; who writes without end waits, or is told.
TEST(Script, InputWithoutEndStopsNobody) {
  GuestWorld world;
  auto result = world.run(
      "yes | timedatectl set-timezone UTC; echo $?; yes | crontab - 2>/tmp/said; echo $?; cat /tmp/said\n"
      "head -c 3000000 /dev/zero | base64 -w0 | logger -s 2>/dev/null; echo $?");
  EXPECT_EQ(result.standard_output,
            "0\n1\ncrontab: more than 64 MiB of standard input are not served by Squall's guests\n0\n");
}

// Whoever started what was stopped goes on, unless it starts the like again.
TEST(Script, WhatStartedAProgramThatIsStoppedGoesOn) {
  GuestWorld world;
  auto result = world.run(
      "#!/bin/bash\nbash -c 'while :; do :; done'\necho after $?\n"
      "bash -c 'while :; do bash -c \"while :; do :; done\"; done'\necho after $?\n");
  EXPECT_EQ(result.standard_output, "after 137\nafter 137\n");
  EXPECT_EQ(result.exit_code, 0);
  std::vector<std::string> told;
  for (const TraceEntry& entry : world.trace)
    if (entry.kind == "overrun") told.push_back(entry.text.substr(entry.text.find(": ") + 2));
  EXPECT_EQ(told, (std::vector<std::string>{"bash -c while :; do :; done",
                                            "bash -c while :; do bash -c \"while :; do :; done\"; done",
                                            "bash -c while :; do :; done"}));
}

// A script at work, and what becomes of it.
struct WatchedScript {
  WatchedScript(GuestWorld& world, const std::string& text) {
    if (!world.guest) world.boot();
    auto task = [](Guest& guest, std::string script, WatchedScript& self) -> world::Task<> {
      self.result = co_await guest.run_script(script, {}, 1h);
    }(*world.guest, text, *this);
    job = world::Job::start(world.scheduler, std::move(task));
  }
  std::optional<world::Machines::ScriptResult> result;
  world::Job job;
};

TEST(Script, OneThatNobodyWaitsForIsKilled) {
  GuestWorld world;
  WatchedScript script(world, "echo begun; sleep 600; touch /root/reached");
  for (int step = 0; step < 100 && world.guest->processes().empty(); ++step) world.scheduler.step();
  ASSERT_FALSE(world.guest->processes().empty());
  script.job.kill();
  EXPECT_EQ(world.run("sleep 700; pgrep -c sleep; ls /root/reached 2>&1 | wc -l").standard_output, "0\n1\n");
  EXPECT_EQ(world.run("test -e /root/reached").exit_code, 1);
  EXPECT_FALSE(script.result.has_value());
}

TEST(Script, OneWhoseGuestGoesIsLost) {
  GuestWorld world;
  WatchedScript script(world, "sleep 600");
  for (int step = 0; step < 100 && world.guest->processes().empty(); ++step) world.scheduler.step();
  world.guest.reset();
  while (!script.result && world.scheduler.step()) {
  }
  ASSERT_TRUE(script.result.has_value());
  EXPECT_TRUE(script.result->lost);
}

TEST(Script, AccountsAndRights) {
  GuestWorld world;
  auto result = world.run(
      "useradd --system --home /etc/vault.d --shell /bin/false vault && id -u vault >/dev/null && mkdir -p "
      "/opt/vault\n"
      "chown vault:vault /opt/vault && stat -c '%U:%G' /opt/vault\n"
      "sudo -u vault bash -c 'whoami; touch /opt/vault/x; touch /root/x 2>/dev/null || echo refused'\n"
      "su - admin -c 'whoami; pwd; sudo whoami'; runuser -u vault -- id -un; timeout 5 sleep 10; echo $?");
  EXPECT_EQ(result.standard_output, "vault:vault\nvault\nrefused\nadmin\n/home/admin\nroot\nvault\n124\n")
      << result.standard_error;
}

TEST(Script, NothingReachesTheHost) {
  GuestWorld world;
  auto result = world.run(
      "ls /etc/squall-host-file /work 2>/dev/null; (echo x > /dev/tcp/1.1.1.1/80) 2>/dev/null || echo "
      "isolated\n"
      "echo 1 > /proc/sys/vm/swappiness 2>/dev/null || echo protected; ps -e -o comm= | sort | head -1; echo "
      "$$");
  EXPECT_THAT(result.standard_output, HasSubstr("isolated\nprotected\n"));
  EXPECT_THAT(result.standard_output, testing::Not(HasSubstr("/work")));
}

}  // namespace
}  // namespace squall::guest
