// The commands that the world answers, called from real scripts: curl, wget, package managers, volumes,
// names.
#include <gmock/gmock.h>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "harness/guest/commands/packages.hpp"
#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

http::Response answer(int status, std::string body) { return http::Response::text(status, std::move(body)); }

void add_release_sites(GuestWorld& world) {
  for (const std::string& name : release_site_names())
    world.network.hosts[name + ":443"] = [](const world::Call& call) -> world::Reply {
      return releases(call.request);
    };
}

TEST(Curl, MethodHeadersDataAndStatus) {
  GuestWorld world;
  world.network.hosts["169.254.169.254:80"] = [](const world::Call& call) -> world::Reply {
    return answer(call.request.method == "PUT" ? 200 : 401, call.request.method + " " + call.request.target);
  };
  auto result = world.run(
      "TOKEN=$(curl -sXPUT 169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'); "
      "echo \"$TOKEN\"\n"
      "curl -s -o /dev/null -w '%{http_code}\\n' http://169.254.169.254/latest/meta-data/instance-id\n"
      "curl -sf http://169.254.169.254/x; echo $?; curl -fsS http://169.254.169.254/x; echo $?\n"
      "curl --silent --request POST --data '{\"a\":1}' http://169.254.169.254/y -o /tmp/out; cat /tmp/out");
  EXPECT_EQ(result.standard_output, "PUT /latest/api/token\n401\n22\n22\nPOST /y");
  EXPECT_EQ(result.standard_error, "curl: (22) The requested URL returned error: 401\n");
  ASSERT_EQ(world.network.calls.size(), 5u);
  EXPECT_EQ(world.network.calls[0].request.headers.get("X-aws-ec2-metadata-token-ttl-seconds"), "60");
  EXPECT_EQ(world.network.calls[4].request.body, "{\"a\":1}");
  EXPECT_EQ(world.network.calls[4].request.headers.get("Content-Type"), "application/x-www-form-urlencoded");
}

TEST(Curl, FailuresHaveTheirCodes) {
  GuestWorld world;
  auto fails = [](world::NetFault fault, bool connected) {
    return [fault, connected](const world::Call&) -> world::Reply {
      return world::NetError{fault, connected, ""};
    };
  };
  world.network.hosts["refused:80"] = fails(world::NetFault::refused, false);
  world.network.hosts["silent:80"] = fails(world::NetFault::timed_out, true);
  world.network.hosts["untrusted:443"] = fails(world::NetFault::tls_untrusted, false);
  world.network.hosts["plain:443"] = fails(world::NetFault::tls_not_tls, false);
  world.network.hosts["closes:80"] = fails(world::NetFault::reset, true);
  auto result = world.run(
      "for u in nowhere refused silent https://untrusted https://plain closes; do curl -sS $u; echo $?; "
      "done\n"
      "curl --nonsense; echo $?; curl -sF a=b nowhere; echo $?");
  EXPECT_EQ(result.standard_output, "6\n7\n28\n60\n35\n52\n2\n2\n");
  EXPECT_THAT(result.standard_error, HasSubstr("curl: (6) Could not resolve host: nowhere\n"));
  EXPECT_THAT(
      result.standard_error,
      HasSubstr("curl: (7) Failed to connect to refused port 80 after 0 ms: Couldn't connect to server\n"));
  EXPECT_THAT(result.standard_error, HasSubstr("curl: option --nonsense: is unknown\n"));
  EXPECT_THAT(result.standard_error, HasSubstr("option -F: is not served"));
}

TEST(Curl, RetriesAndFollows) {
  GuestWorld world;
  int asked = 0;
  world.network.hosts["busy:80"] = [&](const world::Call&) -> world::Reply {
    return answer(++asked < 3 ? 503 : 200, "ok\n");
  };
  world.network.hosts["old:80"] = [](const world::Call&) -> world::Reply {
    auto moved = answer(302, "");
    moved.headers.set("Location", "http://busy/");
    return moved;
  };
  Time before = world.scheduler.now();
  auto result = world.run(
      "curl -s --retry 5 http://busy/; curl -sL -w '%{num_redirects} %{url_effective}' http://old/a");
  EXPECT_EQ(result.standard_output, "ok\nok\n1 http://busy/");
  EXPECT_GE(world.scheduler.now() - before, 3s);  // one second, then two
}

TEST(Wget, SavesAndFails) {
  GuestWorld world;
  world.network.hosts["files:80"] = [](const world::Call& call) -> world::Reply {
    return call.request.target == "/a.txt" ? answer(200, "content\n") : answer(404, "");
  };
  auto result = world.run(
      "cd /tmp; wget -q http://files/a.txt && cat a.txt; wget -qO- http://files/a.txt; wget -q "
      "http://files/b; echo $?\n"
      "wget http://nowhere/; echo $?");
  EXPECT_EQ(result.standard_output, "content\ncontent\n8\n4\n");
  EXPECT_THAT(result.standard_error, HasSubstr("wget: unable to resolve host address"));
}

TEST(Packages, VaultNeedsItsRepositoryAndKey) {
  GuestWorld world;
  add_release_sites(world);
  auto result = world.run(
      "apt-get install -y vault; echo $?\n"
      "echo 'deb [signed-by=/usr/share/keyrings/h.gpg] https://apt.releases.hashicorp.com bookworm main' > "
      "/etc/apt/sources.list.d/hashicorp.list\n"
      "apt-get update >/dev/null; echo $?\n"
      "curl -fsSL https://apt.releases.hashicorp.com/gpg | gpg --dearmor -o /usr/share/keyrings/h.gpg\n"
      "apt-get update -y >/dev/null && apt-get install -y vault jq unzip >/dev/null && which vault jq unzip\n"
      "id -un vault; stat -c '%U %a' /opt/vault/data; echo '{\"a\":[1,2]}' | jq -c .a");
  EXPECT_EQ(result.standard_output.substr(result.standard_output.find("100")),
            "100\n100\n/usr/bin/vault\n/usr/bin/jq\n/usr/bin/unzip\nvault\nvault 700\n[1,2]\n")
      << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("E: Unable to locate package vault\n"));
  EXPECT_THAT(result.standard_error, HasSubstr("is not signed"));
}

TEST(Packages, YumOnAmazonLinux) {
  GuestWorld world("al2023-ami-2023.3.20240122.0-kernel-6.1-x86_64");
  add_release_sites(world);
  auto result = world.run(
      "yum install -y vault >/dev/null 2>/tmp/e; echo $?; cat /tmp/e\n"
      "yum-config-manager --add-repo https://rpm.releases.hashicorp.com/AmazonLinux/hashicorp.repo "
      ">/dev/null\n"
      "yum -y install vault jq | tail -1; which vault; . /etc/os-release; echo $ID; readlink /usr/bin/sh");
  EXPECT_EQ(result.standard_output,
            "1\nError: Unable to find a match: vault\nComplete!\n/usr/bin/vault\namzn\nbash\n");
}

TEST(Packages, AReleaseArchiveAndItsSums) {
  GuestWorld world;
  add_release_sites(world);
  world.programs["vault"] = [](program::Context& context) -> world::Task<int> {
    context.out("a stand-in\n");
    co_return 0;
  };
  auto result = world.run(
      "apt-get install -y unzip >/dev/null; cd /tmp; base=https://releases.hashicorp.com/vault/1.14.9\n"
      "curl -sO $base/vault_1.14.9_linux_amd64.zip; curl -sO $base/vault_1.14.9_SHA256SUMS\n"
      "grep linux_amd64 vault_1.14.9_SHA256SUMS | sha256sum -c - && unzip -q vault_1.14.9_linux_amd64.zip -d "
      "/usr/local/bin\n"
      "chown root:root /usr/local/bin/vault; setcap cap_ipc_lock=+ep $(readlink -f $(which vault)); vault "
      "version");
  EXPECT_EQ(result.standard_output, "vault_1.14.9_linux_amd64.zip: OK\na stand-in\n")
      << result.standard_error;
}

TEST(Volumes, FormatMountAndRemount) {
  GuestWorld world;
  world.machine.volumes = {{"vol-1", "/dev/xvda", 8, true}, {"vol-2", "/dev/sdf", 20, false}};
  auto result = world.run(
      "mount /dev/xvdf /mnt; echo $?; mkfs.ext4 -q /dev/nvme1n1 >/dev/null 2>&1; mkdir -p /opt/vault; mount "
      "/dev/xvdf /opt/vault\n"
      "echo kept > /opt/vault/x; ls /opt/vault; umount /opt/vault; ls /opt/vault; mount /dev/sdf /opt/vault; "
      "cat /opt/vault/x\n"
      "echo \"UUID=$(blkid -s UUID -o value /dev/xvdf) /opt/vault ext4 defaults,nofail 0 2\" >> /etc/fstab");
  EXPECT_EQ(result.standard_output, "32\nx\nkept\n") << result.standard_error;
  world.guest->power_off();
  world.guest->power_on();
  EXPECT_EQ(world.run("ls /opt/vault; mount -a; cat /opt/vault/x").standard_output, "kept\n");
}

TEST(Identity, Names) {
  GuestWorld world;
  auto result = world.run(
      "hostname; hostname -f; hostnamectl set-hostname vault-1; hostname; cat /etc/hostname; hostname -I\n"
      "timedatectl set-timezone Europe/Berlin && date +%Z; timedatectl set-timezone Mars/Base; echo $?\n"
      "timedatectl | sed -n '1p;4p'; sysctl -w vm.swappiness=1; sysctl -n vm.swappiness");
  EXPECT_EQ(result.standard_output,
            "ip-10-0-1-10\nip-10-0-1-10.ec2.internal\nvault-1\nvault-1\n10.0.1.10 \nCET\n1\n"
            "               Local time: Tue 2023-11-14 23:13:20 CET\n"
            "                Time zone: Europe/Berlin (CET, +0100)\nvm.swappiness = 1\n1\n")
      << result.standard_error;
}

TEST(Disk, PowerCutLosesWhatWasNotSynced) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    GuestWorld world("debian-12", seed);
    world.boot();
    GuestDisk& disk = world.guest->disk();
    disk.write("/opt/synced", "a", 0644);
    disk.sync("/opt/synced");
    disk.write("/opt/old", "b", 0644);
    world.scheduler.run_until(world.scheduler.now() + 31s);
    disk.write("/opt/fresh", "c", 0644);
    world.guest->power_cut();
    EXPECT_EQ(disk.read("/opt/synced"), "a");
    EXPECT_EQ(disk.read("/opt/old"), "b");
    lost += disk.exists("/opt/fresh") ? 0 : 1;
  }
  EXPECT_GT(lost, 0);
  EXPECT_LT(lost, 12);
}

TEST(Disk, StaysInsideTheGuest) {
  GuestWorld world;
  world.boot();
  world.guest->disk().symlink("/", "/opt/up");
  world.guest->disk().symlink("../../../../../../etc", "/opt/etc");
  EXPECT_FALSE(world.guest->disk().exists("/opt/up/work"));
  EXPECT_EQ(world.guest->disk().read("/opt/etc/hostname"), "ip-10-0-1-10\n");
}

}  // namespace
}  // namespace squall::guest
