/* libsquall-guest.so: what makes a file durable. The world decides what a power failure loses
 * (../guest_disk.cpp), so it is told; the host's disks are left alone. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "preload.h"
#include "protocol.h"

/* Waits for its end; an empty path stands for every file. */
static void tell(const char* path) {
  struct {
    uint32_t size;
    unsigned char type;
    uint32_t pid, length;
    char path[PATH_MAX];
  } __attribute__((packed)) frame;
  uint32_t length = (uint32_t)strlen(path);
  frame.size = 8 + length;
  frame.type = SQUALL_SYNC;
  frame.pid = (uint32_t)getpid();
  frame.length = length;
  memcpy(frame.path, path, length);
  while (squall_wait_for_world(&frame, 13 + length) == EINTR) {
  }
}

static int tell_of(int fd) {
  char link[40], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0) {
    errno = EBADF;
    return -1;
  }
  path[size] = 0;
  if (path[0] != '/') { /* a pipe, a socket */
    errno = EINVAL;
    return -1;
  }
  tell(path);
  return 0;
}

void sync(void) { tell(""); }
int fsync(int fd) { return tell_of(fd); }
int fdatasync(int fd) { return tell_of(fd); }

int syncfs(int fd) {
  if (fcntl(fd, F_GETFD) < 0) return -1;
  tell("");
  return 0;
}
