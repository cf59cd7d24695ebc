// What tells one distribution from another in a script: its name, its interface, its repositories.
#include <gmock/gmock.h>

#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

TEST(Systems, AnUbuntuKnowsItsCodename) {
  for (auto [image, codename, version] :
       {std::tuple{"ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-20240606", "focal", "20.04"},
        {"ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240607", "jammy", "22.04"},
        {"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20240605", "noble", "24.04"}}) {
    GuestWorld world(image);
    auto result = world.run(
        "lsb_release -cs; lsb_release --short --release; . /etc/os-release; echo $VERSION_CODENAME "
        "$VERSION_ID; "
        ". /etc/lsb-release; echo $DISTRIB_CODENAME; apt-get update | head -1");
    EXPECT_EQ(result.standard_output,
              std::string(codename) + "\n" + version + "\n" + codename + " " + version + "\n" + codename +
                  "\nHit:1 http://us-east-1.ec2.archive.ubuntu.com/ubuntu " + codename + " InRelease\n");
  }
}

TEST(Systems, LsbReleaseInFull) {
  GuestWorld world("ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-20240606");
  EXPECT_EQ(world.run("lsb_release -a").standard_output,
            "Distributor ID:\tUbuntu\nDescription:\tUbuntu 20.04.6 LTS\nRelease:\t20.04\nCodename:\tfocal\n");
  EXPECT_EQ(world.run("lsb_release --frob").exit_code, 2);
}

TEST(Systems, AnAddressOfAnInterfaceByItsName) {
  std::string script =
      "ip addr show eth0 | grep 'inet\\b' | awk '{print $2}' | cut -d/ -f1\n"
      "ip -4 -o addr show ens5 | awk '{print $4}'\nip route | awk '/^default/ {print $3, $5}'\n"
      "ip route get 1.1.1.1 | head -1; ip frob; echo $?";
  GuestWorld amazon("amzn2-ami-hvm-2.0.20240610.1-x86_64-gp2");
  auto old = amazon.run(script);
  EXPECT_EQ(old.standard_output,
            "10.0.1.10\n10.0.0.1 eth0\n1.1.1.1 via 10.0.0.1 dev eth0 src 10.0.1.10 uid 0 \n1\n");
  EXPECT_THAT(old.standard_error, HasSubstr("Device \"ens5\" does not exist.\n"));
  GuestWorld debian;
  auto current = debian.run(script);
  EXPECT_EQ(current.standard_output,
            "10.0.1.10/20\n10.0.0.1 ens5\n1.1.1.1 via 10.0.0.1 dev ens5 src 10.0.1.10 uid 0 \n1\n");
  EXPECT_THAT(current.standard_error, HasSubstr("Device \"eth0\" does not exist.\n"));
}

}  // namespace
}  // namespace squall::guest
