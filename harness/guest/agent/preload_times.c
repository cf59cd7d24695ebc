/* libsquall-guest.so: the times of files. The kernel stamps a file with the host's clock; the world replaces
 * the stamp once the guest has come to rest (../file_times.cpp). A file that was written since then tells the
 * world's time here: it is of this very moment. When a file was read, and when its rights changed, is not
 * kept: both read as the time of its content. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "preload.h"
#include "protocol.h"

/* Declared here by the names that glibc exports; its headers make macros of some, and have none for the
 * oldest. */
int stat64(const char* path, struct stat64* about);
int lstat64(const char* path, struct stat64* about);
int fstat64(int fd, struct stat64* about);
int fstatat64(int folder, const char* path, struct stat64* about, int flags);
int __xstat(int version, const char* path, struct stat* about);
int __lxstat(int version, const char* path, struct stat* about);
int __fxstat(int version, int fd, struct stat* about);
int __fxstatat(int version, int folder, const char* path, struct stat* about, int flags);

/* The host's clock has stamped it since the run began. A time ahead of the host's clock was set by somebody.
 */
static int is_hosts(int64_t ns) {
  struct timespec now;
  if (squall_page()->real_from_ns == 0 || ns < squall_page()->real_from_ns) return 0;
  if (syscall(SYS_clock_gettime, CLOCK_REALTIME, &now) != 0) return 0;
  return ns <= (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t ns_of(const struct timespec* time) {
  return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

/* The root of /proc has a link for every process of the host. */
static int is_proc_root(int mode, uint64_t inode, int64_t size, int64_t block_size) {
  return S_ISDIR(mode) && inode == 1 && size == 0 && block_size == 1024;
}
enum { PROC_ROOT_LINKS = 120 };

static int show_times(int result, struct stat* about) {
  if (result != 0) return result;
  if (is_proc_root((int)about->st_mode, about->st_ino, about->st_size, about->st_blksize))
    about->st_nlink = PROC_ROOT_LINKS;
  if (is_hosts(ns_of(&about->st_mtim))) {
    about->st_mtim.tv_sec = squall_page()->now_ns / 1000000000;
    about->st_mtim.tv_nsec = squall_page()->now_ns % 1000000000;
  }
  if (is_hosts(ns_of(&about->st_atim))) about->st_atim = about->st_mtim;
  if (is_hosts(ns_of(&about->st_ctim))) about->st_ctim = about->st_mtim;
  return 0;
}

static int stat_at(int folder, const char* path, struct stat* about, int flags) {
  return show_times((int)syscall(SYS_newfstatat, folder, path, about, flags), about);
}

/* A `struct stat64` is a `struct stat` where files are large anyway: on every machine that Squall runs on. */
_Static_assert(sizeof(struct stat) == sizeof(struct stat64), "64-bit machines only");

int stat(const char* restrict path, struct stat* restrict about) { return stat_at(AT_FDCWD, path, about, 0); }
int stat64(const char* path, struct stat64* about) { return stat_at(AT_FDCWD, path, (struct stat*)about, 0); }
int lstat(const char* restrict path, struct stat* restrict about) {
  return stat_at(AT_FDCWD, path, about, AT_SYMLINK_NOFOLLOW);
}
int lstat64(const char* path, struct stat64* about) {
  return stat_at(AT_FDCWD, path, (struct stat*)about, AT_SYMLINK_NOFOLLOW);
}
int fstat(int fd, struct stat* about) { return show_times((int)syscall(SYS_fstat, fd, about), about); }
int fstat64(int fd, struct stat64* about) { return fstat(fd, (struct stat*)about); }
int fstatat(int folder, const char* restrict path, struct stat* restrict about, int flags) {
  return stat_at(folder, path, about, flags);
}
int fstatat64(int folder, const char* path, struct stat64* about, int flags) {
  return stat_at(folder, path, (struct stat*)about, flags);
}

/* What programs call that were linked before glibc 2.33. */
int __xstat(int version, const char* path, struct stat* about) { return (void)version, stat(path, about); }
int __lxstat(int version, const char* path, struct stat* about) { return (void)version, lstat(path, about); }
int __fxstat(int version, int fd, struct stat* about) { return (void)version, fstat(fd, about); }
int __fxstatat(int version, int folder, const char* path, struct stat* about, int flags) {
  return (void)version, stat_at(folder, path, about, flags);
}

static void show_time(struct statx_timestamp* time, const struct statx_timestamp* instead) {
  if (is_hosts(time->tv_sec * 1000000000 + time->tv_nsec)) *time = *instead;
}

int statx(int folder, const char* restrict path, int flags, unsigned mask, struct statx* restrict about) {
  /* The others are told by the time of the content. */
  int result = (int)syscall(SYS_statx, folder, path, flags, mask | STATX_MTIME, about);
  if (result != 0) return result;
  if (is_proc_root(about->stx_mode, about->stx_ino, (int64_t)about->stx_size, about->stx_blksize))
    about->stx_nlink = PROC_ROOT_LINKS;
  struct statx_timestamp now = about->stx_mtime;
  now.tv_sec = squall_page()->now_ns / 1000000000;
  now.tv_nsec = (uint32_t)(squall_page()->now_ns % 1000000000);
  show_time(&about->stx_mtime, &now);
  show_time(&about->stx_atime, &about->stx_mtime);
  show_time(&about->stx_ctime, &about->stx_mtime);
  show_time(&about->stx_btime, &about->stx_mtime);
  return 0;
}
