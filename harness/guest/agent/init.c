/* The guest's init, PID 1 of its PID namespace: makes the tree it was given its root (mounts.c), then spawns
 * and kills processes as the world asks over the control socket, and reports each child that ended. It dies
 * with the world, and everything in the guest with it. */
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"
#include "mounts.h"
#include "protocol.h"
#include "rights.h"
#include "sandboxing.h"
#include "wire.h"

static void report(unsigned char type, uint32_t first, uint32_t second, uint32_t third) {
  struct writer body = {0};
  put_u32(&body, first);
  put_u32(&body, second);
  if (type == SQUALL_SPAWNED) put_u32(&body, third);
  send_control(type, &body, NULL, 0);
  free(body.data);
}

static void reap(void) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) report(SQUALL_EXITED, (uint32_t)pid, (uint32_t)status, 0);
}

struct birth {
  uint32_t id, uid, gid;
  gid_t groups[64];
  size_t group_count;
  struct rights rights;
  struct mounts mounts;
  char *cwd, *program;
  char **argv, **env;
  int fds[3];
};

/* Init stands above its children, so that it can stop one that never waits. */
static void take_priority(int level) {
  struct sched_param priority = {.sched_priority = level};
  sched_setscheduler(0, SCHED_FIFO, &priority);
}

/* In the child. What a machine's init would hand down: no capability that reaches the host's kernel, a clean
 * signal state, a session of its own, a machine's limits. */
/* Answers what to add to errno, once something has failed. */
static int become_child(const struct birth* birth) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setsid();
  if (sched_getscheduler(0) == SCHED_FIFO) take_priority(1);
  for (int i = 0; i < 3; ++i)
    if (dup2(birth->fds[i], i) < 0) _exit(125);
  close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
  if (enter_mounts(&birth->mounts) != 0) return SQUALL_MOUNTS_FAILED;
  drop_host_capabilities();
  if (limit_rights(&birth->rights) != 0 || setgroups_of(birth->group_count, birth->groups) != 0 ||
      take_ids(&birth->rights, birth->uid, birth->gid) != 0)
    return 0;
  if (chdir(birth->cwd) != 0) return 0;
  const char* program = birth->program[0] ? birth->program : birth->argv[0];
  environ = birth->env;
  execvpe(program, birth->argv, birth->env);
  return 0;
}

static void spawn(struct reader* in, const int* fds, int fd_count) {
  struct birth birth = {.id = take_u32(in), .uid = take_u32(in), .gid = take_u32(in)};
  uint32_t groups = take_u32(in);
  for (uint32_t i = 0; i < groups; ++i) {
    uint32_t group = take_u32(in);
    if (birth.group_count < 64) birth.groups[birth.group_count++] = group;
  }
  take_rights(in, &birth.rights);
  take_mounts(in, &birth.mounts);
  birth.cwd = take_text(in);
  birth.program = take_text(in);
  birth.argv = take_list(in);
  birth.env = take_list(in);
  if (in->bad || fd_count != 3 || !birth.argv[0]) {
    report(SQUALL_SPAWNED, birth.id, 0, EINVAL);
    return;
  }
  memcpy(birth.fds, fds, sizeof birth.fds);
  int failure[2];
  if (pipe2(failure, O_CLOEXEC) != 0) refuse_to_start("pipe");
  pid_t pid = fork();
  if (pid == 0) {
    /* The pipe must survive the shuffle of descriptors 0 to 2. */
    int tell = fcntl(failure[1], F_DUPFD_CLOEXEC, 16);
    int step = become_child(&birth), error = errno | step;
    (void)!write(tell, &error, sizeof error);
    _exit(127);
  }
  int error = pid < 0 ? errno : 0;
  close(failure[1]);
  if (pid > 0 && read(failure[0], &error, sizeof error) == sizeof error) {
    waitpid(pid, NULL, 0);
    pid = -1;
  }
  close(failure[0]);
  report(SQUALL_SPAWNED, birth.id, pid > 0 ? (uint32_t)pid : 0, (uint32_t)error);
  for (char** list = birth.argv; *list; ++list) free(*list);
  for (char** list = birth.env; *list; ++list) free(*list);
  free(birth.argv), free(birth.env), free(birth.cwd), free(birth.program);
  forget_mounts(&birth.mounts);
}

static void attach(struct reader* in, int fd) {
  uint32_t id = take_u32(in);
  char* target = take_text(in);
  int result = (int)syscall(SYS_move_mount, fd, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH);
  report(SQUALL_DONE, id, result == 0 ? 0 : (uint32_t)errno, 0);
  free(target);
}

static void detach(struct reader* in) {
  uint32_t id = take_u32(in);
  char* target = take_text(in);
  report(SQUALL_DONE, id, umount2(target, UMOUNT_NOFOLLOW) == 0 ? 0 : (uint32_t)errno, 0);
  free(target);
}

static void obey_control(void) {
  static char buffer[SQUALL_CONTROL_MAX];
  char control[CMSG_SPACE(sizeof(int) * 4)];
  struct iovec part = {buffer, sizeof buffer};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t size = recvmsg(CONTROL_FD, &message, MSG_CMSG_CLOEXEC);
  if (size <= 0) _exit(0); /* the world is gone, and the guest goes with it */
  int fds[4], fd_count = 0;
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_type == SCM_RIGHTS) {
    fd_count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(fds, CMSG_DATA(header), sizeof(int) * (size_t)fd_count);
  }
  struct reader in = {buffer + 1, buffer + size, 0};
  if (buffer[0] == SQUALL_SPAWN) spawn(&in, fds, fd_count);
  if (buffer[0] == SQUALL_MOUNT && fd_count == 1) attach(&in, fds[0]);
  if (buffer[0] == SQUALL_UNMOUNT) detach(&in);
  if (buffer[0] == SQUALL_KILL) {
    pid_t pid = (pid_t)take_u32(&in);
    int signal_number = (int)take_u32(&in);
    if (!in.bad && pid != 0 && pid != 1) kill(pid, signal_number);
  }
  for (int i = 0; i < fd_count; ++i) close(fds[i]);
}

/* Guest processes take turns on one processor, each until it waits: then the order of a pipeline's or a
 * background job's calls does not hang on the host's load. Without the right to do so they run as the host
 * pleases. */
static void take_turns(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET((size_t)processor, &set);
  sched_setaffinity(0, sizeof set, &set);
  take_priority(2);
}

/* `ps` shows a machine's first process, and not where on the host its root is. */
static void look_like_init(int argc, char** argv) {
  static const char name[] = "/sbin/init";
  size_t room = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]);
  memset(argv[0], 0, room);
  if (room >= sizeof name) memcpy(argv[0], name, sizeof name);
  prctl(PR_SET_NAME, "systemd");
}

/* squall-init ROOT HOSTNAME PROCESSOR LAST-PID [HOST-FOLDER PLACE]... */
int run_init(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc < 5) return 64;
  personality(ADDR_NO_RANDOMIZE);
  umask(022);
  enter_root(argv[1], argv[4], argv + 5);
  if (sethostname(argv[2], strlen(argv[2])) != 0) refuse_to_start("sethostname");
  take_turns(atoi(argv[3]));
  look_like_init(argc, argv);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  int signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  announce();
  for (;;) {
    struct pollfd wait[2] = {{CONTROL_FD, POLLIN, 0}, {signals, POLLIN, 0}};
    if (poll(wait, 2, -1) < 0) continue;
    if (wait[1].revents) {
      struct signalfd_siginfo info;
      while (read(signals, &info, sizeof info) > 0) {
      }
      reap();
    }
    if (wait[0].revents) obey_control();
  }
}
