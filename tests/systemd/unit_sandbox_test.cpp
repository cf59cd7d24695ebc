// What a unit hides from its processes, in a real unit of a real guest (systemd.exec(5), "Sandboxing").
#include <gmock/gmock.h>

#include "harness/guest/agent/embedded.hpp"
#include "harness/guest/systemd/sandboxing.hpp"
#include "tests/guest/machine_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;
using testing::Not;

// A world in which a oneshot unit with these settings runs this shell command, after `before` was run.
struct Unit : MachineWorld {
  Unit(const std::string& settings, const std::string& command, const std::string& before = ":")
      : MachineWorld("#!/bin/bash\n" + before + "\ncat > /opt/work.sh <<'WORK'\n" + command +
                     "\nWORK\ncat > /etc/systemd/system/p.service <<'UNIT'\n[Service]\nType=oneshot\n" +
                     settings + "ExecStart=/bin/bash /opt/work.sh\nUNIT\nsystemctl start p\n") {
    inside->power_on();
    wait(2min);
    log = inside->unit_log("p.service");
  }
  std::string log;
};

TEST(UnitSandbox, FullProtectsTheSystemAndItsSettings) {
  Unit unit("ProtectSystem=full\n",
            "for place in /usr/x /boot/x /etc/x /var/lib/x /tmp/x; do touch $place 2>/dev/null && echo wrote "
            "$place; done; touch /etc/y");
  EXPECT_THAT(unit.log, HasSubstr("\nwrote /var/lib/x\nwrote /tmp/x\n"));
  for (const char* place : {"/usr/x", "/boot/x", "/etc/x"})
    EXPECT_THAT(unit.log, Not(HasSubstr(std::string("wrote ") + place)));
  EXPECT_THAT(unit.log, HasSubstr("touch: cannot touch '/etc/y': Read-only file system"));
  EXPECT_EQ(unit.file("/tmp/x"), "");
}

TEST(UnitSandbox, StrictLetsOnlyWhatItNamesBeWritten) {
  Unit unit("ProtectSystem=strict\nReadWritePaths=/opt -/nowhere\nStateDirectory=mine\n",
            "for place in /opt/x /srv/x /var/lib/x /var/lib/mine/x /dev/shm/x; do touch $place 2>/dev/null "
            "&& echo wrote $place; done");
  EXPECT_THAT(unit.log, HasSubstr("\nwrote /opt/x\nwrote /var/lib/mine/x\nwrote /dev/shm/x\n"));
  EXPECT_THAT(unit.log, Not(HasSubstr("wrote /srv/x")));
}

TEST(UnitSandbox, HomesAreReadOnlyOrOutOfSight) {
  const std::string look = "cat /root/secret; echo more >> /root/secret; ls -A /root";
  Unit kept("ProtectHome=read-only\n", look, "echo known > /root/secret");
  EXPECT_THAT(kept.log, HasSubstr("\nknown\n/opt/work.sh: line 1: /root/secret: Read-only file system\n"));
  Unit hidden("ProtectHome=yes\n", look, "echo known > /root/secret");
  EXPECT_THAT(hidden.log, HasSubstr("cat: /root/secret: No such file or directory"));
  EXPECT_EQ(hidden.file("/root/secret"), "known\n");
}

TEST(UnitSandbox, ItsTmpIsItsOwnAndGoesWithIt) {
  Unit unit("PrivateTmp=yes\nExecStartPre=/bin/sh -c 'echo kept > /tmp/between; echo v > /var/tmp/v'\n",
            "ls /tmp /var/tmp; cat /tmp/between; stat -c %a /tmp", "touch /tmp/outside");
  EXPECT_THAT(unit.log, HasSubstr("\n/tmp:\nbetween\n/var/tmp:\nv\nkept\n1777\n"));
  EXPECT_THAT(unit.inside->guest().disk().list("/tmp"), Not(testing::Contains(HasSubstr("systemd-private"))));
  EXPECT_EQ(unit.file("/tmp/outside"), "");
  EXPECT_EQ(unit.file("/tmp/between"), "(none)");
}

TEST(UnitSandbox, DisksAreOutOfSight) {
  Unit unit("PrivateDevices=yes\n",
            "touch /dev/mine && ls /dev | tr '\\n' ' '; echo x > /dev/null; head -c 4 /dev/urandom | wc -c; "
            "sleep 1");
  EXPECT_THAT(unit.log,
              HasSubstr("fd full mine null ptmx pts random shm squall stderr stdin stdout urandom zero"));
  EXPECT_THAT(unit.log, HasSubstr("zero 4\n"));
}

TEST(UnitSandbox, APathThatIsNotThereEndsIt) {
  Unit unit("ReadOnlyPaths=/nowhere\n", "echo ran");
  EXPECT_THAT(unit.log, HasSubstr("Failed to set up mount namespacing: /nowhere: No such file or directory"));
  EXPECT_THAT(unit.log, HasSubstr("Failed at step NAMESPACE spawning /bin/bash: No such file or directory"));
  EXPECT_THAT(unit.log, HasSubstr("status=226/NAMESPACE"));
}

TEST(UnitSandbox, InaccessiblePathsAndFullPrivileges) {
  Unit unit("InaccessiblePaths=/srv /opt/secret\nExecStartPre=+/bin/sh -c 'cat /opt/secret; ls /srv'\n",
            "cat /opt/secret; ls /srv | wc -l", "echo told > /opt/secret; touch /srv/there");
  EXPECT_THAT(unit.log, HasSubstr("\ntold\nthere\n0\n"));
}

// A program that the world runs, as it runs vault, sees the disk as its process does.
TEST(UnitSandbox, ProgramsOfTheWorldSeeTheSame) {
  MachineWorld world("");
  world.machine.user_data =
      "#!/bin/bash\necho outside > /tmp/note\n"
      "cat > /etc/systemd/system/p.service <<'UNIT'\n[Service]\nType=oneshot\nPrivateTmp=yes\n"
      "ProtectSystem=full\nExecStartPre=/bin/sh -c 'echo inside > "
      "/tmp/note'\nExecStart=/usr/bin/vault\nUNIT\n"
      "systemctl start p\n";
  world.programs["vault"] = [](program::Context& context) -> world::Task<int> {
    context.out("read " + context.disk().read("/tmp/note").value_or("nothing"));
    context.disk().write("/tmp/note", "again", 0644);
    try {
      context.disk().write("/etc/note", "x", 0644);
    } catch (const world::DiskError& error) {
      context.out(std::string(error.what()) + "\n");
    }
    co_return 0;
  };
  world.inside.reset();
  world.inside.emplace(Instance::Options{world.machine, world.site, world.programs, {}},
                       Surroundings{world.scheduler, world.network, world.entropy, world.random, {}});
  world.inside->guest().disk().write("/usr/bin/vault", std::string(guest_program_bytes()), 0755);
  world.inside->power_on();
  world.wait(2min);
  const std::string log = world.inside->unit_log("p.service");
  EXPECT_THAT(log, HasSubstr("\nread inside\n"));
  EXPECT_THAT(log, HasSubstr("/etc/note: read-only file system"));
  EXPECT_EQ(world.file("/tmp/note"), "outside\n");
}

TEST(UnitSandbox, ParentsAreProtectedBeforeWhatLiesInThem) {
  using namespace systemd;
  Sandboxing wanted;
  wanted.protect_system = ProtectSystem::strict;
  wanted.read_write = {"/var/lib/x"};
  wanted.read_only = {"-/var/lib"};
  const auto mounts = mounts_of(wanted, "", {"/run/own"}, {"/data"});
  EXPECT_THAT(mounts, testing::ElementsAre(Mount{Mount::Kind::read_only, "/", "", false},
                                           Mount{Mount::Kind::read_only, "/data", "", true},
                                           Mount{Mount::Kind::read_write, "/run/own", "", false},
                                           Mount{Mount::Kind::read_only, "/var/lib", "", true},
                                           Mount{Mount::Kind::read_write, "/var/lib/x", "", false}));
  EXPECT_FALSE(Sandboxing{}.any());
}

}  // namespace
}  // namespace squall::guest
