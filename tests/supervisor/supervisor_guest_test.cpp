// supervisor in a real guest, from its installation on: files written by a script, programs that are real
// processes, supervisorctl's texts and exit codes as recorded (data/supervisor.md).
#include <gmock/gmock.h>

#include "tests/guest/machine_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

// Runs a script on a booted Debian instance; what it prints, errors too.
struct SupervisorGuest : ::testing::Test {
  MachineWorld world{""};
  void SetUp() override {
    world.inside->power_on();
    world.wait(30s);
  }
  std::string run(const std::string& script) {
    std::optional<world::Machines::ScriptResult> result;
    auto task = [](MachineWorld& machine, std::string text,
                   std::optional<world::Machines::ScriptResult>& into) -> world::Task<> {
      into = co_await machine.inside->run_script(text, "", 1h);
    }(world, "exec 2>&1\n" + script, result);
    world::Job job = world::Job::start(world.scheduler, std::move(task));
    while (!result && world.scheduler.step()) {
    }
    return result ? result->standard_output : "(lost)";
  }
};

constexpr char install[] = "apt-get update >/dev/null; apt-get install -y supervisor >/dev/null\n";
constexpr char beat_program[] = R"(cat > /usr/local/bin/beat <<'BEAT'
#!/bin/bash
trap 'echo stopping; exit 0' INT
echo "up $A $(id -un) $(pwd) $(umask) $SUPERVISOR_PROCESS_NAME"
while true; do sleep 1; done
BEAT
chmod +x /usr/local/bin/beat
useradd --system -m -d /srv/app app
cat > /etc/supervisor/conf.d/beat.conf <<'CONF'
[program:beat]
command=/usr/local/bin/beat
user=app
directory=/srv/app
umask=027
environment=A="x y"
autorestart=true
stopsignal=INT
stdout_logfile=/var/log/beat.log
CONF
)";

TEST_F(SupervisorGuest, a_program_is_installed_updated_killed_and_stopped) {
  EXPECT_EQ(
      run(std::string(install) + "systemctl is-enabled supervisor; systemctl is-active supervisor; sleep 1\n"
                                 "supervisorctl status; echo $?"),
      "enabled\nactive\n0\n");
  EXPECT_EQ(run(std::string(beat_program) + "supervisorctl reread; echo $?; supervisorctl update; echo $?"),
            "beat: available\n0\nbeat: added process group\n0\n");
  EXPECT_THAT(run("supervisorctl status; echo $?; sleep 3; supervisorctl status; echo $?"),
              MatchesRegex("beat +STARTING  \n0\nbeat +RUNNING   pid [0-9]+, uptime 0:00:0[0-9]\n0\n"));
  EXPECT_EQ(run("cat /var/log/beat.log; ps -o user=,pid= -C beat | tr -s ' ' > /tmp/seen; "
                "test \"$(cat /tmp/seen)\" = \"app $(supervisorctl pid beat)\" && echo same"),
            "up x y app /srv/app 0027 beat\nsame\n");
  EXPECT_EQ(
      run("first=$(supervisorctl pid beat); kill -9 $first; sleep 3; supervisorctl status beat | cut -c1-42\n"
          "test \"$(supervisorctl pid beat)\" != $first && echo another; wc -l < /var/log/beat.log\n"
          "grep -c 'exited: beat (terminated by SIGKILL; not expected)' /var/log/supervisor/supervisord.log"),
      "beat                             RUNNING  \nanother\n2\n1\n");
  EXPECT_EQ(run("supervisorctl stop beat; echo $?; pgrep -c beat; tail -1 /var/log/beat.log; supervisorctl "
                "stop beat"),
            "beat: stopped\n0\n0\nstopping\nbeat: ERROR (not running)\n");
}

TEST_F(SupervisorGuest, programs_that_cannot_run_give_up) {
  EXPECT_EQ(run(std::string(install) + R"(
printf '[program:fatal]\ncommand=/bin/sh -c "echo err >&2; exit 3"\n' > /etc/supervisor/conf.d/fatal.conf
printf '[program:nodir]\ncommand=/bin/true\ndirectory=/nosuch\n' > /etc/supervisor/conf.d/nodir.conf
printf '[program:nobin]\ncommand=/usr/bin/nosuch --x\n' > /etc/supervisor/conf.d/nobin.conf
touch /usr/local/bin/plain; printf '[program:plain]\ncommand=/usr/local/bin/plain\n' > /etc/supervisor/conf.d/plain.conf
sleep 2; supervisorctl update > /dev/null; sleep 15; supervisorctl status; echo $?
cat /var/log/supervisor/fatal-stderr---supervisor-*.log
head -2 /var/log/supervisor/nodir-stderr---supervisor-*.log
supervisorctl start plain; echo $?
)"),
            "fatal                            FATAL     Exited too quickly (process log may have details)\n"
            "nobin                            FATAL     can't find command '/usr/bin/nosuch'\n"
            "nodir                            FATAL     Exited too quickly (process log may have details)\n"
            "plain                            FATAL     command at '/usr/local/bin/plain' is not executable\n"
            "3\nerr\nerr\nerr\nerr\n"
            "supervisor: couldn't chdir to /nosuch: ENOENT\nsupervisor: child process was not spawned\n"
            "plain: ERROR (file is not executable)\n1\n");
}

// Debian's unit has KillMode=process: SIGKILL of supervisord leaves the programs, and 50 s later there are
// two.
TEST_F(SupervisorGuest, the_server_dies_and_systemd_starts_another) {
  run(std::string(install) + beat_program + "sleep 2; supervisorctl update; sleep 2");
  EXPECT_EQ(run("kill -9 $(cat /run/supervisord.pid); sleep 1; supervisorctl status; echo $?\n"
                "systemctl is-active supervisor; pgrep -c beat; sleep 55; supervisorctl status | cut -c1-42; "
                "pgrep -c beat"),
            "unix:///var/run/supervisor.sock refused connection\n4\nactivating\n1\n"
            "beat                             RUNNING  \n2\n");
  EXPECT_EQ(run("systemctl stop supervisor; echo $?; systemctl is-active supervisor; supervisorctl status; "
                "pgrep -c beat"),
            "0\ninactive\nunix:///var/run/supervisor.sock no such file\n1\n");
  world.inside->reboot();
  world.wait(2min);
  EXPECT_EQ(run("supervisorctl status | cut -c1-42; pgrep -c beat"),
            "beat                             RUNNING  \n1\n");
}

// By hand, with a configuration of one's own; the child inherits the server's limits.
TEST_F(SupervisorGuest, supervisord_by_hand_becomes_a_daemon) {
  run(install);
  const std::string seen = run(R"~(systemctl stop supervisor; mkdir /opt/app; cd /opt/app
cat > supervisord.conf <<'CONF'
[supervisord]
minfds=2048
[unix_http_server]
file=/tmp/app.sock
[inet_http_server]
port=127.0.0.1:9001
[supervisorctl]
serverurl=unix:///tmp/app.sock
[program:limits]
command=/bin/bash -c "ulimit -Sn; sleep 1000"
redirect_stderr=true
stdout_logfile=/opt/app/limits.log
[program:more]
command=/bin/bash -c "for i in 1 2 3 4 5 6 7 8 9; do echo 0123456789; done; sleep 1000"
stdout_logfile=/opt/app/more.log
stdout_logfile_maxbytes=50
stdout_logfile_backups=1
CONF
supervisord -c supervisord.conf; echo $?
sleep 3; supervisorctl status | cut -c1-42; supervisorctl -s http://localhost:9001 version
supervisord -c /opt/app/supervisord.conf; echo $?
cat limits.log; ls more.log*
supervisorctl -c /opt/app/supervisord.conf shutdown; sleep 3; pgrep -c supervisord; pgrep -c sleep
)~");
  EXPECT_EQ(
      seen,
      "0\nlimits                           RUNNING  \nmore                             RUNNING  \n4.2.5\n"
      "Error: Another program is already listening on a port that one of our HTTP servers is configured to "
      "use.  Shut this program down first before starting supervisord.\n"
      "For help, use /usr/bin/supervisord -h\n2\n2048\nmore.log\nmore.log.1\nShut down\n0\n0\n");
}

// Debian 12's pip refuses without its option; what it brings has no configuration of its own.
TEST_F(SupervisorGuest, pip_brings_the_programs_alone) {
  EXPECT_EQ(run(R"~(apt-get update >/dev/null; apt-get install -y python3-pip >/dev/null
pip3 install supervisor 2>&1 | head -1; pip3 install --break-system-packages nosuchthing 2>&1 | tail -1
pip3 install --break-system-packages supervisor==4.2.5 | tail -1; which supervisord
printf '[supervisord]\n[unix_http_server]\nfile=/tmp/s.sock\n[supervisorctl]\nserverurl=unix:///tmp/s.sock\n[program:x]\ncommand=/bin/sleep 1000\n' > /etc/supervisord.conf
supervisord -c /etc/supervisord.conf; sleep 2; supervisorctl status | cut -c1-42
)~"),
            "error: externally-managed-environment\nERROR: No matching distribution found for nosuchthing\n"
            "Successfully installed supervisor-4.2.5\n/usr/local/bin/supervisord\n"
            "x                                RUNNING  \n");
}

TEST_F(SupervisorGuest, options_are_served_or_refused_by_name) {
  EXPECT_EQ(run(std::string(install) + "for o in '-Z x' '--frob' '-c' '--interactive' 'maintail -f' 'clear' "
                                       "'tail -f x'; do supervisorctl $o "
                                       "2>&1 | head -2; done\n"
                                       "supervisorctl --help | tail -2; for o in -Z '-l' '-y 1MB' --help; do "
                                       "supervisord $o 2>&1 | head -1; done"),
            "Error: option -Z not recognized\nFor help, use /usr/bin/supervisorctl -h\n"
            "Error: option --frob not recognized\nFor help, use /usr/bin/supervisorctl -h\n"
            "Error: option -c requires argument\nFor help, use /usr/bin/supervisorctl -h\n"
            "supervisorctl: option '--interactive' is not served by Squall\n"
            "Error: maintail -f is not served by Squall\nError: clear requires a process name\n"
            "Error: tail -f is not served by Squall\nactions.\n\n"
            "Error: option -Z not recognized\nError: option -l requires argument\n"
            "supervisord: option '--logfile_maxbytes' is not served by Squall\n"
            "supervisord: option '--help' is not served by Squall\n");
  EXPECT_THAT(
      run("systemctl stop supervisor; cp /etc/supervisor/supervisord.conf /opt/s.conf\n"
          "supervisord -c /opt/s.conf -l /opt/own.log -j /opt/own.pid -e warn; sleep 2; cat /opt/own.pid\n"
          "grep -c INFO /opt/own.log; grep -c CRIT /opt/own.log"),
      MatchesRegex("[0-9]+\n0\n[1-9]\n"));
}

}  // namespace
}  // namespace squall::guest
