// Packages by version and by file, the sites they come from, certificates that an administrator adds.
#include <gmock/gmock.h>

#include "harness/guest/commands/packages.hpp"
#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

void add_sites(GuestWorld& world) {
  std::vector<std::string> names = release_site_names();
  names.push_back("s3.us-east-1.amazonaws.com");
  names.push_back("amazoncloudwatch-agent.s3.amazonaws.com");
  for (const std::string& name : names)
    for (const char* port : {":443", ":80"})
      world.network.hosts[name + port] = [](const world::Call& call) -> world::Reply {
        return releases(call.request);
      };
}

TEST(Packages, AVersionIsWhatWasAskedFor) {
  GuestWorld world(jammy);
  add_sites(world);
  auto result = world.run(
      "curl -fsSL https://apt.releases.hashicorp.com/gpg | apt-key add - 2>/dev/null\n"
      "apt-add-repository \"deb [arch=amd64] https://apt.releases.hashicorp.com $(lsb_release -cs) main\" "
      ">/dev/null\n"
      "apt-get install -y vault=1.12.1-* | tail -1; dpkg -s vault | tail -1\n"
      "apt-get install -y jq=0.9; echo $?; apt-get install -y frobnicator=2; echo $?\n"
      "apt-get install -y jq=1.6* unzip:amd64 >/dev/null; echo $?");
  EXPECT_EQ(result.standard_output.substr(result.standard_output.find("Setting")),
            "Setting up vault (1.12.1-1) ...\nVersion: 1.12.1-1\n"
            "Reading package lists...\nBuilding dependency tree...\nReading state information...\n100\n"
            "Reading package lists...\nBuilding dependency tree...\nReading state information...\n100\n0\n");
  EXPECT_THAT(result.standard_error, HasSubstr("E: Version '0.9' for 'jq' was not found\n"));
  EXPECT_THAT(result.standard_error, HasSubstr("E: Unable to locate package frobnicator\n"));
}

TEST(Packages, RpmNamesCarryVersionsAndSwap) {
  GuestWorld world(amazon_linux_2023);
  add_sites(world);
  auto result = world.run(
      "yum-config-manager --add-repo https://rpm.releases.hashicorp.com/AmazonLinux/hashicorp.repo "
      ">/dev/null\n"
      "yum install -y vault-1.14.0 >/dev/null; rpm -q vault; which vault; yum install -y jq-9; echo $?\n"
      "dnf swap gnupg2-minimal gnupg2-full -y >/dev/null; echo $?; rpm -q gnupg2-full gnupg2-minimal; which "
      "gpg");
  EXPECT_EQ(result.standard_output,
            "vault-1.14.0-1.x86_64\n/usr/bin/vault\nNo match for argument: jq-9\n1\n0\n"
            "gnupg2-full-2.3.7-1.x86_64\npackage gnupg2-minimal is not installed\n/usr/bin/gpg\n");
}

TEST(Packages, APackageNamedTwiceIsInstalledOnce) {
  GuestWorld amazon(amazon_linux_2023);
  EXPECT_EQ(amazon.run("yum install -y jq unzip jq unzip | grep -c '^ jq '").standard_output, "1\n");
  GuestWorld ubuntu(jammy);
  EXPECT_EQ(ubuntu.run("apt-get install -y jq jq | grep -c 'Setting up jq'").standard_output, "1\n");
}

std::vector<std::string> told(const GuestWorld& world, const std::string& kind) {
  std::vector<std::string> texts;
  for (const TraceEntry& entry : world.trace)
    if (entry.kind == kind && !entry.text.empty()) texts.push_back(entry.text);
  return texts;
}

TEST(Packages, WhatNobodyKnowsIsToldWhereverTheOutputGoes) {
  GuestWorld world(jammy);
  world.run(
      "apt-get install -y frobnicator >/dev/null 2>&1; apt-get install -y vault >/dev/null 2>&1\n"
      "curl -s https://download.example.com/x; curl https://download.example.com/x 2>/tmp/log\n"
      "dig MX x 2>/dev/null; dig MX x 2>/dev/null; ufw --force enable; sleep 1; echo \"Jun 3: $(ufw enable "
      "2>&1)\"");
  EXPECT_EQ(told(world, "boot"),
            std::vector<std::string>{"package frobnicator: not one that Squall's guests know"});
  EXPECT_EQ(
      told(world, "refused"),
      (std::vector<std::string>{
          "the name download.example.com does not resolve in this world",
          "dig: Squall's guests serve dig +short NAME and dig +noall +answer NAME, for addresses; not x",
          "ufw: Squall's guests filter no packets: enable is not served"}));
}

TEST(Packages, HashicorpsOtherProgramsAreThereInNameOnly) {
  GuestWorld world(amazon_linux_2023);
  add_sites(world);
  auto result = world.run(
      "cd /tmp; for file in nomad_1.9.0+ent_linux_amd64.zip nomad_1.9.0+ent_SHA256SUMS; do\n"
      "curl -sOf https://releases.hashicorp.com/nomad/1.9.0+ent/$file; done\n"
      "sha256sum -c nomad_1.9.0+ent_SHA256SUMS --ignore-missing; unzip -q nomad*.zip; ls LICENSE.txt; "
      "./nomad version; echo $?\n"
      "curl -s -o /dev/null -w '%{http_code}\\n' "
      "https://releases.hashicorp.com/frob/1.0.0/frob_1.0.0_SHA256SUMS\n"
      "yum-config-manager --add-repo https://rpm.releases.hashicorp.com/AmazonLinux/hashicorp.repo "
      ">/dev/null\n"
      "yum install -y consul >/dev/null; id -gn consul; stat -c '%U %a' /etc/consul.d/consul.hcl\n"
      "grep -h ^User= /usr/lib/systemd/system/consul.service; consul members; echo $?");
  EXPECT_EQ(result.standard_output,
            "nomad_1.9.0+ent_linux_amd64.zip: OK\nLICENSE.txt\n1\n404\nconsul\nconsul 640\nUser=consul\n1\n")
      << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("consul: not served by Squall's guests"));
}

TEST(Packages, VendorsKeysAndPip) {
  GuestWorld world(red_hat);
  add_sites(world);
  auto result = world.run(
      "curl -fsSL https://download.docker.com/linux/rhel/gpg | head -1; cd /tmp; curl -sO "
      "https://bootstrap.pypa.io/get-pip.py\n"
      "python3 get-pip.py; ls /usr/local/bin");
  EXPECT_EQ(result.standard_output,
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\nSuccessfully installed pip-23.2.1\npip\npip3\n");
}

TEST(Packages, OneInNameOnlyHasTheVersionThatIsAskedFor) {
  EXPECT_EQ(GuestWorld(amazon_linux_2023)
                .run("yum install -y grafana-9.0.9-1 >/dev/null; rpm -q grafana")
                .standard_output,
            "grafana-9.0.9-1.x86_64\n");
  EXPECT_EQ(GuestWorld(jammy)
                .run("apt-get install -y kubeadm=1.27.3-1.1 >/dev/null; dpkg-query -W kubeadm; apt-get "
                     "install -y jq=1.5 "
                     ">/dev/null 2>&1; echo $?")
                .standard_output,
            "kubeadm\t1.27.3-1.1\n100\n");
}

TEST(Packages, SomeAreInstalledInNameOnlyAndTheStorySaysSo) {
  GuestWorld world(amazon_linux_2023);
  EXPECT_EQ(world.run("yum install -y httpd nano >/dev/null && rpm -q httpd; httpd").exit_code, 127);
  EXPECT_THAT(world.trace, testing::Contains(testing::Field(
                               &TraceEntry::text,
                               "package httpd: installed in name only, guests have none of its programs")));
  EXPECT_EQ(world.run("yum install -y frobnicator").exit_code, 1);
}

TEST(Packages, AnAgentsPackageFromAwssOwnBucket) {
  GuestWorld world(jammy);
  add_sites(world);
  auto result = world.run(
      "cd /tmp; b=https://s3.us-east-1.amazonaws.com/amazoncloudwatch-agent-us-east-1\n"
      "wget -q $b/ubuntu/amd64/latest/amazon-cloudwatch-agent.deb -O agent.deb && dpkg -i -E ./agent.deb "
      ">/dev/null; "
      "echo $?\n"
      "id -un cwagent; which amazon-cloudwatch-agent-ctl; ls /opt/aws/amazon-cloudwatch-agent\n"
      "wget -q $b/other.deb; echo $?; echo no > x.deb; dpkg -i x.deb; echo $?; dpkg -i y.deb; echo $?\n"
      "curl -sO "
      "https://amazoncloudwatch-agent.s3.amazonaws.com/debian/amd64/latest/amazon-cloudwatch-agent.deb && "
      "head -c 14 amazon-cloudwatch-agent.deb");
  EXPECT_EQ(result.standard_output,
            "0\ncwagent\n/usr/bin/amazon-cloudwatch-agent-ctl\nbin\netc\nlogs\nvar\n8\n1\n2\nsquall-package");
  GuestWorld amazon(amazon_linux_2023);
  add_sites(amazon);
  auto installed = amazon.run(
      "yum install -y "
      "https://s3.us-east-1.amazonaws.com/amazon-ssm-us-east-1/latest/linux_amd64/amazon-ssm-agent.rpm "
      ">/dev/null; rpm -q amazon-ssm-agent; yum install -y https://nowhere/x.rpm; echo $?");
  EXPECT_THAT(installed.standard_output, HasSubstr("amazon-ssm-agent-3.2.1705.0.x86_64\n"));
  EXPECT_THAT(installed.standard_error, HasSubstr("Can not load RPM file: https://nowhere/x.rpm."));
}

TEST(Packages, OnlyTheVendorsBucketsAreTheVendors) {
  auto asks = [](const char* host, const char* target) {
    http::Request request;
    request.target = target;
    request.headers.set("Host", host);
    return is_vendor_bucket(request);
  };
  EXPECT_TRUE(asks("s3.eu-west-1.amazonaws.com", "/amazoncloudwatch-agent-eu-west-1/x"));
  EXPECT_TRUE(asks("amazon-ssm-us-east-1.s3.us-east-1.amazonaws.com", "/latest/x"));
  EXPECT_FALSE(asks("s3.us-east-1.amazonaws.com", "/my-bucket/amazoncloudwatch-agent"));
  EXPECT_FALSE(asks("my-bucket.s3.amazonaws.com", "/amazon-ssm-agent.deb"));
  EXPECT_FALSE(asks("kms.us-east-1.amazonaws.com", "/"));
  EXPECT_FALSE(asks("s3.example.com", "/amazoncloudwatch-agent/x"));
}

TEST(Packages, AnEnterpriseReleaseHasItsLicenceBesideTheProgram) {
  GuestWorld world(jammy);
  add_sites(world);
  auto result = world.run(
      "apt-get install -y unzip >/dev/null; cd /tmp; v=1.19.2+ent; "
      "b=https://releases.hashicorp.com/vault/$v\n"
      "curl -s https://www.hashicorp.com/.well-known/pgp-key.txt | gpg --import 2>/dev/null; echo $?\n"
      "curl -sO $b/vault_${v}_linux_amd64.zip; curl -sO $b/vault_${v}_SHA256SUMS; curl -sO "
      "$b/vault_${v}_SHA256SUMS.sig\n"
      "gpg --verify vault_${v}_SHA256SUMS.sig vault_${v}_SHA256SUMS 2>/dev/null; echo $?\n"
      "sha256sum -c vault_${v}_SHA256SUMS --ignore-missing\n"
      "mkdir a b; unzip -q vault_${v}_linux_amd64.zip vault -d a; unzip -q vault_${v}_linux_amd64.zip -x "
      "vault -d b; "
      "ls a b\n"
      "curl -s https://www.amazontrust.com/repository/AmazonRootCA1.pem | openssl x509 -noout -subject");
  EXPECT_EQ(result.standard_output,
            "0\n0\nvault_1.19.2+ent_linux_amd64.zip: OK\na:\nvault\n\nb:\nLICENSE.txt\n"
            "subject=C = US, O = Squall, CN = Squall stand-in for Amazon Root CA 1\n")
      << result.standard_error;
}

TEST(Trust, AddedCertificatesAreTakenByCurl) {
  for (auto [image, folder, command] :
       {std::tuple{jammy, "/usr/local/share/ca-certificates/own.crt", "update-ca-certificates"},
        {amazon_linux_2023, "/etc/pki/ca-trust/source/anchors/own.pem",
         "update-ca-trust force-enable && update-ca-trust extract"}}) {
    GuestWorld world(image);
    world.network.hosts["inner:443"] = [](const world::Call& call) -> world::Reply {
      bool trusted = call.tls.ca_pem.find("BEGIN CERTIFICATE") != std::string::npos;
      if (!trusted) return world::NetError{world::NetFault::tls_untrusted, true, ""};
      return http::Response::text(200, "in\n");
    };
    auto result = world.run(
        std::string("curl -s https://inner; echo $?\n") +
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout /tmp/k -out /tmp/c.pem -subj /CN=own "
        "2>/dev/null; ln -s /tmp/c.pem " +
        folder + "\n" + command + " >/tmp/said; echo $?; curl -s https://inner\nsed -n 2p /tmp/said");
    EXPECT_EQ(result.standard_output,
              std::string("60\n0\nin\n") + (image == jammy ? "1 added, 0 removed; done.\n" : ""))
        << result.standard_error;
  }
}

TEST(Docker, IsThereAndSaysThatItDoesNothing) {
  GuestWorld world(jammy);
  auto result = world.run("apt-get install -y docker.io >/dev/null; docker run --rm x");
  EXPECT_EQ(result.exit_code, 125);
  EXPECT_EQ(result.standard_error, "docker: containers are not served by Squall's guests\n");
}

TEST(Packages, WhatIsInstalledCanBeAskedFor) {
  GuestWorld world;
  auto result = world.run(
      "apt-get install -y jq unzip >/dev/null; dpkg-query -W -f='${Package} ${Status} ${Version}\\n' jq\n"
      "dpkg-query -W | cat -A; dpkg -l unzip | tail -1; dpkg -l | grep -c '^ii'; dpkg-query -W vim; echo $?\n"
      "dpkg -s jq | head -1; apt-mark hold jq; echo 'a a/b select x' | debconf-set-selections; echo $?");
  EXPECT_EQ(result.standard_output,
            "jq install ok installed 1.6-2.1\njq^I1.6-2.1$\nunzip^I6.0-28$\n"
            "ii  unzip          6.0-28       amd64        unzip\n2\n1\nPackage: jq\njq set on hold.\n0\n");
  EXPECT_THAT(result.standard_error, HasSubstr("dpkg-query: no packages found matching vim\n"));
}

// The daemon of a package that guests only know by name can be started, as chrony's can: a script that does
// so goes on.
TEST(Packages, ADaemonOfAPackageInNameOnlyHasItsUnit) {
  GuestWorld world(amazon_linux_2023);
  EXPECT_EQ(world.run("yum install -y httpd haproxy >/dev/null; ls /usr/lib/systemd/system | grep -E '^h'")
                .standard_output,
            "haproxy.service\nhttpd.service\n");
}

}  // namespace
}  // namespace squall::guest
