// The instance types that exist in every region.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html and co.html, mo.html; bandwidth and IOPS of
// their volumes: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-optimized.html
#include "emulator/services/ec2/images.hpp"

namespace squall::services::ec2 {
namespace {

constexpr InstanceTypeFacts types[] = {
    {"m1.small", "x86_64", 1, 1, 1740, 2.0, "Low", 2, 4, {}, false},
    {"t2.nano", "x86_64", 1, 1, 512, 2.4, "Low to Moderate", 2, 2, {}, true},
    {"t2.micro", "x86_64", 1, 1, 1024, 2.5, "Low to Moderate", 2, 2, {}, true, true},
    {"t2.small", "x86_64", 1, 1, 2048, 2.5, "Low to Moderate", 3, 4, {}, true},
    {"t2.medium", "x86_64", 2, 1, 4096, 2.3, "Low to Moderate", 3, 6, {}, true},
    {"t2.large", "x86_64", 2, 1, 8192, 2.3, "Low to Moderate", 3, 12, {}, true},
    {"t3.nano", "x86_64", 2, 2, 512, 2.5, "Up to 5 Gigabit", 2, 2, {43, 2085, 250, 11800}, true},
    {"t3.micro", "x86_64", 2, 2, 1024, 2.5, "Up to 5 Gigabit", 2, 2, {87, 2085, 500, 11800}, true},
    {"t3.small", "x86_64", 2, 2, 2048, 2.5, "Up to 5 Gigabit", 3, 4, {174, 2085, 1000, 11800}, true},
    {"t3.medium", "x86_64", 2, 2, 4096, 2.5, "Up to 5 Gigabit", 3, 6, {347, 2085, 2000, 11800}, true},
    {"t3.large", "x86_64", 2, 2, 8192, 2.5, "Up to 5 Gigabit", 3, 12, {695, 2780, 4000, 15700}, true},
    {"t3.xlarge", "x86_64", 4, 2, 16384, 2.5, "Up to 5 Gigabit", 4, 15, {695, 2780, 4000, 15700}, true},
    {"t3a.micro", "x86_64", 2, 2, 1024, 2.2, "Up to 5 Gigabit", 2, 2, {90, 2085, 500, 11800}, true},
    {"t3a.small", "x86_64", 2, 2, 2048, 2.2, "Up to 5 Gigabit", 2, 4, {175, 2085, 1000, 11800}, true},
    {"t3a.medium", "x86_64", 2, 2, 4096, 2.2, "Up to 5 Gigabit", 3, 6, {350, 2085, 2000, 11800}, true},
    {"t4g.nano", "arm64", 2, 1, 512, 2.5, "Up to 5 Gigabit", 2, 2, {43, 2085, 250, 11800}, true},
    {"t4g.micro", "arm64", 2, 1, 1024, 2.5, "Up to 5 Gigabit", 2, 2, {87, 2085, 500, 11800}, true},
    {"t4g.small", "arm64", 2, 1, 2048, 2.5, "Up to 5 Gigabit", 3, 4, {174, 2085, 1000, 11800}, true},
    {"t4g.medium", "arm64", 2, 1, 4096, 2.5, "Up to 5 Gigabit", 3, 6, {347, 2085, 2000, 11800}, true},
    {"t4g.large", "arm64", 2, 1, 8192, 2.5, "Up to 5 Gigabit", 3, 12, {695, 2780, 4000, 15700}, true},
    {"m5.large", "x86_64", 2, 2, 8192, 3.1, "Up to 10 Gigabit", 3, 10, {650, 4750, 3600, 18750}, false},
    {"m5.xlarge", "x86_64", 4, 2, 16384, 3.1, "Up to 10 Gigabit", 4, 15, {1150, 4750, 6000, 18750}, false},
    {"m5.2xlarge", "x86_64", 8, 2, 32768, 3.1, "Up to 10 Gigabit", 4, 15, {2300, 4750, 12000, 18750}, false},
    {"m6i.large", "x86_64", 2, 2, 8192, 3.5, "Up to 12.5 Gigabit", 3, 10, {650, 10000, 3600, 40000}, false},
    {"m6i.xlarge",
     "x86_64",
     4,
     2,
     16384,
     3.5,
     "Up to 12.5 Gigabit",
     4,
     15,
     {1250, 10000, 6000, 40000},
     false},
    {"m6g.large", "arm64", 2, 1, 8192, 2.5, "Up to 10 Gigabit", 3, 10, {630, 4750, 3600, 20000}, false},
    {"m6g.xlarge", "arm64", 4, 1, 16384, 2.5, "Up to 10 Gigabit", 4, 15, {1188, 4750, 6000, 20000}, false},
    {"m7g.large", "arm64", 2, 1, 8192, 2.6, "Up to 12.5 Gigabit", 3, 10, {630, 10000, 3600, 40000}, false},
    {"c5.large", "x86_64", 2, 2, 4096, 3.4, "Up to 10 Gigabit", 3, 10, {650, 4750, 4000, 20000}, false},
    {"c5.xlarge", "x86_64", 4, 2, 8192, 3.4, "Up to 10 Gigabit", 4, 15, {1150, 4750, 6000, 20000}, false},
    {"c6i.large", "x86_64", 2, 2, 4096, 3.5, "Up to 12.5 Gigabit", 3, 10, {650, 10000, 3600, 40000}, false},
    {"c6g.large", "arm64", 2, 1, 4096, 2.5, "Up to 10 Gigabit", 3, 10, {630, 4750, 3600, 20000}, false},
    {"r5.large", "x86_64", 2, 2, 16384, 3.1, "Up to 10 Gigabit", 3, 10, {650, 4750, 3600, 18750}, false},
    {"r6g.large", "arm64", 2, 1, 16384, 2.5, "Up to 10 Gigabit", 3, 10, {630, 4750, 3600, 20000}, false},
};

}  // namespace

std::span<const InstanceTypeFacts> instance_types() { return types; }

const InstanceTypeFacts* find_instance_type(std::string_view name) {
  for (const InstanceTypeFacts& type : types)
    if (type.name == name) return &type;
  return nullptr;
}

}  // namespace squall::services::ec2
