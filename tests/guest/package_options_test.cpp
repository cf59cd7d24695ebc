// Package managers: what their options do, which are refused, and what becomes of keys and signatures. The
// words of gpg are those of Debian 12's GnuPG 2.2.40 for the same mistakes.
#include <gmock/gmock.h>

#include "harness/guest/commands/debian_version.hpp"
#include "harness/guest/commands/openpgp.hpp"
#include "harness/guest/commands/packages.hpp"
#include "tests/guest/machine_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

void add_sites(GuestWorld& world) {
  for (const std::string& name : release_site_names())
    world.network.hosts[name + ":443"] = [](const world::Call& call) -> world::Reply {
      return releases(call.request);
    };
}

TEST(PackageOptions, WhatIsNotServedIsRefusedByName) {
  const auto refusals = [](const char* image, const std::string& commands) {
    GuestWorld world(image);
    return world
        .run("while read -r line; do $line >/dev/null 2>/tmp/e; echo \"$? $(cat /tmp/e)\"; done <<'E'\n" +
             commands + "E\n")
        .standard_output;
  };
  EXPECT_EQ(
      refusals(
          debian,
          "apt-get install -y --download-only jq\napt-get -s install jq\napt-get source jq\n"
          "apt-get frob\napt-cache depends jq\napt-mark showhold\ndpkg -L jq\ndpkg-query -S /usr/bin/jq\n"
          "gpg --gen-key\napt-key list\n"),
      "100 apt-get: --download-only is not served by Squall's guests\n"
      "100 apt-get: -s is not served by Squall's guests\n"
      "100 apt-get: source is not served by Squall's guests\n"
      "100 E: Invalid operation frob\n"
      "100 apt-cache: Squall's guests serve policy, madison and show, each with names of packages\n"
      "1 apt-mark: showhold is not served by Squall's guests\n"
      "2 dpkg: -L is not served by Squall's guests\n"
      "2 dpkg-query: -S is not served by Squall's guests\n"
      "2 gpg: --gen-key is not served by Squall's guests\n"
      "1 Warning: apt-key is deprecated. Manage keyring files in trusted.gpg.d instead (see apt-key(8)).\n"
      "apt-key: list is not served by Squall's guests\n");
  EXPECT_EQ(
      refusals(
          amazon_linux_2023,
          "yum install -y --downloadonly jq\ndnf repolist\ndnf frob\nyum list jq\nrpm -ql jq\nrpm -qi jq\n"
          "yum-config-manager --disable hashicorp\nrpm -V jq\n"),
      "1 yum: --downloadonly is not served by Squall's guests\n"
      "1 dnf: repolist is not served by Squall's guests\n"
      "1 No such command: frob. Please use /usr/bin/dnf --help\n"
      "1 yum: a list of what is not installed is not served by Squall's guests\n"
      "1 rpm: -l is not served by Squall's guests\n1 rpm: -qi is not served by Squall's guests\n"
      "1 yum-config-manager: --disable is not served by Squall's guests\n"
      "1 rpm: -V is not served by Squall's guests\n");
}

TEST(PackageOptions, ARefusalIsToldInTheStory) {
  GuestWorld world;
  world.run("apt-get install -y -d jq >/dev/null 2>&1");
  EXPECT_THAT(world.trace, testing::Contains(testing::Field(&TraceEntry::text,
                                                            "apt-get: -d is not served by Squall's guests")));
}

TEST(PackageOptions, AptListsRemovesAndOnlyUpgrades) {
  GuestWorld world;
  auto result = world.run(
      "apt-get install -qqy --only-upgrade jq | tail -2; apt-get -o Dpkg::Options::=--force-confold install "
      "-y jq "
      ">/dev/null\napt list --installed 2>/dev/null; apt list unzip 2>/dev/null | tail -1; apt list 2>&1 | "
      "tail -1\n"
      "apt-get remove -y jq unzip | tail -4; which jq; apt-get remove -y frob; echo $?; apt-get purge -y jq "
      "| tail -1");
  EXPECT_EQ(result.standard_output,
            "Skipping jq, it is not installed and only upgrades are requested.\n"
            "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"
            "Listing...\njq/bookworm,now 1.6-2.1 amd64 [installed]\nunzip/bookworm 6.0-28 amd64\n"
            "apt: a list of all packages is not served by Squall's guests\n"
            "The following packages will be REMOVED:\n  jq\n"
            "0 upgraded, 0 newly installed, 1 to remove and 0 not upgraded.\nRemoving jq (1.6-2.1) ...\n"
            "Reading package lists...\nBuilding dependency tree...\nReading state information...\n100\n"
            "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n");
}

TEST(PackageOptions, DpkgComparesRemovesAndConfigures) {
  GuestWorld world;
  auto result = world.run(
      "apt-get install -y jq >/dev/null; dpkg --get-selections; dpkg --configure -a; echo $?\n"
      "dpkg --compare-versions 1.10 gt 1.9 && echo newer; dpkg --compare-versions '' lt 1; echo $?\n"
      "dpkg --compare-versions '' lt-nl 1; echo $?; dpkg --compare-versions 1 frob 2; echo $?\n"
      "dpkg --compare-versions 1 lt; echo $?; dpkg -r jq none; echo $?; which jq; su nobody -s /bin/sh -c "
      "'dpkg -P x'; "
      "echo $?");
  EXPECT_EQ(result.standard_output,
            "jq\t\t\t\t\t\tinstall\n0\nnewer\n0\n1\n2\n2\nRemoving jq (1.6-2.1) ...\n0\n2\n");
  EXPECT_EQ(result.standard_error,
            "dpkg: error: --compare-versions bad relation\n"
            "dpkg: error: --compare-versions takes three arguments: <version> <relation> <version>\n"
            "dpkg: warning: ignoring request to remove none which isn't installed\n"
            "dpkg: error: requested operation requires superuser privilege\n");
}

// dpkg 1.21.22 gave each of these orders.
TEST(DebianVersions, AreOrderedAsDpkgOrdersThem) {
  const char* const ascending[][2] = {
      {"1.0~rc1", "1.0"},       {"1.0", "1.0-1"},   {"1.0-1", "1.0-1.1"},
      {"1.9", "1.10"},          {"1.0", "1:0.1"},   {"1.0a", "1.0+"},
      {"1.0~~", "1.0~"},        {"1.0~", "1.0"},    {"1.0-1~bpo12+1", "1.0-1"},
      {"2.0-1-1", "2.0-1-2"},   {"1.0.a", "1.0.b"}, {"1.0a", "1.0b"},
      {"1.14.9-1", "1.15.0-1"}, {"0", "00000001"},  {"1.2.3", "1.2.3ubuntu1"},
      {"1.0A", "1.0a"},         {"99", "100"},      {"1.0-9", "1.0-10"}};
  for (const auto& [earlier, later] : ascending) {
    EXPECT_LT(compare_debian_versions(earlier, later), 0) << earlier << " " << later;
    EXPECT_GT(compare_debian_versions(later, earlier), 0) << earlier << " " << later;
    EXPECT_EQ(compare_debian_versions(later, later), 0) << later;
  }
  EXPECT_EQ(compare_debian_versions("1.01", "1.1"), 0);
  EXPECT_EQ(compare_debian_versions("0:1.0", "1.0"), 0);
  EXPECT_EQ(compare_debian_versions("1.0-0", "1.0"), 0);
}

TEST(PackageOptions, YumAsksUnlessToldYes) {
  GuestWorld world(amazon_linux_2023);
  auto result = world.run(
      "yum install jq </dev/null | tail -1; echo ${PIPESTATUS[0]}; yes | yum install jq | tail -1; rpm -q "
      "jq\n"
      "yum remove jq </dev/null >/dev/null; echo $?; yum list installed jq | tail -1; yum -y remove jq frob "
      "| head -1\n"
      "yum list installed jq; echo $?; echo assumeyes=1 >>/etc/yum.conf; yum install jq >/dev/null; echo $?\n"
      "rpm -qa; rpm -e jq; rpm -e jq; echo $?");
  EXPECT_EQ(result.standard_output,
            "Is this ok [y/N]: Operation aborted.\n1\nComplete!\njq-1.6-2.1.x86_64\n1\n"
            "jq.x86_64    1.6-2.1    @System\nNo match for argument: frob\n1\n0\njq-1.6-2.1.x86_64\n1\n");
  EXPECT_EQ(result.standard_error,
            "Error: No matching Packages to list\nerror: package jq is not installed\n");
}

TEST(PackageOptions, RpmTellsMacrosAndTakesFiles) {
  GuestWorld red(red_hat);
  add_sites(red);
  auto result = red.run(
      "rpm -E %rhel; rpm --eval 'epel-%{rhel}%{?dist}%{?none}-%{none}-%_arch 100%%'\n"
      "rpm --import https://rpm.releases.hashicorp.com/gpg; echo $?; rpm --import /none; rpm --import "
      "/etc/hosts; echo $?\n"
      "rpm -ivh /none.rpm; echo $?; echo x >/x.rpm; rpm -U /x.rpm; echo $?; rpm -i; echo $?");
  EXPECT_EQ(result.standard_output, "9\nepel-9.el9-%{none}-x86_64 100%\n0\n1\n1\n1\n1\n");
  EXPECT_EQ(
      result.standard_error,
      "error: /none: import read failed(2).\nerror: /etc/hosts: key 1 not an armored public key.\n"
      "error: open of /none.rpm failed: No such file or directory\n"
      "error: /x.rpm: not an rpm package that Squall's guests know\nrpm: no packages given for install\n");
  EXPECT_EQ(GuestWorld(amazon_linux_2).run("rpm -E '%{amzn} %{rhel}'").standard_output, "2 %{rhel}\n");
}

TEST(Keys, ASignatureIsCheckedAgainstTheKeyAndTheFile) {
  GuestWorld world(jammy);
  add_sites(world);
  auto result = world.run(
      "cd /tmp; b=https://releases.hashicorp.com/vault/1.14.9/vault_1.14.9_SHA256SUMS; curl -sO $b; curl -sO "
      "$b.sig\n"
      "s=vault_1.14.9_SHA256SUMS; curl -s $b.72D7468F.sig | cmp - $s.sig && echo same\n"
      "gpg --verify $s.sig $s; echo $?; gpg --list-keys hashicorp; echo $?\n"
      "curl -s https://apt.releases.hashicorp.com/gpg | gpg --import; gpg --verify $s.sig $s 2>&1 | tail -1\n"
      "gpg --batch --keyserver hkps://keyserver.ubuntu.com --recv-keys "
      "C874011F0AB405110D02105534365D9472D7468F "
      "2>/dev/null; echo $?\ngpg --verify $s.sig 2>&1 | grep -o 'Good.*Security'; echo x >>$s\n"
      "gpg --verify $s.sig $s 2>&1 | tail -1; gpg --verify $s.sig $s 2>/dev/null; echo $?; gpg --verify $s "
      "$s.sig "
      "2>/dev/null; echo $?\ngpg --verify none.sig $s 2>/dev/null; echo $?; gpg --recv-keys 0xDEADBEEF; echo "
      "$?");
  EXPECT_EQ(
      result.standard_output,
      "same\n2\n2\ngpg: Can't check signature: No public key\n0\nGood signature from \"HashiCorp Security\n"
      "gpg: BAD signature from \"HashiCorp Security (hashicorp.com/security) <security@hashicorp.com>\" "
      "[unknown]\n1\n2\n2\n2\n");
  EXPECT_THAT(result.standard_error, HasSubstr("gpg: error reading key: No public key\n"));
  EXPECT_THAT(
      result.standard_error,
      HasSubstr("gpg: key AA16FCBCA621E701: public key \"HashiCorp Security (HashiCorp Package Signing) "
                "<security+packaging@hashicorp.com>\" imported\ngpg: Total number processed: 1\n"
                "gpg:               imported: 1\n"));
  EXPECT_THAT(result.standard_error, HasSubstr("gpg: keyserver receive failed: No data\n"));
}

TEST(Keys, AreListedAndTurnedIntoBinaryOnce) {
  GuestWorld world;
  add_sites(world);
  auto result = world.run(
      "cd /tmp; u=https://apt.releases.hashicorp.com/gpg; curl -s $u | gpg --dearmor -o k.gpg; echo $?\n"
      "curl -s $u | gpg --dearmor -o k.gpg; echo $?; curl -s $u | gpg --batch --dearmor -o k.gpg; echo $?\n"
      "curl -s $u | gpg --dearmor --yes -o k.gpg; echo $?; echo junk | gpg --dearmor; echo $?\n"
      "gpg --no-default-keyring --keyring ./k.gpg --fingerprint | sed -n 3,5p; curl -s $u | gpg --show-keys "
      "| head -2 | "
      "tail -1\nhead -c1 k.gpg | od -An -tx1");
  EXPECT_EQ(result.standard_output,
            "0\n2\n2\n0\n2\npub   rsa4096 2020-01-01 [SC]\n      798A EC65 4E5C 1542 8C8E  42EE AA16 FCBC "
            "A621 E701\n"
            "uid           [ unknown] HashiCorp Security (HashiCorp Package Signing) "
            "<security+packaging@hashicorp.com>\n"
            "      798AEC654E5C15428C8E42EEAA16FCBCA621E701\n 99\n");
  EXPECT_EQ(result.standard_error,
            "gpg: cannot open '/dev/tty': No such device or address\ngpg: dearmoring failed: File exists\n"
            "gpg: no valid OpenPGP data found.\n");
}

// A repository counts as signed by the key that signs it, kept in a form that apt reads.
TEST(Keys, AptTrustsTheRepositorysOwnKeyAlone) {
  const auto update = [](const std::string& key_commands, const std::string& source) {
    GuestWorld world;
    add_sites(world);
    auto result = world.run("u=https://apt.releases.hashicorp.com/gpg; k=/usr/share/keyrings/h\n" +
                            key_commands + "\nprintf '" + source +
                            "' >/etc/apt/sources.list.d/h.list\napt-get update >/dev/null; "
                            "echo $?\n");
    return result.standard_output + result.standard_error;
  };
  const std::string line =
      "deb [arch=amd64 signed-by=/usr/share/keyrings/h.gpg] https://apt.releases.hashicorp.com x main\\n";
  const std::string stanza =
      "Types: deb\\nURIs: https://apt.releases.hashicorp.com\\nSuites: x\\nSigned-By: "
      "/usr/share/keyrings/h.asc\\n";
  EXPECT_EQ(update("curl -s $u | gpg --dearmor >$k.gpg", line), "0\n");
  EXPECT_EQ(update("curl -s $u >$k.asc", stanza), "0\n");
  EXPECT_THAT(update("curl -s $u >$k.gpg", line),
              HasSubstr("The key(s) in the keyring /usr/share/keyrings/h.gpg are ignored as the file has an "
                        "unsupported filetype.\nW: GPG error"));
  EXPECT_THAT(
      update("curl -s https://www.hashicorp.com/.well-known/pgp-key.txt | gpg --dearmor >$k.gpg", line),
      HasSubstr("NO_PUBKEY AA16FCBCA621E701"));
  EXPECT_THAT(update("", stanza), HasSubstr("is not signed"));
  EXPECT_EQ(
      update("curl -s $u >/etc/apt/trusted.gpg.d/h.asc", "deb https://apt.releases.hashicorp.com x main\\n"),
      "0\n");
  EXPECT_THAT(
      update("curl -s $u >/etc/apt/trusted.gpg.d/h.txt", "deb https://apt.releases.hashicorp.com x main\\n"),
      HasSubstr("is not signed"));
  EXPECT_EQ(update("", "deb [trusted=yes] https://apt.releases.hashicorp.com x main\\n"), "0\n");
  EXPECT_EQ(update("apt-key adv --keyserver keyserver.ubuntu.com --recv-keys AA16FCBCA621E701 2>/dev/null",
                   "deb https://apt.releases.hashicorp.com x main\\n"),
            "0\n");
}

TEST(Keys, AnArmorIsReadBack) {
  const std::string armored = armored_key(hashicorp_key());
  EXPECT_TRUE(is_armored_key(armored));
  EXPECT_THAT(keys_in(armored), testing::ElementsAre(&hashicorp_key()));
  EXPECT_THAT(keys_in(*dearmored(armored) + *dearmored(armored_key(docker_key()))),
              testing::ElementsAre(&hashicorp_key(), &docker_key()));
  EXPECT_FALSE(is_armored_key(*dearmored(armored)));
  EXPECT_EQ(find_key("0x72D7468F"), &hashicorp_key());
  EXPECT_EQ(find_key("D7468F"), nullptr);
  const auto signature = read_signature(sign(hashicorp_key(), "content"));
  ASSERT_TRUE(signature);
  EXPECT_TRUE(signature->is_of("content"));
  EXPECT_FALSE(signature->is_of("contents"));
  EXPECT_FALSE(read_signature("content"));
}

TEST(PackageOptions, PipReadsRequirementsAndRefusesTheRest) {
  MachineWorld world(
      "#!/bin/bash\nexec >/opt/seen 2>/opt/said\napt-get install -y python3-pip >/dev/null\n"
      "printf 'hvac==1.1.1  # why\\n\\nrequests>=2\\n' >/tmp/r.txt; pip install --break-system-packages -q "
      "-r /tmp/r.txt "
      "six | tail -1\n"
      "pip install --break-system-packages -r /none; echo $?; pip install --break-system-packages -t /x six; "
      "echo $?\n"
      "pip freeze; echo $?; pip install six | tail -1; pip --version | cut -d' ' -f1\n");
  world.inside->power_on();
  world.wait(3min);
  EXPECT_EQ(world.file("/opt/seen"),
            "Successfully installed six-1.16.0 hvac-1.1.1 requests-2.31.0\n1\n1\n1\npip\n");
  EXPECT_THAT(world.file("/opt/said"),
              testing::AllOf(HasSubstr("ERROR: Could not open requirements file: [Errno 2] No such file or "
                                       "directory: '/none'\n"),
                             HasSubstr("pip: -t is not served by Squall's guests\n"),
                             HasSubstr("pip: freeze is not served by Squall's guests\n"),
                             HasSubstr("error: externally-managed-environment\n")));
}

}  // namespace
}  // namespace squall::guest
