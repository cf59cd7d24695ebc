// What a volume may be: size, IOPS and throughput by its type.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html and
// https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html; the sentences as EC2 gave them in
// velero-io/velero-plugin-for-aws#119, boto/boto3#2474, fog/fog-aws#186, rocicorp/mono#4410 and
// runs-on/runs-on#260.
#include <algorithm>
#include <cstdio>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/launch.hpp"

namespace squall::services::ec2 {
namespace {

struct VolumeType {
  std::string_view name;
  std::int64_t least_gib, most_gib;
  // Zeroes: IOPS cannot be asked for.
  std::int64_t least_iops = 0, most_iops = 0, most_iops_per_gib = 0;
};
constexpr VolumeType volume_types[] = {
    {"standard", 1, 1024},
    {"gp2", 1, 16384},
    {"gp3", 1, 65536, 3000, 80000, 500},
    {"io1", 4, 16384, 100, 64000, 50},
    {"io2", 4, 65536, 100, 256000, 1000},
    {"st1", 125, 16384},
    {"sc1", 125, 16384},
};

constexpr std::int64_t gp3_baseline_iops = 3000;
constexpr std::int64_t least_throughput = 125, most_throughput = 2000;  // MiB per second
constexpr double most_throughput_per_iops = 0.25;

std::string with_six_digits(double number) {
  char text[64];
  std::snprintf(text, sizeof text, "%f", number);
  return text;
}

void check_size(std::int64_t size_gib, const VolumeType& type) {
  std::string text = "Volume of " + std::to_string(size_gib) + "GiB is too ";
  std::string of = " for volume type " + std::string(type.name);
  if (size_gib < type.least_gib)
    throw invalid_value(text + "small" + of + "; minimum is " + std::to_string(type.least_gib) + "GiB");
  if (size_gib > type.most_gib)
    throw invalid_value(text + "large" + of + "; maximum is " + std::to_string(type.most_gib) + "GiB");
}

void check_range(const std::string& what, std::int64_t value, std::int64_t least, std::int64_t most) {
  std::string text = "Volume " + what + " of " + std::to_string(value);
  if (value < least) throw invalid_value(text + " is too low; minimum is " + std::to_string(least) + ".");
  if (value > most) throw invalid_value(text + " is too high; maximum is " + std::to_string(most) + ".");
}

void check_iops(const VolumeRecord& volume, const VolumeType& type) {
  bool must = volume.volume_type == "io1" || volume.volume_type == "io2";
  if (volume.iops == 0 && must)
    throw invalid_combination("The parameter iops must be specified for " + volume.volume_type + " volumes.");
  if (volume.iops == 0) return;
  if (type.most_iops == 0)
    throw invalid_combination("The parameter iops is not supported for " + volume.volume_type + " volumes.");
  check_range("iops", volume.iops, type.least_iops, type.most_iops);
  // The baseline of gp3 comes with every size.
  if (volume.volume_type == "gp3" && volume.iops == gp3_baseline_iops) return;
  if (volume.iops > volume.size_gib * type.most_iops_per_gib)
    throw invalid_value(
        "Iops to volume size ratio of " +
        with_six_digits(static_cast<double>(volume.iops) / static_cast<double>(volume.size_gib)) +
        " is too high; maximum is " + std::to_string(type.most_iops_per_gib));
}

// After the IOPS are settled, since they bound it.
void check_throughput(const VolumeRecord& volume) {
  if (volume.throughput == 0) return;
  if (volume.volume_type != "gp3")
    throw invalid_combination("The parameter throughput is not supported for " + volume.volume_type +
                              " volumes.");
  check_range("throughput", volume.throughput, least_throughput, most_throughput);
  double ratio = static_cast<double>(volume.throughput) / static_cast<double>(volume.iops);
  if (ratio > most_throughput_per_iops)
    throw invalid_value("Throughput (MiBps) to iops ratio of " + with_six_digits(ratio) +
                        " is too high; maximum is " + with_six_digits(most_throughput_per_iops) +
                        " MiBps per iops.");
}

}  // namespace

void complete_volume(VolumeRecord& volume) {
  const VolumeType* type = nullptr;
  for (const VolumeType& candidate : volume_types)
    if (candidate.name == volume.volume_type) type = &candidate;
  if (!type)
    throw error("InvalidParameterValue", "Invalid value '" + volume.volume_type + "' for volumeType.");
  check_size(volume.size_gib, *type);
  check_iops(volume, *type);
  if (volume.volume_type == "gp2") volume.iops = std::clamp<std::int64_t>(3 * volume.size_gib, 100, 16000);
  if (volume.volume_type == "gp3" && volume.iops == 0) volume.iops = gp3_baseline_iops;
  check_throughput(volume);
  if (volume.volume_type == "gp3" && volume.throughput == 0) volume.throughput = least_throughput;
}

}  // namespace squall::services::ec2
