// Commands that a distribution's images have from the start, beside the plain tools.
#include <gmock/gmock.h>

#include "harness/guest/commands/packages.hpp"
#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

TEST(ImageTools, AdduserIsDebiansOnDebianAndUseraddElsewhere) {
  GuestWorld debian;
  auto result = debian.run(
      "addgroup --system vault >/dev/null; adduser --system --disabled-login --ingroup vault --home "
      "/srv/vault "
      "--no-create-home --gecos 'Vault user' --shell /bin/false vault >/dev/null; getent passwd vault; "
      "adduser --system vault >/dev/null 2>&1; echo $?; adduser vault adm >/dev/null; id -nG vault; ls /srv");
  EXPECT_THAT(
      result.standard_output,
      testing::MatchesRegex("vault:x:[0-9]+:[0-9]+:Vault user[,]*:/srv/vault:/bin/false\n0\nvault adm\n"))
      << result.standard_error;
  GuestWorld amazon(amazon_linux_2023);
  EXPECT_EQ(amazon
                .run("adduser --system --no-create-home --shell /bin/false vault; getent passwd vault | cut "
                     "-d: -f6,7; addgroup x; echo $?")
                .standard_output,
            "/home/vault:/bin/false\n127\n");
}

TEST(ImageTools, AskTheMetadataServiceWithAToken) {
  for (auto [image, script, expected] :
       {std::tuple{amazon_linux_2,
                   "ec2-metadata -i | cut -d' ' -f2; ec2-metadata -z -q; ec2-metadata --public-ipv4",
                   "i-0123456789abcdef0\nus-east-1a\npublic-ipv4: not available\n"},
        {jammy, "ec2metadata --instance-id; ec2metadata --availability-zone --public-ipv4",
         "i-0123456789abcdef0\nus-east-1a\nunavailable\n"}}) {
    GuestWorld world(image);
    world.network.hosts["169.254.169.254:80"] = [](const world::Call& call) -> world::Reply {
      const http::Request& request = call.request;
      if (request.method == "PUT") return http::Response::text(200, "TOKEN");
      if (request.headers.get("X-aws-ec2-metadata-token") != "TOKEN") return http::Response::text(401, "");
      if (request.path() == "/latest/meta-data/instance-id")
        return http::Response::text(200, "i-0123456789abcdef0");
      if (request.path() == "/latest/meta-data/placement/availability-zone")
        return http::Response::text(200, "us-east-1a");
      return http::Response::text(404, "");
    };
    EXPECT_EQ(world.run(script).standard_output, expected) << image;
  }
}

TEST(ImageTools, SelinuxIsAsTheImageHasIt) {
  const std::string script = "getenforce; setenforce 0; echo $?; getenforce; restorecon -R /opt; echo $?";
  EXPECT_EQ(GuestWorld(red_hat).run(script).standard_output, "Enforcing\n0\nPermissive\n0\n");
  EXPECT_EQ(GuestWorld(amazon_linux_2).run(script).standard_output, "Disabled\n1\nDisabled\n0\n");
  EXPECT_EQ(GuestWorld().run("getenforce; echo $?; swapoff -a; echo $?").standard_output, "127\n0\n");
}

TEST(ImageTools, ToolsThatComeWithAnImage) {
  EXPECT_EQ(GuestWorld(amazon_linux_2)
                .run("which unzip; perl -e 'print 6*7'; amazon-linux-extras install -y "
                     "epel >/dev/null && rpm -q epel-release")
                .standard_output,
            "/usr/bin/unzip\n42epel-release-1.0-1.x86_64\n");
  EXPECT_EQ(GuestWorld(jammy).run("echo 'a $NAME $OTHER' | NAME=x envsubst '$NAME'").standard_output,
            "a x $OTHER\n");
  EXPECT_EQ(
      GuestWorld()
          .run("perl -e 'my %h = map {$_ => 1} 1..9; print scalar(keys %h), time - $^T'; uuidgen | wc -c\n"
               "which envsubst; apt-get install -y gettext-base >/dev/null; which envsubst")
          .standard_output,
      "9037\n/usr/bin/envsubst\n");
}

TEST(ImageTools, SettingsThatScriptsEditAreThere) {
  for (const char* image : {"debian-12-amd64-20240101", jammy, amazon_linux_2, amazon_linux_2023, red_hat}) {
    GuestWorld world(image);
    EXPECT_EQ(world
                  .run("set -e; (flock -n 9; echo locked) 9>/var/lock/x\n"
                       "sed -i 's/^#PermitRootLogin.*/PermitRootLogin no/' /etc/ssh/sshd_config\n"
                       "grep -c '^PermitRootLogin no' /etc/ssh/sshd_config\n"
                       "for f in limits.conf; do echo '* soft nofile 65536' >>/etc/security/$f; done\n"
                       "echo 'vm.swappiness = 1' >>/etc/sysctl.conf; sysctl -p; touch /etc/init.d/x "
                       "/etc/rsyslog.d/x")
                  .standard_output,
              "locked\n1\nvm.swappiness = 1\n")
        << image;
  }
}

TEST(ImageTools, JqFromGithubAndTheKeyFromKeybase) {
  GuestWorld world(amazon_linux_2);
  for (const std::string& name : release_site_names())
    world.network.hosts[name + ":443"] = [](const world::Call& call) -> world::Reply {
      return releases(call.request);
    };
  auto result = world.run(
      "wget -q https://github.com/stedolan/jq/releases/download/jq-1.6/jq-linux64 && chmod +x jq-linux64 && "
      "./jq-linux64 -n 1+1\n"
      "curl -s -o /dev/null -w '%{http_code}\\n' https://github.com/jqlang/jq/releases/download/jq-1.7.1/"
      "jq-linux-amd64\n"
      "curl -s -o /dev/null -w '%{http_code}\\n' https://github.com/other/thing/archive/v1.tar.gz\n"
      "curl -s https://keybase.io/hashicorp/pgp_keys.asc | gpg --import; echo $?\n"
      "echo AAAA:6: | gpg --quiet --import-ownertrust; echo $?; head -c 5 /etc/pki/tls/openssl.cnf");
  EXPECT_EQ(result.standard_output, "2\n302\n404\n0\n0\n[req]");
}

}  // namespace
}  // namespace squall::guest
