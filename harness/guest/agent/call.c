/* A command that the world answers: sends what it was called with, then does as it is told: writes what the
 * world writes, reads standard input when the world wants it, passes signals on, ends as the world says. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "modes.h"
#include "protocol.h"
#include "wire.h"

extern char** environ;

int connect_to_world(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strcpy(address.sun_path, SQUALL_SOCKET);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (connect(fd, (struct sockaddr*)&address, sizeof address) == 0) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

static int say_hello(int world, char** argv) {
  struct writer out = {0};
  char cwd[4096];
  if (!getcwd(cwd, sizeof cwd)) strcpy(cwd, "/");
  put_u32(&out, (uint32_t)getpid());
  put_u32(&out, (uint32_t)getppid());
  put_u32(&out, geteuid());
  put_u32(&out, getegid());
  put_u32(&out, (isatty(0) ? 1u : 0u) | (isatty(1) ? 2u : 0u));
  put_text(&out, cwd);
  put_list(&out, argv);
  put_list(&out, environ);
  int result = send_frame(world, SQUALL_HELLO, out.data, out.size);
  free(out.data);
  return result;
}

/* Signals whose default is to be ignored, or to stop and continue, keep their default. */
static int watch_signals(void) {
  static const int watched[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM};
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof watched / sizeof *watched; ++i) {
    struct sigaction old;
    /* nohup, and background jobs of a shell without job control, start us with signals ignored: they stay so.
     */
    if (sigaction(watched[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
    sigaddset(&set, watched[i]);
  }
  sigprocmask(SIG_BLOCK, &set, NULL);
  return signalfd(-1, &set, SFD_CLOEXEC);
}

static void die_by(int signal_number) {
  sigset_t set;
  signal(signal_number, SIG_DFL);
  sigemptyset(&set);
  sigaddset(&set, signal_number);
  raise(signal_number);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  _exit(128 + signal_number);
}

/* A closed pipe ends the command as it ends a real one. */
static void write_out(int fd, const char* bytes, size_t size) {
  if (write_all(fd, bytes, size) == 0) return;
  if (errno == EPIPE) die_by(SIGPIPE);
}

static void obey(int world, int* reading) {
  unsigned char head[5];
  uint32_t size;
  if (read_all(world, head, 5) != 0) _exit(125);
  memcpy(&size, head, 4);
  char* body = malloc((size_t)size + 4);
  if (!body) give_up("out of memory");
  if (read_all(world, body, size) != 0) _exit(125);
  uint32_t number = 0;
  if (size >= 4) memcpy(&number, body, 4);
  switch (head[4]) {
    case SQUALL_OUT:
      write_out(1, body, size);
      break;
    case SQUALL_ERR:
      write_out(2, body, size);
      break;
    case SQUALL_READ:
      *reading = 1;
      break;
    case SQUALL_EXIT:
      _exit((int)number);
    case SQUALL_DIE:
      die_by((int)number);
      break;
    default:
      _exit(125);
  }
  free(body);
}

/* What is there, once: who has enough of it asks for no more, and who writes without end waits, as for any
 * reader.
 */
static void pass_input(int world, int* reading) {
  char buffer[65536];
  ssize_t n = read(0, buffer, sizeof buffer);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  *reading = 0;
  if (n > 0) {
    if (send_frame(world, SQUALL_INPUT, buffer, (size_t)n) != 0) _exit(125);
    return;
  }
  if (send_frame(world, SQUALL_INPUT_END, NULL, 0) != 0) _exit(125);
}

static void pass_signal(int world, int signals) {
  struct signalfd_siginfo info;
  if (read(signals, &info, sizeof info) != sizeof info) return;
  uint32_t number = info.ssi_signo;
  if (send_frame(world, SQUALL_SIGNAL, &number, 4) != 0) _exit(125);
}

int run_call(char** argv) {
  int signals = watch_signals();
  int world = connect_to_world();
  if (world < 0) give_up("the world does not answer");
  if (say_hello(world, argv) != 0) give_up("the world hung up");
  int reading = 0;
  for (;;) {
    struct pollfd wait[3] = {{world, POLLIN, 0}, {signals, POLLIN, 0}, {reading ? 0 : -1, POLLIN, 0}};
    if (poll(wait, 3, -1) < 0) continue;
    if (wait[1].revents) pass_signal(world, signals);
    if (wait[2].revents) pass_input(world, &reading);
    if (wait[0].revents) obey(world, &reading);
  }
}
