// User data in its forms, cloud-init's order and logs, cron's minutes.
#include <gmock/gmock.h>

#include "emulator/base/encoding.hpp"
#include "harness/guest/cloud_config.hpp"
#include "harness/guest/cloud_init.hpp"
#include "harness/guest/cron.hpp"
#include "harness/guest/instance_data.hpp"
#include "harness/guest/user_data.hpp"
#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

void boot(GuestWorld& world, std::string user_data) {
  world.machine.user_data = std::move(user_data);
  if (!world.guest) world.boot();
  bool done = false;
  world::Job job =
      world::Job::start(world.scheduler, run_cloud_init(*world.guest), [&](std::exception_ptr failure) {
        done = true;
        if (failure) std::rethrow_exception(failure);
      });
  while (!done && world.scheduler.step()) {
  }
}

std::string log_of(GuestWorld& world) {
  return world.guest->disk().read("/var/log/cloud-init-output.log").value_or("");
}

TEST(UserData, MultipartNestedEncoded) {
  std::string inner =
      "Content-Type: multipart/mixed; boundary=\"in\"\r\n\r\n--in\r\nContent-Type: text/cloud-config\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n" +
      base::base64_encode("#cloud-config\nhostname: a\n") + "\r\n--in--\r\n";
  auto parts = parse_user_data(
      "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary=\"out\"\n\n--out\n" + inner +
      "\n--out\nContent-Type: text/x-shellscript\nContent-Disposition: attachment; filename=\"go.sh\"\n\n"
      "#!/bin/bash\necho hi\n\n--out\nContent-Type: text/jinja2\n\nx\n--out--\n");
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].kind, PartKind::cloud_config);
  EXPECT_EQ(parts[0].body, "#cloud-config\nhostname: a\n");
  EXPECT_EQ(parts[1].kind, PartKind::script);
  EXPECT_EQ(parts[1].name, "go.sh");
  EXPECT_EQ(parts[1].body, "#!/bin/bash\necho hi\n");
  EXPECT_EQ(parts[2].kind, PartKind::not_served);
}

// Whatever comes out of a broken message holds together, and a message whose damage is in the contents still
// comes out as what it was.
TEST(UserData, MutationsAreSurvived) {
  std::string seed =
      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: "
      "text/cloud-config\n"
      "Content-Transfer-Encoding: quoted-printable\n\n#cloud-config\nruncmd: [[a, b], c=3D]\n--b--\n";
  base::Random random(3);
  int still_configs = 0, still_commands = 0, refused = 0, nothing = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = seed;
    for (int i = 0; i < 4; ++i) text[random.below(text.size())] = static_cast<char>(random.below(256));
    std::vector<UserDataPart> parts = parse_user_data(text);
    nothing += parts.empty();
    for (const UserDataPart& part : parts) {
      EXPECT_LE(part.body.size(), text.size());
      EXPECT_FALSE(part.name.empty());
      EXPECT_EQ(part.name.find('/'), std::string::npos);
      still_configs += part.kind == PartKind::cloud_config;
      std::size_t kept = 0;
      for (const TemplatePiece& piece : parse_template(part.body).value_or(std::vector<TemplatePiece>{}))
        kept += piece.text.size() + piece.name.size();
      EXPECT_LE(kept, part.body.size());
      std::string problem;
      auto config = parse_cloud_config(part.body, problem);
      EXPECT_NE(config.has_value(), !problem.empty()) << part.body;
      refused += !config;
      if (config && part.kind == PartKind::cloud_config) still_commands += config->commands.size() == 2;
    }
    std::vector<std::string> mistakes;
    std::size_t entries = parse_crontab(text, "root", mistakes).size();
    EXPECT_LE(entries + mistakes.size(),
              static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  }
  EXPECT_GT(still_configs, 300);
  EXPECT_GT(still_commands, 150);
  EXPECT_GT(refused, 50);
  EXPECT_GT(nothing, 10);
}

TEST(CloudInit, RunsAScriptOnce) {
  GuestWorld world;
  std::string data =
      "#!/bin/bash\nexec > >(tee /var/log/user-data.log | logger -t user-data -s 2>/dev/console) 2>&1\n"
      "echo begun; sleep 30; echo done at $(date +%s)\n";
  boot(world, data);
  EXPECT_EQ(world.guest->disk().read("/var/log/user-data.log"), "begun\ndone at 1700000030\n");
  world.scheduler.run_until(world.scheduler.now() + 1s);
  EXPECT_THAT(world.guest->console_output(), HasSubstr("user-data: done at 1700000030"));
  EXPECT_THAT(world.guest->disk().read("/var/log/syslog").value_or(""), HasSubstr("user-data: begun"));
  EXPECT_THAT(log_of(world), HasSubstr("Cloud-init v. 22.4.2 finished at "));
  boot(world, data);
  EXPECT_EQ(world.guest->disk().read("/var/log/user-data.log"), "begun\ndone at 1700000030\n");
}

TEST(CloudInit, CarriesOutACloudConfig) {
  GuestWorld world;
  boot(world,
       "#cloud-config\nfqdn: vault-1.example.com\npackages: [jq]\nphone_home: {url: x}\n"
       "write_files:\n- {path: /etc/app/c.json, content: '{\"a\": 7}', permissions: '0640', owner: "
       "'nobody:root'}\n"
       "users: [{name: deploy, groups: [adm], shell: /bin/bash, sudo: 'ALL=(ALL) NOPASSWD:ALL'}]\n"
       "runcmd:\n- [sh, -c, 'jq .a /etc/app/c.json > /out']\n- hostname -f >> /out; id -Gn deploy >> /out; "
       "stat -c '%U %a' /etc/app/c.json >> /out\n"
       "- sudo -u deploy sudo whoami >> /out\n");
  EXPECT_EQ(world.guest->disk().read("/out"), "7\nvault-1.example.com\ndeploy adm\nnobody 640\nroot\n")
      << log_of(world);
  EXPECT_THAT(log_of(world), HasSubstr("phone_home is not served"));
}

TEST(CloudInit, AFailureIsTold) {
  GuestWorld world;
  boot(world, "#!/bin/bash\nset -e\nfalse\necho never\n");
  EXPECT_THAT(log_of(world), HasSubstr("Failed to run module scripts-user"));
  EXPECT_EQ(world.run("cloud-init status").standard_output, "status: error\n");
}

TEST(Crontab, MinutesAndMistakes) {
  std::vector<std::string> mistakes;
  auto entries =
      parse_crontab("PATH=/bin\n*/15 3 * * mon-fri a b\n@daily c\n0 0 13 * 5 d\nbad line\n61 * * * * e\n",
                    "root", mistakes);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(mistakes.size(), 2u);
  Time monday = *base::parse_iso8601("2024-01-01T03:45:00Z"),
       sunday = *base::parse_iso8601("2023-12-31T03:45:00Z");
  EXPECT_TRUE(entries[0].due(monday));
  EXPECT_FALSE(entries[0].due(sunday));
  EXPECT_TRUE(entries[1].due(*base::parse_iso8601("2024-01-01T00:00:00Z")));
  EXPECT_TRUE(entries[2].due(*base::parse_iso8601("2024-01-05T00:00:00Z")));  // a Friday
  EXPECT_TRUE(entries[2].due(*base::parse_iso8601("2024-01-13T00:00:00Z")));  // a 13th
  EXPECT_FALSE(entries[2].due(*base::parse_iso8601("2024-01-14T00:00:00Z")));
}

TEST(Crontab, Fires) {
  GuestWorld world;
  auto result = world.run(
      "crontab -l 2>/dev/null | { cat; echo '*/5 * * * * date +\\%M >> /out'; } | crontab -; crontab -l\n"
      "echo '0 4 * * * admin id -un > /tmp/who' > /etc/cron.d/backup\n"
      "printf '#!/bin/sh\\necho daily > /daily\\n' > /etc/cron.daily/x; chmod +x /etc/cron.daily/x; echo '* "
      "* * *' | crontab -; echo $?");
  EXPECT_EQ(result.standard_output, "*/5 * * * * date +\\%M >> /out\n1\n");
  Cron cron(*world.guest);
  cron.start();
  world.scheduler.run_until(*base::parse_iso8601("2023-11-14T22:29:00Z"));
  EXPECT_EQ(world.guest->disk().read("/out"), "15\n20\n25\n");
  world.scheduler.run_until(*base::parse_iso8601("2023-11-15T07:00:00Z"));
  EXPECT_EQ(world.guest->disk().read("/tmp/who"), "admin\n");
  EXPECT_EQ(world.guest->disk().read("/daily"), "daily\n");
}

// A new time zone is the daemon's when it is restarted; until then the old one is (cron.c, set_time).
TEST(Crontab, TheTimeZoneIsThatOfTheDaemonsStart) {
  GuestWorld world;
  world.run(
      "timedatectl set-timezone Asia/Tokyo; echo '30 7 * * * root date +\\%H:\\%M >>/out' >/etc/cron.d/x");
  world.scheduler.run_until(*base::parse_iso8601("2023-11-14T22:20:00Z"));
  Cron in_tokyo(*world.guest);
  in_tokyo.start();
  world.scheduler.run_until(*base::parse_iso8601("2023-11-14T22:31:00Z"));
  EXPECT_EQ(world.guest->disk().read("/out"), "07:30\n");
  in_tokyo.stop();
  int pid = 0;
  world.run("timedatectl set-timezone UTC; rm /out");
  Cron cron(*world.guest, [&] { return pid; });
  cron.start();
  world.run("timedatectl set-timezone Asia/Tokyo");
  cron.refresh();
  world.scheduler.run_until(*base::parse_iso8601("2023-11-15T07:31:00Z"));
  EXPECT_EQ(world.guest->disk().read("/out"), "16:30\n");
  pid = 700;
  cron.refresh();
  world.scheduler.run_until(*base::parse_iso8601("2023-11-15T22:31:00Z"));
  EXPECT_EQ(world.guest->disk().read("/out"), "16:30\n07:30\n");
  // A boot begins with the zone that is set, before any process runs.
  cron.stop();
  world.run("rm /out");
  world.guest->power_off();
  world.guest->power_on();
  cron.start();
  world.scheduler.run_until(*base::parse_iso8601("2023-11-16T22:31:00Z"));
  EXPECT_EQ(world.guest->disk().read("/out"), "07:30\n");
  // Berlin's summer time is noticed without a restart.
  world.run("timedatectl set-timezone Europe/Berlin");
  world.scheduler.run_until(*base::parse_iso8601("2024-04-01T05:31:00Z"));
  EXPECT_TRUE(world.guest->disk().read("/out")->ends_with("\n07:30\n"));
}

TEST(TimeZones, AFileSaysWhatHoldsWhen) {
  GuestWorld world;
  world.run("true");  // the folder is there for processes
  const TimeZone berlin(world.guest->disk().read("/usr/share/zoneinfo/Europe/Berlin").value());
  const LocalTime summer = berlin.at(*base::parse_iso8601("2024-03-31T01:00:00Z"));
  EXPECT_EQ(summer.offset, 2h);
  EXPECT_TRUE(summer.is_summer);
  EXPECT_EQ(summer.name, "CEST");
  EXPECT_EQ(berlin.at(*base::parse_iso8601("2024-03-31T00:59:59Z")).name, "CET");
  EXPECT_EQ(TimeZone("").at(Time{}).name, "UTC");
  EXPECT_EQ(TimeZone(std::string("TZif2") + std::string(100, '\xff')).at(Time{}).offset, 0s);
}

}  // namespace
}  // namespace squall::guest
