// Where the host's time, its load and its chance would show in a guest (file times, /proc, counters): two
// runs are alike, and what they show is the world's.
#include <gmock/gmock.h>

#include "tests/guest/machine_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Leaks, AFileIsOfTheTimeAtWhichItWasWritten) {
  GuestWorld world;
  auto result = world.run(
      "#!/bin/bash\ncd /root; touch first; stat -c %Y first; sleep 10; echo x > second; ls --full-time "
      "second\n"
      "sleep 5; find . -newer first -name 'f*' -o -newer first -name 's*'; stat -c '%Y %X %Z %W' first "
      "second\n"
      "[ second -nt first ] && echo newer; python3 -c 'import os; print(os.stat(\"first\").st_mtime)'\n"
      "date -r second +%s; tar cf - first second | md5sum; exec > log; echo a; sleep 7; echo b; sleep 7\n"
      "stat -c %Y log >&2");
  EXPECT_THAT(result.standard_output,
              HasSubstr("1700000000\n-rw-r--r-- 1 root root 2 2023-11-14 22:13:30.000000000 +0000 second\n"
                        "./second\n1700000000 1700000000 1700000000 1700000000\n"
                        "1700000010 1700000010 1700000010 1700000010\nnewer\n1700000000.0\n1700000010\n"));
  EXPECT_EQ(result.standard_error, "1700000022\n");
}

TEST(Leaks, TimesThatWereSetStay) {
  GuestWorld world;
  auto result = world.run(
      "cd /root; touch -d 2020-02-02T00:00:00Z old; touch -d 2050-01-01T00:00:00Z new; cp -p old copy; sleep "
      "3\n"
      "stat -c %Y old new copy; stat -c %y /usr/bin/bash | cut -d- -f1; stat -c %Y /etc/hostname");
  EXPECT_EQ(result.standard_output, "1580601600\n2524608000\n1580601600\n2023\n1700000000\n")
      << result.standard_error;
}

TEST(Leaks, TwoRunsShowTheSame) {
  auto run = [] {
    GuestWorld world;
    auto result = world.run(
        "#!/bin/bash\nls -la --full-time / /etc /root /tmp /dev/shm; free; vmstat | tail -1; ps -eo "
        "user,pid,stat,tty,pcpu,lstart,etime,time,args\n"
        "cat /proc/self/stat /proc/stat /proc/meminfo /proc/loadavg /proc/uptime /proc/self/mounts "
        "/proc/version\n"
        "cat /proc/sys/kernel/random/boot_id; uname -a; uptime; uptime -s; times; time (sleep 1; true)\n"
        "python3 -c 'import os, time, resource; print(os.times(), os.getloadavg(), time.process_time(), "
        "resource.getrusage(resource.RUSAGE_CHILDREN), os.uname())'\n"
        "echo $SECONDS $EPOCHREALTIME $BASHPID; echo /etc/* /usr/bin/*; ls -U /etc; find /etc /var; ls -t "
        "/etc; "
        "df -h; df -i; stat -f /\n"
        "tar cf - /etc 2>/dev/null | md5sum; gzip -c /etc/hosts | md5sum");
    EXPECT_EQ(result.exit_code, 0) << result.standard_error;
    return result.standard_output + result.standard_error;
  };
  const std::string first = run();
  EXPECT_EQ(first, run());
  EXPECT_THAT(first, HasSubstr("/sbin/init"));
  EXPECT_THAT(first, HasSubstr("6.1.0-21-cloud-amd64"));
  EXPECT_THAT(first, HasSubstr("MemTotal:        1992184 kB"));
  EXPECT_THAT(first, Not(HasSubstr("squall-guests-")));
}

TEST(Leaks, TheBootsIdIsTheJournals) {
  MachineWorld world(
      "#!/bin/bash\ncat /proc/sys/kernel/random/boot_id | tr -d - > /root/kernel\n"
      "journalctl --list-boots --no-pager | awk 'NR == 1 || /^ *0/ {id = $2} END {print id}' > "
      "/root/journal\n");
  world.inside->power_on();
  world.wait(2min);
  EXPECT_EQ(world.file("/root/kernel").size(), 33u);
}

// --- what a power failure takes ---

struct Crash : MachineWorld {
  using MachineWorld::MachineWorld;
  // Runs the user data, waits, cuts the power, and answers how many of the 40 files are left.
  int left_after(Duration pause, const std::string& folder = "/root") {
    inside->power_on();
    wait(1min);
    wait(pause);
    inside->power_cut();
    return static_cast<int>(inside->guest().disk().list(folder + "/files").size());
  }
};

constexpr char forty_files[] =
    "#!/bin/bash\nmkdir -p /root/files; sleep 40; for i in $(seq 40); do echo $i > /root/files/$i; done\n";

TEST(Crash, WhatAShellJustWroteMayBeLost) {
  Crash world(forty_files);
  const int left = world.left_after(0s);
  EXPECT_GT(left, 0);
  EXPECT_LT(left, 40);
  int told = 0;
  for (const TraceEntry& entry : world.trace) told += entry.kind == "lost";
  EXPECT_GE(told, 40 - left);
}

TEST(Crash, AfterHalfAMinuteItIsOnTheDisk) {
  Crash world(forty_files);
  EXPECT_EQ(world.left_after(31s), 40);
}

TEST(Crash, WhatWasSyncedStays) {
  Crash world(std::string(forty_files) + "sync\n");
  EXPECT_EQ(world.left_after(0s), 40);
  Crash each(std::string(forty_files) + "sync /root/files/*\n");
  EXPECT_EQ(each.left_after(0s), 40);
  Crash python(
      "#!/bin/bash\nmkdir -p /root/files; sleep 40; python3 -c 'import os\nfor i in range(40):\n"
      "  f = open(\"/root/files/%d\" % i, \"w\"); f.write(\"x\"); f.flush(); os.fsync(f.fileno())'\n");
  EXPECT_EQ(python.left_after(0s), 40);
}

TEST(Crash, WhatWasOverwrittenMayBeAsBefore) {
  Crash world(
      "#!/bin/bash\nmkdir -p /root/files; for i in $(seq 40); do echo old > /root/files/$i; done; sleep 40\n"
      "for i in $(seq 40); do echo new > /root/files/$i; done; echo changed > /etc/motd\n");
  EXPECT_EQ(world.left_after(0s), 40);
  int old = 0, now = 0;
  for (int i = 1; i <= 40; ++i) {
    const std::string content = world.file("/root/files/" + std::to_string(i));
    old += content == "old\n";
    now += content == "new\n";
  }
  EXPECT_EQ(old + now, 40);
  EXPECT_GT(old, 0);
  EXPECT_GT(now, 0);
}

TEST(Crash, AnOrderlyShutdownLosesNothing) {
  Crash world(forty_files);
  world.inside->power_on();
  world.wait(1min);
  world.inside->shut_down([] {});
  world.wait(3min);
  EXPECT_EQ(world.inside->guest().disk().list("/root/files").size(), 40u);
  EXPECT_EQ(world.went_off, 0);
}

}  // namespace
}  // namespace squall::guest
