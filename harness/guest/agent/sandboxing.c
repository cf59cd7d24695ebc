/* Mounts that one spawned process has to itself: see sandboxing.h. */
#define _GNU_SOURCE
#include "sandboxing.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "protocol.h"
#include "wire.h"

static int set_writable(int tree, const char* path, int flags, int writable) {
  struct mount_attr attributes = {0};
  if (writable)
    attributes.attr_clr = MOUNT_ATTR_RDONLY;
  else
    attributes.attr_set = MOUNT_ATTR_RDONLY;
  return (int)syscall(SYS_mount_setattr, tree, path, flags, &attributes, sizeof attributes);
}

/* The tree below `path` once more, over itself, read-only or writable. The root stays where it is: everything
 * starts from it; what else is mounted has its own entry in the list. */
static int cover_with_itself(const char* path, int writable) {
  if (strcmp(path, "/") == 0) return set_writable(AT_FDCWD, "/", 0, writable);
  int tree = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  if (tree < 0) return -1;
  int result = set_writable(tree, "", AT_EMPTY_PATH | (writable ? 0 : AT_RECURSIVE), writable);
  if (result == 0) result = (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
  close(tree);
  return result;
}

static int hide(const char* path) {
  struct stat about;
  if (stat(path, &about) != 0) return -1;
  if (!S_ISDIR(about.st_mode)) return mount("/dev/null", path, NULL, MS_BIND, NULL);
  return mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=000");
}

static int show_device(int old, const char* name) {
  char from[64], to[64];
  struct stat about;
  snprintf(from, sizeof from, "/proc/self/fd/%d/%s", old, name);
  snprintf(to, sizeof to, "/dev/%s", name);
  if (fstatat(old, name, &about, 0) != 0) return 0;
  if (S_ISDIR(about.st_mode)) {
    if (mkdir(to, 0755) != 0) return -1;
  } else {
    int place = open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    if (place < 0) return -1;
    close(place);
  }
  return mount(from, to, NULL, MS_BIND | MS_REC, NULL);
}

/* A /dev without disks: pseudo devices, terminals, shared memory, and the way to the world. */
static int hide_devices(void) {
  static const char* const shown[] = {"null", "zero", "full", "random", "urandom", "pts", "shm", "squall"};
  static const char* const links[][2] = {{"/proc/self/fd", "/dev/fd"},
                                         {"/proc/self/fd/0", "/dev/stdin"},
                                         {"/proc/self/fd/1", "/dev/stdout"},
                                         {"/proc/self/fd/2", "/dev/stderr"},
                                         {"pts/ptmx", "/dev/ptmx"}};
  int old = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (old < 0 || mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755") != 0) return -1;
  for (size_t i = 0; i < sizeof shown / sizeof *shown; ++i)
    if (show_device(old, shown[i]) != 0) return -1;
  for (size_t i = 0; i < sizeof links / sizeof *links; ++i)
    if (symlink(links[i][0], links[i][1]) != 0) return -1;
  close(old);
  return 0;
}

static int make(char kind, const char* path, const char* source) {
  switch (kind) {
    case SQUALL_MOUNT_BIND:
      return mount(source, path, NULL, MS_BIND | MS_REC, NULL);
    case SQUALL_MOUNT_READ_ONLY:
      return cover_with_itself(path, 0);
    case SQUALL_MOUNT_READ_WRITE:
      return cover_with_itself(path, 1);
    case SQUALL_MOUNT_INACCESSIBLE:
      return hide(path);
    case SQUALL_MOUNT_EMPTY:
      return mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "mode=755");
    case SQUALL_MOUNT_DEVICES:
      return hide_devices();
    default:
      errno = EINVAL;
      return -1;
  }
}

void take_mounts(struct reader* in, struct mounts* mounts) {
  mounts->count = take_u32(in);
  if (mounts->count > SQUALL_MOUNTS_MAX) {
    in->bad = 1;
    mounts->count = 0;
  }
  for (uint32_t i = 0; i < mounts->count; ++i) {
    struct mount* one = &mounts->all[i];
    one->kind = (char)take_u32(in);
    one->optional = take_u32(in) != 0;
    one->path = take_text(in);
    one->source = take_text(in);
  }
}

void forget_mounts(struct mounts* mounts) {
  for (uint32_t i = 0; i < mounts->count; ++i) {
    free(mounts->all[i].path);
    free(mounts->all[i].source);
  }
}

int enter_mounts(const struct mounts* mounts) {
  if (mounts->count == 0) return 0;
  /* What is mounted later outside, a volume, is seen here as well; not the other way round. */
  if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0) return -1;
  for (uint32_t i = 0; i < mounts->count; ++i) {
    const struct mount* one = &mounts->all[i];
    if (make(one->kind, one->path, one->source) == 0) continue;
    if (!(one->optional && errno == ENOENT)) return -1;
  }
  return 0;
}
