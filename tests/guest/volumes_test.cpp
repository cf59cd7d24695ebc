// Attached volumes: the names that udev gives them, labels, what refuses.
#include <gmock/gmock.h>

#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

void give_volumes(GuestWorld& world) {
  world.machine.volumes = {{"vol-0aa", "/dev/xvda", 8, true},
                           {"vol-0bb", "/dev/sdf", 20, false},
                           {"vol-0cc", "/dev/sdg", 30, false}};
}

TEST(Devices, AreBlockDevicesByEveryNameAndCannotBeOpened) {
  GuestWorld world;
  give_volumes(world);
  auto result = world.run(
      "for d in nvme1n1 sdf xvdf disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0bb nvme2n1 sdg; do\n"
      "  [ -b /dev/$d ] && echo $d $(readlink -f /dev/$d); done\n"
      "[ -e /dev/sdh ] || echo no sdh; dd if=/dev/nvme1n1 of=/dev/null count=1 2>&1 | head -1\n"
      "python3 -c 'import os, stat; os.mknod(\"/dev/own\", stat.S_IFBLK | 0o600, os.makedev(259, 1))'; echo "
      "$?");
  EXPECT_EQ(result.standard_output,
            "nvme1n1 /dev/nvme1n1\nsdf /dev/nvme1n1\nxvdf /dev/nvme1n1\n"
            "disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0bb /dev/nvme1n1\nnvme2n1 /dev/nvme2n1\nsdg "
            "/dev/nvme2n1\n"
            "no sdh\ndd: failed to open '/dev/nvme1n1': Permission denied\n1\n");
}

TEST(Devices, AppearAndGoWithTheirVolume) {
  GuestWorld world;
  world.machine.volumes = {{"vol-0aa", "/dev/xvda", 8, true}};
  EXPECT_EQ(world.run("[ -e /dev/sdf ] || echo none").standard_output, "none\n");
  world.guest->attach_volume({"vol-0bb", "/dev/sdf", 20, false});
  world.guest->attach_volume({"vol-0cc", "/dev/sdg", 20, false});
  EXPECT_EQ(world.run("readlink -f /dev/sdg; [ -b /dev/sdf ] && echo there").standard_output,
            "/dev/nvme2n1\nthere\n");
  world.guest->detach_volume("vol-0bb");
  // The other keeps its name.
  EXPECT_EQ(world.run("[ -e /dev/sdf ] || echo gone; readlink -f /dev/sdg").standard_output,
            "gone\n/dev/nvme2n1\n");
  world.guest->power_off();
  world.guest->power_on();
  EXPECT_EQ(world.run("readlink -f /dev/sdg").standard_output, "/dev/nvme2n1\n");
}

// How AWS's guide tells an empty volume: "If the output shows simply data, there is no file system".
TEST(Volumes, FileTellsWhatADeviceHolds) {
  GuestWorld world;
  give_volumes(world);
  auto result = world.run(
      "file -s /dev/nvme1n1; file -s /dev/sdf; mkfs.ext4 -q -L data /dev/sdf; mkfs.xfs -q /dev/sdg\n"
      "file -sb /dev/nvme1n1 | cut -d, -f1; file -sL /dev/sdg; file /etc/hostname /nowhere; file --mime "
      "/etc; echo $?");
  EXPECT_EQ(result.standard_output,
            "/dev/nvme1n1: data\n/dev/sdf: symbolic link to nvme1n1\nLinux rev 1.0 ext4 filesystem data\n"
            "/dev/sdg: SGI XFS filesystem data (blksz 4096, inosz 512, v2 dirs)\n/etc/hostname: ASCII text\n"
            "/nowhere: cannot open `/nowhere' (No such file or directory)\n1\n")
      << result.standard_error;
}

TEST(Volumes, ByLabelFromFstab) {
  GuestWorld world;
  give_volumes(world);
  auto result = world.run(
      "d=$(readlink -f /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0cc); mkdir /data\n"
      "mkfs.ext4 -q -m 0 -E lazy_itable_init=0,lazy_journal_init=0 -L vault-data $d 2>/dev/null\n"
      "echo 'LABEL=vault-data /data ext4 defaults 0 2' >> /etc/fstab; mount -a && mountpoint -q /data; echo "
      "$?\n"
      "blkid -s LABEL -o value $d; blkid -L vault-data; lsblk -no NAME,LABEL,SERIAL,MOUNTPOINT $d\n"
      "lsblk -o FROB; echo $?; lsblk --topology; echo $?; lsblk -f | head -1");
  EXPECT_EQ(result.standard_output,
            "0\nvault-data\n/dev/nvme2n1\nnvme2n1 vault-data vol0cc /data\n1\n1\nNAME    FSTYPE LABEL      "
            "UUID                                 MOUNTPOINTS\n")
      << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("lsblk: unknown column: FROB\n"));
}

TEST(Volumes, OptionsAndTypesOfAMountCount) {
  GuestWorld world;
  give_volumes(world);
  auto result = world.run(
      "mkfs.ext4 -q /dev/sdf; mkdir /d; mount -t xfs /dev/sdf /d; echo $?; mount -o noatime,ro /dev/sdf /d\n"
      "echo x > /d/x; echo $?; mount | grep ' /d '; umount /d; mount -o remount,rw /d; echo $?\n"
      "echo '/dev/sdf /d ext4 defaults,nofail 0 2' >> /etc/fstab; mount -r /d; touch /d/x; echo $?; umount "
      "/d\n"
      "mount /d; echo x > /d/x; echo $?; mount -o bind /d /mnt; echo $?");
  EXPECT_EQ(result.standard_output, "32\n2\n/dev/nvme1n1 on /d type ext4 (ro,relatime)\n1\n1\n0\n32\n")
      << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("/d/x: Read-only file system\n"));
  EXPECT_THAT(result.standard_error,
              HasSubstr("mount: /mnt: the option bind is not served by Squall's guests\n"));
}

TEST(Volumes, AMountedOneIsNotFormattedAgain) {
  GuestWorld world;
  give_volumes(world);
  auto result = world.run(
      "mkfs.ext4 -q /dev/sdf; mkdir /d; mount /dev/sdf /d; echo x > /d/x; mkfs -t ext4 /dev/xvdf; echo $?; "
      "cat /d/x\n"
      "mkfs.xfs -q /dev/sdg; mkfs.xfs /dev/sdg; echo $?; mkfs.xfs -f /dev/sdg >/dev/null; echo $?; mkfs.ext4 "
      "/dev/nvme0n1; echo $?");
  EXPECT_EQ(result.standard_output, "1\nx\n1\n0\n1\n");
  EXPECT_THAT(result.standard_error, HasSubstr("/dev/xvdf is mounted; will not make a filesystem here!\n"));
}

}  // namespace
}  // namespace squall::guest
