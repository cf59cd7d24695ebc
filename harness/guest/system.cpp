// See system.hpp.
#include "harness/guest/system.hpp"

namespace squall::guest {
namespace {

constexpr SystemFacts amazon_linux_2{"ec2-user",      "2",  "", "eth0", "5.10.217-205.860.amzn2.x86_64",
                                     "19.3-46.amzn2", false};
constexpr SystemFacts amazon_linux_2023{"ec2-user", "2023", "", "ens5", "6.1.91-99.172.amzn2023.x86_64",
                                        "22.2.2",   true};
constexpr SystemFacts debian{"admin", "12", "bookworm", "ens5", "6.1.0-21-cloud-amd64", "22.4.2", true};
constexpr SystemFacts focal{"ubuntu", "20.04", "focal", "ens5", "5.15.0-1062-aws", "24.1.3-0ubuntu1~20.04.4",
                            false};
constexpr SystemFacts jammy{"ubuntu", "22.04", "jammy", "ens5", "6.5.0-1020-aws", "24.1.3-0ubuntu1~22.04.4",
                            true};
constexpr SystemFacts noble{"ubuntu", "24.04", "noble", "ens5", "6.8.0-1009-aws", "24.1.3-0ubuntu3.3", true};
constexpr SystemFacts red_hat{"ec2-user",     "9.4", "", "eth0", "5.14.0-427.18.1.el9_4.x86_64",
                              "23.4-7.el9_4", true};

}  // namespace

System system_of(const std::string& image_name) {
  auto names = [&](const char* part) { return image_name.find(part) != std::string::npos; };
  if (names("al2023")) return System::amazon_linux_2023;
  if (names("amzn2") || names("amazon-linux-2")) return System::amazon_linux_2;
  if (names("focal")) return System::ubuntu_20_04;
  if (names("noble")) return System::ubuntu_24_04;
  if (names("ubuntu")) return System::ubuntu_22_04;
  if (names("RHEL") || names("rhel") || names("CentOS") || names("Rocky")) return System::red_hat;
  return System::debian;
}

const SystemFacts& facts_of(System system) {
  switch (system) {
    case System::amazon_linux_2:
      return amazon_linux_2;
    case System::amazon_linux_2023:
      return amazon_linux_2023;
    case System::ubuntu_20_04:
      return focal;
    case System::ubuntu_22_04:
      return jammy;
    case System::ubuntu_24_04:
      return noble;
    case System::red_hat:
      return red_hat;
    case System::debian:
      break;
  }
  return debian;
}

}  // namespace squall::guest
