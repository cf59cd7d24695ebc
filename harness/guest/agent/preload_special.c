/* libsquall-guest.so: files in which the kernel tells the time, draws random bytes or describes the host's
 * machine, as they read on the world's. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload.h"
#include "protocol.h"

static int made_of(const char* bytes, size_t size) {
  int fd = (int)syscall(SYS_memfd_create, "world", MFD_CLOEXEC);
  if (fd < 0) return -1;
  for (size_t done = 0; done < size;) {
    ssize_t n = write(fd, bytes + done, size - done);
    if (n <= 0) break;
    done += (size_t)n;
  }
  lseek(fd, 0, SEEK_SET);
  return fd;
}

/* Ends where the largest sensible reader has stopped. */
static int made_of_chance(void) {
  enum { megabyte = 1 << 20 };
  char* bytes = mmap(NULL, megabyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (bytes == MAP_FAILED) return -1;
  squall_fill(bytes, megabyte);
  int fd = made_of(bytes, megabyte);
  munmap(bytes, megabyte);
  return fd;
}

static int made_of_uuid(void) {
  unsigned char id[16];
  char text[40], *at = text;
  squall_fill(id, sizeof id);
  id[6] = (unsigned char)((id[6] & 0x0f) | 0x40);
  id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
    at += sprintf(at, "%02x", id[i]);
  }
  *at++ = '\n';
  return made_of(text, (size_t)(at - text));
}

static long long uptime_hundredths(void) {
  return (squall_page()->now_ns - squall_page()->boot_ns) / 10000000;
}

static int made_of_uptime(void) {
  char text[80];
  long long up = uptime_hundredths();
  return made_of(text,
                 (size_t)sprintf(text, "%lld.%02lld %lld.%02lld\n", up / 100, up % 100, up / 100, up % 100));
}

static int made_of_load(void) {
  char text[80];
  return made_of(text, (size_t)sprintf(text, "0.00 0.00 0.00 1/80 %d\n", getpid()));
}

static int made_of_boot_id(void) {
  char text[sizeof squall_page()->boot_id + 1];
  return made_of(text, (size_t)sprintf(text, "%s\n", squall_page()->boot_id));
}

/* A machine that has idled since its boot. */
static int made_of_statistics(void) {
  char text[400];
  long long idle = uptime_hundredths();
  return made_of(text,
                 (size_t)sprintf(text,
                                 "cpu  0 0 0 %lld 0 0 0 0 0 0\ncpu0 0 0 0 %lld 0 0 0 0 0 0\nintr 0\nctxt 0\n"
                                 "btime %lld\nprocesses 0\nprocs_running 1\nprocs_blocked 0\n"
                                 "softirq 0 0 0 0 0 0 0 0 0 0 0\n",
                                 idle, idle, (long long)(squall_page()->boot_ns / 1000000000)));
}

/* A 2 GiB instance's, most of it free. */
static int made_of_memory(void) {
  static const char text[] =
      "MemTotal:        1992184 kB\nMemFree:         1401620 kB\nMemAvailable:    1697544 kB\n"
      "Buffers:           20480 kB\nCached:           397312 kB\nSwapCached:            0 kB\n"
      "Active:           163840 kB\nInactive:         307200 kB\nUnevictable:           0 kB\n"
      "Mlocked:               0 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n"
      "Dirty:                 0 kB\nWriteback:             0 kB\nAnonPages:         57344 kB\n"
      "Mapped:            73728 kB\nShmem:              1024 kB\nSlab:              65536 kB\n"
      "SReclaimable:      40960 kB\nSUnreclaim:        24576 kB\nHugePages_Total:       0\n"
      "HugePages_Free:        0\nHugepagesize:       2048 kB\n";
  return made_of(text, sizeof text - 1);
}

static int made_of_paging(void) {
  static const char text[] = "pgpgin 0\npgpgout 0\npswpin 0\npswpout 0\npgfault 0\npgmajfault 0\n";
  return made_of(text, sizeof text - 1);
}

static int made_of_kernel(void) {
  char text[160];
  return made_of(text, (size_t)sprintf(text, "Linux version %s (squall) #1 SMP\n", squall_page()->kernel));
}

/* proc_pid_stat(5): what a process has used up does not exist in the world, and all began with the boot. */
static int without_times(const char* path) {
  static const unsigned char cleared[] = {10, 11, 12, 13, 14, 15, 16, 17, 22, 39};
  char text[1024], shown[1024];
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return -1;
  ssize_t size = read(fd, text, sizeof text - 1);
  close(fd);
  if (size <= 0) return -1;
  text[size] = 0;
  char* at = strrchr(text, ')'); /* the name may hold anything */
  if (!at) return -1;
  size_t used = (size_t)(at - text);
  memcpy(shown, text, used);
  for (int field = 2; *at; ++field) {
    size_t length = strcspn(at, " \n");
    if (memchr(cleared, field, sizeof cleared)) {
      shown[used++] = '0';
    } else {
      memcpy(shown + used, at, length);
      used += length;
    }
    at += length;
    if (*at) shown[used++] = *at++;
  }
  return made_of(shown, used);
}

/* "/proc/42/stat", "/proc/self/stat". */
static int is_process_stat(const char* path) {
  size_t name = strcspn(path + 6, "/");
  int is_self = strncmp(path + 6, "self/", 5) == 0;
  return (is_self || strspn(path + 6, "0123456789") == name) && name > 0 &&
         strcmp(path + 6 + name, "/stat") == 0;
}

static int open_special(const char* path) {
  static const struct {
    const char* path;
    int (*make)(void);
  } known[] = {{"/dev/urandom", made_of_chance},
               {"/dev/random", made_of_chance},
               {"/proc/sys/kernel/random/uuid", made_of_uuid},
               {"/proc/sys/kernel/random/boot_id", made_of_boot_id},
               {"/proc/uptime", made_of_uptime},
               {"/proc/loadavg", made_of_load},
               {"/proc/stat", made_of_statistics},
               {"/proc/meminfo", made_of_memory},
               {"/proc/vmstat", made_of_paging},
               {"/proc/version", made_of_kernel}};
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i)
    if (strcmp(path, known[i].path) == 0) return known[i].make();
  return strncmp(path, "/proc/", 6) == 0 && is_process_stat(path) ? without_times(path) : -1;
}

int squall_special_file(const char* path, int flags) {
  if (strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/proc/", 6) != 0) return -1;
  if ((flags & O_ACCMODE) != O_RDONLY) return -1;
  int fd = open_special(path);
  if (fd >= 0 && !(flags & O_CLOEXEC)) fcntl(fd, F_SETFD, 0);
  return fd;
}
