#include "emulator/services/ec2/images.hpp"

namespace squall::services::ec2 {
namespace {

constexpr std::string_view amazon = "137112412989", canonical = "099720109477", debian = "136693071363",
                           red_hat = "309956199498";

constexpr StockImage images[] = {
    {"ami-0a2000000000000a1", "amzn2-ami-hvm-2.0.20240610.1-x86_64-gp2",
     "Amazon Linux 2 AMI 2.0.20240610.1 x86_64 HVM gp2", amazon, "amazon", "x86_64", "/dev/xvda", 8, "gp2",
     "2024-06-11T17:49:13.000Z", "snap-0a2000000000000a1", ""},
    {"ami-0a2000000000000b1", "amzn2-ami-hvm-2.0.20240610.1-arm64-gp2",
     "Amazon Linux 2 LTS Arm64 AMI 2.0.20240610.1 arm64 HVM gp2", amazon, "amazon", "arm64", "/dev/xvda", 8,
     "gp2", "2024-06-11T17:49:16.000Z", "snap-0a2000000000000b1", "uefi"},
    {"ami-0a2023000000000a1", "al2023-ami-2023.4.20240611.0-kernel-6.1-x86_64",
     "Amazon Linux 2023 AMI 2023.4.20240611.0 x86_64 HVM kernel-6.1", amazon, "amazon", "x86_64", "/dev/xvda",
     8, "gp3", "2024-06-06T20:34:06.000Z", "snap-0a2023000000000a1", "uefi-preferred", true},
    {"ami-0a2023000000000b1", "al2023-ami-2023.4.20240611.0-kernel-6.1-arm64",
     "Amazon Linux 2023 AMI 2023.4.20240611.0 arm64 HVM kernel-6.1", amazon, "amazon", "arm64", "/dev/xvda",
     8, "gp3", "2024-06-06T20:34:09.000Z", "snap-0a2023000000000b1", "uefi", true},
    {"ami-0b2004000000000a1", "ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-20240606",
     "Canonical, Ubuntu, 20.04 LTS, amd64 focal image build on 2024-06-06", canonical, "", "x86_64",
     "/dev/sda1", 8, "gp2", "2024-06-06T07:27:12.000Z", "snap-0b2004000000000a1", ""},
    {"ami-0b2004000000000b1", "ubuntu/images/hvm-ssd/ubuntu-focal-20.04-arm64-server-20240606",
     "Canonical, Ubuntu, 20.04 LTS, arm64 focal image build on 2024-06-06", canonical, "", "arm64",
     "/dev/sda1", 8, "gp2", "2024-06-06T07:28:40.000Z", "snap-0b2004000000000b1", "uefi"},
    {"ami-0b2204000000000a1", "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240607",
     "Canonical, Ubuntu, 22.04 LTS, amd64 jammy image build on 2024-06-07", canonical, "", "x86_64",
     "/dev/sda1", 8, "gp2", "2024-06-07T06:43:27.000Z", "snap-0b2204000000000a1", "uefi-preferred"},
    {"ami-0b2204000000000b1", "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-20240607",
     "Canonical, Ubuntu, 22.04 LTS, arm64 jammy image build on 2024-06-07", canonical, "", "arm64",
     "/dev/sda1", 8, "gp2", "2024-06-07T06:45:01.000Z", "snap-0b2204000000000b1", "uefi"},
    {"ami-0b2404000000000a1", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20240605",
     "Canonical, Ubuntu, 24.04 LTS, amd64 noble image build on 2024-06-05", canonical, "", "x86_64",
     "/dev/sda1", 8, "gp3", "2024-06-05T07:10:33.000Z", "snap-0b2404000000000a1", "uefi-preferred", true},
    {"ami-0b2404000000000b1", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20240605",
     "Canonical, Ubuntu, 24.04 LTS, arm64 noble image build on 2024-06-05", canonical, "", "arm64",
     "/dev/sda1", 8, "gp3", "2024-06-05T07:12:18.000Z", "snap-0b2404000000000b1", "uefi", true},
    {"ami-0d1200000000000a1", "debian-12-amd64-20240507-1740", "Debian 12 (20240507-1740)", debian, "",
     "x86_64", "/dev/xvda", 8, "gp3", "2024-05-07T12:13:28.000Z", "snap-0d1200000000000a1", ""},
    {"ami-0d1200000000000b1", "debian-12-arm64-20240507-1740", "Debian 12 (20240507-1740)", debian, "",
     "arm64", "/dev/xvda", 8, "gp3", "2024-05-07T12:14:02.000Z", "snap-0d1200000000000b1", "uefi"},
    {"ami-0e0900000000000a1", "RHEL-9.4.0_HVM-20240605-x86_64-82-Hourly2-GP3", "Provided by Red Hat, Inc.",
     red_hat, "", "x86_64", "/dev/sda1", 10, "gp3", "2024-06-05T15:33:20.000Z", "snap-0e0900000000000a1",
     "uefi-preferred", false, "Red Hat Enterprise Linux", "RunInstances:0010"},
    {"ami-0e0900000000000b1", "RHEL-9.4.0_HVM-20240605-arm64-82-Hourly2-GP3", "Provided by Red Hat, Inc.",
     red_hat, "", "arm64", "/dev/sda1", 10, "gp3", "2024-06-05T15:35:41.000Z", "snap-0e0900000000000b1",
     "uefi", false, "Red Hat Enterprise Linux", "RunInstances:0010"},
};

}  // namespace

std::span<const StockImage> stock_images() { return images; }

const StockImage* find_image(std::string_view id) {
  for (const StockImage& image : images)
    if (image.id == id) return &image;
  return nullptr;
}

}  // namespace squall::services::ec2
