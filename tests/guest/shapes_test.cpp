// Shapes of commands that public bootstraps are made of (reference: bootstraps in the wild), in our own
// words.
#include <gmock/gmock.h>

#include "harness/guest/cron.hpp"
#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

TEST(Shapes, AccountsAndRights) {
  GuestWorld world("amzn2-ami-hvm-2.0.20240610.1-x86_64-gp2");
  auto result = world.run(
      "groupadd --system keeper && useradd --system -m -d /srv/keeper -g keeper -s /bin/false keeper; id "
      "keeper | cut "
      "-d'(' -f2-\n"
      "usermod -a -G keeper ec2-user; id -Gn ec2-user; usermod -a -G nobody-knows ec2-user; echo $?\n"
      "sudo bash -c \"cat > /srv/keeper/c.hcl\" <<EOF\nvalue = \"$(id -un)\"\nEOF\n"
      "cat /srv/keeper/c.hcl; echo 'echo $SECRET $#' > /tmp/s.sh; SECRET=kept sudo -E -S bash /tmp/s.sh a b\n"
      "runuser -l ec2-user -c 'echo $HOME $(id -un)'; runuser -u ec2-user -- id -un; su - ec2-user -c 'pwd'\n"
      "cp /usr/bin/true /usr/local/bin/tool; setcap cap_ipc_lock=+ep \"$(readlink -f \"$(which tool)\")\"; "
      "getcap "
      "/usr/local/bin/tool");
  EXPECT_EQ(
      result.standard_output,
      "keeper) gid=997(keeper) groups=997(keeper)\nec2-user adm wheel keeper\n6\nvalue = \"root\"\nkept 2\n"
      "/home/ec2-user ec2-user\nec2-user\n/home/ec2-user\n/usr/local/bin/tool cap_ipc_lock=ep\n")
      << result.standard_error;
}

TEST(Shapes, SettingsFromAFileThatFollowsOtherOptions) {
  GuestWorld world;
  auto result = world.run(
      "printf 'net.ipv4.ip_forward=0\\nvm.swappiness = 10\\n' > /etc/sysctl.d/99-own.conf\n"
      "sysctl -p -q /etc/sysctl.d/99-own.conf; echo $?; sysctl -n vm.swappiness; sysctl -p /etc/none.conf; "
      "echo $?\n"
      "sysctl -p /etc/sysctl.d/99-own.conf | tail -1; echo 'kernel.pid_max=99999' > /etc/sysctl.conf; sysctl "
      "-p");
  EXPECT_EQ(result.standard_output, "0\n10\n1\nvm.swappiness = 10\nkernel.pid_max = 99999\n");
  EXPECT_EQ(result.standard_error, "sysctl: cannot open \"/etc/none.conf\": No such file or directory\n");
}

TEST(Shapes, LogsAndDatagrams) {
  GuestWorld world;
  auto result = world.run(
      "#!/bin/bash\necho 'backup:1|c' > /dev/udp/127.0.0.1/8125; echo $?; logger -s 'it failed' 2>&1 | cut "
      "-d' ' -f4-\n"
      "exec > >(tee /var/log/own.log | logger -t own -s 2>/dev/console) 2>&1; echo from the script; sleep 1");
  EXPECT_EQ(result.standard_output, "0\nroot: it failed\n") << result.standard_error;
  world.scheduler.run_until(world.scheduler.now() + 1s);  // logger's last lines come after the script's end
  EXPECT_THAT(world.guest->console_output(), HasSubstr("own: from the script"));
}

TEST(Shapes, AScriptsOutputIsFollowedWhileItRuns) {
  GuestWorld world;
  world.boot();
  auto script = [](GuestWorld& self) -> world::Task<> {
    co_await self.guest->run_script(
        "#!/bin/bash\nexec > >(tee /var/log/own.log | logger -t own -s 2>/dev/console) 2>&1\n"
        "echo first; sleep 60; printf 'second, unfinished'; sleep 60; echo ' line'\n",
        "", 1h);
  };
  world::Job job = world::Job::start(world.scheduler, script(world));
  Time begin = world.scheduler.now();
  world.scheduler.run_until(begin + 30s);
  EXPECT_THAT(world.guest->console_output(), HasSubstr("22:13:20 own: first\n"));
  EXPECT_THAT(world.guest->disk().read("/var/log/syslog").value_or(""), HasSubstr("own: first\n"));
  world.scheduler.run_until(begin + 90s);
  EXPECT_THAT(world.guest->console_output(), testing::Not(HasSubstr("second")));
  world.scheduler.run_until(begin + 130s);
  EXPECT_THAT(world.guest->console_output(), HasSubstr("22:15:20 own: second, unfinished line\n"));
}

TEST(Shapes, CronInThreeFormsFires) {
  GuestWorld world("amzn2-ami-hvm-2.0.20240610.1-x86_64-gp2");
  world.run(
      "crontab -l | { cat; echo '*/5 * * * * echo user >> /tmp/fired'; } | crontab -\n"
      "echo '42 * * * * root /bin/bash -lc /opt/job' > /etc/cron.d/job; printf '#!/bin/bash\\necho \"d "
      "$FROM_PROFILE\" >> "
      "/tmp/fired\\n' > /opt/job; chmod +x /opt/job; echo 'export FROM_PROFILE=yes' > /etc/profile.d/own.sh\n"
      "printf '#!/bin/sh\\necho hourly >> /tmp/fired\\n' > /etc/cron.hourly/own; chmod 755 "
      "/etc/cron.hourly/own");
  Cron cron(*world.guest);
  cron.start();
  world.scheduler.run_until(world.scheduler.now() + 1h);
  std::string fired = world.guest->disk().read("/tmp/fired").value_or("");
  EXPECT_THAT(fired, HasSubstr("d yes\n"));
  EXPECT_THAT(fired, HasSubstr("hourly\n"));
  EXPECT_THAT(fired, HasSubstr("user\nuser\nuser\n"));
}

TEST(Shapes, ACertificateSignedOnTheNode) {
  GuestWorld world;
  auto result = world.run(
      "#!/bin/bash\ncd /tmp; openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj "
      "/CN=ca -days 3650 2>/dev/null\n"
      "printf "
      "'[req]\\ndistinguished_name=dn\\nreq_extensions=ext\\nprompt=no\\n[dn]\\nCN=node\\n[ext]"
      "\\nsubjectAltName="
      "@names\\n[names]\\nIP.1=10.0.1.10\\nDNS.1=node.internal\\n' > req.cfg\n"
      "openssl req -config req.cfg -new -newkey rsa:2048 -nodes -keyout node.key -extensions ext -out "
      "node.csr 2>/dev/null\n"
      "openssl x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile <(printf "
      "'[s]\\nsubjectAltName=IP:10.0.1.10\\n') -extensions s -out node.pem -days 7300 2>/dev/null\n"
      "openssl verify -CAfile ca.pem node.pem; openssl x509 -in node.pem -noout -startdate -ext "
      "subjectAltName\n"
      "openssl rand -base64 18 | wc -c; openssl rand -hex 4 | wc -c");
  EXPECT_EQ(result.standard_output,
            "node.pem: OK\nnotBefore=Nov 14 22:13:20 2023 GMT\nX509v3 Subject Alternative Name: \n    IP "
            "Address:10.0.1.10\n25\n9\n")
      << result.standard_error;
}

}  // namespace
}  // namespace squall::guest
