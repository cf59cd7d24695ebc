/* The guest's file systems: its root, and what a kernel and udev would put on it. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "mounts.h"
#include "protocol.h"
#include "wire.h"

static void show_folder(const char* root, const char* from, const char* place) {
  char target[4096];
  if (strlen(root) + strlen(place) + 1 > sizeof target) refuse_to_start("path too long");
  strcpy(target, root);
  strcat(target, place);
  if (mount(from, target, NULL, MS_BIND, NULL) != 0) refuse_to_start(place);
  mount(NULL, target, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID, NULL);
}

/* A guest's root may read the kernel's settings, not change the host's. */
static void protect_proc(void) {
  static const char* const read_only[] = {"/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs",
                                          "/proc/sysrq-trigger"};
  for (size_t i = 0; i < sizeof read_only / sizeof *read_only; ++i) {
    if (mount(read_only[i], read_only[i], NULL, MS_BIND, NULL) != 0) continue;
    mount(NULL, read_only[i], NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL);
  }
}

/* `host_path` is "/dev/null", still the host's here; in a user namespace, which may make no devices, it is
 * shown as it is. */
static void make_device(const char* host_path, unsigned minor_number) {
  const char* path = host_path + 1;
  if (mknod(path, S_IFCHR | 0666, makedev(1, minor_number)) == 0) {
    chmod(path, 0666);
    return;
  }
  int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
  if (file < 0 || mount(host_path, path, NULL, MS_BIND, NULL) != 0) refuse_to_start(host_path);
  close(file);
}

/* Called in the guest's root, while the host's devices are still in sight. */
static void make_devices(void) {
  if (mount("dev", "dev", "tmpfs", MS_NOSUID, "mode=755") != 0) refuse_to_start("mount /dev");
  make_device("/dev/null", 3);
  make_device("/dev/zero", 5);
  make_device("/dev/full", 7);
  make_device("/dev/random", 8);
  make_device("/dev/urandom", 9);
  if (symlink("/proc/self/fd", "dev/fd") != 0 || symlink("/proc/self/fd/0", "dev/stdin") != 0 ||
      symlink("/proc/self/fd/1", "dev/stdout") != 0 || symlink("/proc/self/fd/2", "dev/stderr") != 0)
    refuse_to_start("links in /dev");
  mkdir("dev/shm", 01777);
  chmod("dev/shm", 01777);
  mkdir("dev/pts", 0755);
  mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620");
  if (symlink("pts/ptmx", "dev/ptmx") != 0) refuse_to_start("/dev/ptmx");
}

static void raise_loopback(void) {
  struct ifreq request;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  memset(&request, 0, sizeof request);
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  ioctl(fd, SIOCSIFFLAGS, &request);
  close(fd);
}

/* What a machine's kernel and early boot started before had ids too. Where the kernel does not let us, they
 * begin at 2. */
static void continue_after(const char* last_pid) {
  int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  (void)!write(fd, last_pid, strlen(last_pid));
  close(fd);
}

void enter_root(const char* root, const char* last_pid, char** folders) {
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) refuse_to_start("making mounts private");
  for (; folders[0] && folders[1]; folders += 2) show_folder(root, folders[0], folders[1]);
  if (chdir(root) != 0) refuse_to_start(root);
  /* Before the host's root goes: a user namespace may mount proc only where one is in sight. */
  if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
    refuse_to_start("mount /proc");
  make_devices();
  if (syscall(SYS_pivot_root, ".", ".") != 0) refuse_to_start("pivot_root");
  if (umount2(".", MNT_DETACH) != 0) refuse_to_start("leaving the host's root");
  if (chdir("/") != 0) refuse_to_start("/");
  mkdir(SQUALL_FOLDER, 0755);
  continue_after(last_pid);
  protect_proc();
  /* So that services with mounts of their own (sandboxing.c) see a volume that is mounted later. */
  mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL);
  raise_loopback();
}

void announce(void) {
  int fds[3];
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strcpy(address.sun_path, SQUALL_SOCKET);
  fds[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fds[0] < 0 || bind(fds[0], (struct sockaddr*)&address, sizeof address) != 0 || listen(fds[0], 512) != 0)
    refuse_to_start("the world's socket");
  chmod(SQUALL_SOCKET, 0666);
  fds[1] = open(SQUALL_CLOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0444);
  if (fds[1] < 0 || ftruncate(fds[1], sizeof(struct squall_clock)) != 0) refuse_to_start("the clock page");
  if (mkfifo("/dev/console", 0600) != 0) refuse_to_start("/dev/console");
  /* Open for both, so that a writer never blocks for want of a reader. */
  fds[2] = open("/dev/console", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fds[2] < 0) refuse_to_start("/dev/console");
  send_control(SQUALL_READY, NULL, fds, 3);
  for (int i = 0; i < 3; ++i) close(fds[i]);
}

void drop_host_capabilities(void) {
  static const int dropped[] = {
      CAP_SYS_MODULE, CAP_SYS_RAWIO,    CAP_SYS_BOOT,   CAP_SYS_TIME, CAP_MKNOD, CAP_SYS_ADMIN, CAP_SYSLOG,
      CAP_MAC_ADMIN,  CAP_MAC_OVERRIDE, CAP_SYS_PTRACE, CAP_PERFMON,  CAP_BPF,   CAP_WAKE_ALARM};
  for (size_t i = 0; i < sizeof dropped / sizeof *dropped; ++i) prctl(PR_CAPBSET_DROP, dropped[i], 0, 0, 0);
}

int setgroups_of(size_t count, const gid_t* groups) {
  if (geteuid() != 0) return 0;
  return setgroups(count, groups);
}
