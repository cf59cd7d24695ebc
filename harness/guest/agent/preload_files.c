/* libsquall-guest.so: the ways to open a file, so that the files which tell the time or draw random bytes are
 * the world's. Everything else goes on to the kernel unchanged. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload.h"

/* Declared here by the names that glibc exports; its headers make macros and inlines of some. */
int open64(const char* path, int flags, ...);
int openat64(int folder, const char* path, int flags, ...);
int __open_2(const char* path, int flags);
int __open64_2(const char* path, int flags);
int __openat_2(int folder, const char* path, int flags);
int __openat64_2(int folder, const char* path, int flags);

static int open_file(int folder, const char* path, int flags, mode_t mode) {
  int special = path ? squall_special_file(path, flags) : -1;
  if (special >= 0) return special;
  return (int)syscall(SYS_openat, folder, path, flags, mode);
}

static mode_t mode_argument(int flags, va_list rest) {
  return flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? (mode_t)va_arg(rest, int) : 0;
}

#define WITH_MODE(call)                     \
  va_list rest;                             \
  va_start(rest, flags);                    \
  mode_t mode = mode_argument(flags, rest); \
  va_end(rest);                             \
  return call

int open(const char* path, int flags, ...) { WITH_MODE(open_file(AT_FDCWD, path, flags, mode)); }
int open64(const char* path, int flags, ...) { WITH_MODE(open_file(AT_FDCWD, path, flags, mode)); }
int openat(int folder, const char* path, int flags, ...) { WITH_MODE(open_file(folder, path, flags, mode)); }
int openat64(int folder, const char* path, int flags, ...) {
  WITH_MODE(open_file(folder, path, flags, mode));
}
int __open_2(const char* path, int flags) { return open_file(AT_FDCWD, path, flags, 0); }
int __open64_2(const char* path, int flags) { return open_file(AT_FDCWD, path, flags, 0); }
int __openat_2(int folder, const char* path, int flags) { return open_file(folder, path, flags, 0); }
int __openat64_2(int folder, const char* path, int flags) { return open_file(folder, path, flags, 0); }

/* -1 and EINVAL for a mode that is none. */
static int stream_flags(const char* mode) {
  int flags = strchr(mode, '+') ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
  if (mode[0] == 'w')
    flags |= O_CREAT | O_TRUNC;
  else if (mode[0] == 'a')
    flags |= O_CREAT | O_APPEND;
  else if (mode[0] != 'r')
    return -1;
  if (strchr(mode, 'x')) flags |= O_EXCL;
  if (strchr(mode, 'e')) flags |= O_CLOEXEC;
  return flags;
}

static FILE* open_stream(const char* path, const char* mode) {
  int flags = stream_flags(mode);
  if (flags < 0) {
    errno = EINVAL;
    return NULL;
  }
  int fd = open_file(AT_FDCWD, path, flags, 0666);
  if (fd < 0) return NULL;
  FILE* stream = fdopen(fd, mode);
  if (!stream) close(fd);
  return stream;
}

FILE* fopen(const char* restrict path, const char* restrict mode) { return open_stream(path, mode); }
FILE* fopen64(const char* restrict path, const char* restrict mode) { return open_stream(path, mode); }
