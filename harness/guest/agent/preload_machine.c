/* libsquall-guest.so: what the kernel says of the machine and of what was used of it, for programs that do
 * not read it in files. Computing takes no time in the world. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "preload.h"
#include "protocol.h"

int uname(struct utsname* name) {
  int result = (int)syscall(SYS_uname, name);
  if (result != 0 || !squall_page()->kernel[0]) return result;
  strncpy(name->release, squall_page()->kernel, sizeof name->release - 1);
  strcpy(name->version, "#1 SMP");
  return 0;
}

static int64_t up_ns(void) { return squall_page()->now_ns - squall_page()->boot_ns; }

clock_t times(struct tms* used) {
  if (used) memset(used, 0, sizeof *used);
  return (clock_t)(up_ns() / (1000000000 / sysconf(_SC_CLK_TCK)));
}

int getrusage(__rusage_who_t who, struct rusage* usage) {
  int result = (int)syscall(SYS_getrusage, who, usage);
  if (result != 0) return result;
  memset(usage, 0, sizeof *usage);
  return 0;
}

int getloadavg(double loads[], int count) {
  for (int i = 0; i < count && i < 3; ++i) loads[i] = 0;
  return count < 3 ? count : 3;
}

/* As /proc/meminfo has it. */
int sysinfo(struct sysinfo* facts) {
  memset(facts, 0, sizeof *facts);
  facts->uptime = (long)(up_ns() / 1000000000);
  facts->totalram = 1992184ul << 10;
  facts->freeram = 1401620ul << 10;
  facts->bufferram = 20480ul << 10;
  facts->sharedram = 1024ul << 10;
  facts->procs = 80;
  facts->mem_unit = 1;
  return 0;
}

/* --- file systems: each of the size of an image's root volume, 8 GiB, and as full as that is --- */

int statfs64(const char* path, struct statfs64* facts);
int fstatfs64(int fd, struct statfs64* facts);
int statvfs64(const char* path, struct statvfs64* facts);
int fstatvfs64(int fd, struct statvfs64* facts);

static int of_a_volume(int result, struct statfs* facts) {
  if (result != 0 || facts->f_blocks == 0) return result; /* /proc has no size */
  facts->f_bsize = facts->f_frsize = 4096;
  facts->f_blocks = 2031440;
  facts->f_bfree = 1531440;
  facts->f_bavail = 1427648;
  facts->f_files = 524288;
  facts->f_ffree = 480000;
  memset(&facts->f_fsid, 0, sizeof facts->f_fsid);
  return 0;
}

int statfs(const char* path, struct statfs* facts) {
  return of_a_volume((int)syscall(SYS_statfs, path, facts), facts);
}
int fstatfs(int fd, struct statfs* facts) { return of_a_volume((int)syscall(SYS_fstatfs, fd, facts), facts); }
int statfs64(const char* path, struct statfs64* facts) { return statfs(path, (struct statfs*)facts); }
int fstatfs64(int fd, struct statfs64* facts) { return fstatfs(fd, (struct statfs*)facts); }

static int as_posix_has_it(int result, const struct statfs* facts, struct statvfs* shown) {
  if (result != 0) return result;
  memset(shown, 0, sizeof *shown);
  shown->f_bsize = (unsigned long)facts->f_bsize;
  shown->f_frsize = (unsigned long)facts->f_frsize;
  shown->f_blocks = facts->f_blocks;
  shown->f_bfree = facts->f_bfree;
  shown->f_bavail = facts->f_bavail;
  shown->f_files = facts->f_files;
  shown->f_ffree = shown->f_favail = facts->f_ffree;
  shown->f_flag = (unsigned long)facts->f_flags & ~0x20ul; /* ST_VALID is the kernel's own */
  shown->f_namemax = (unsigned long)facts->f_namelen;
  return 0;
}

int statvfs(const char* restrict path, struct statvfs* restrict facts) {
  struct statfs found;
  return as_posix_has_it(statfs(path, &found), &found, facts);
}
int fstatvfs(int fd, struct statvfs* facts) {
  struct statfs found;
  return as_posix_has_it(fstatfs(fd, &found), &found, facts);
}
int statvfs64(const char* path, struct statvfs64* facts) { return statvfs(path, (struct statvfs*)facts); }
int fstatvfs64(int fd, struct statvfs64* facts) { return fstatvfs(fd, (struct statvfs*)facts); }
