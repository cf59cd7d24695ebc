/* timeout(1): runs a command, and lets the world say when its time is up. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modes.h"
#include "protocol.h"
#include "wire.h"

static int usage(const char* what) {
  write_all(2, "timeout: ", 9);
  write_all(2, what, strlen(what));
  write_all(2, "\nTry 'timeout --help' for more information.\n", 45);
  return 125;
}

/* "10", "1.5s", "2m", "1h", "1d" in nanoseconds; -1 for anything else. */
static int64_t duration_ns(const char* text) {
  char* end;
  double value = strtod(text, &end);
  double unit = 1;
  if (end == text || value < 0 || (*end && end[1])) return -1;
  switch (*end) {
    case 0:
    case 's':
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86400;
      break;
    default:
      return -1;
  }
  double nanoseconds = value * unit * 1e9;
  return nanoseconds < 9.2e18 ? (int64_t)nanoseconds : INT64_MAX;
}

static int signal_of(const char* name) {
  static const struct {
    const char* name;
    int number;
  } known[] = {{"TERM", SIGTERM}, {"KILL", SIGKILL}, {"INT", SIGINT},
               {"HUP", SIGHUP},   {"QUIT", SIGQUIT}, {"USR1", SIGUSR1}};
  if (strncasecmp(name, "SIG", 3) == 0) name += 3;
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i)
    if (strcasecmp(known[i].name, name) == 0) return known[i].number;
  return atoi(name);
}

/* Asks the world to be woken; answers the descriptor that becomes readable then. */
static int ask_for_nap(int64_t nanoseconds) {
  struct writer body = {0};
  int world = connect_to_world();
  if (world < 0) give_up("the world does not answer");
  put_bytes(&body, &nanoseconds, sizeof nanoseconds);
  put_u32(&body, (uint32_t)getpid());
  if (send_frame(world, SQUALL_NAP, body.data, body.size) != 0) give_up("the world hung up");
  free(body.data);
  return world;
}

struct limits {
  int64_t limit_ns, kill_after_ns;
  int signal_number, preserve;
};

/* Waits for the child; answers timeout's own exit status. */
static int watch(pid_t child, const struct limits* limits) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  int children = signalfd(-1, &set, SFD_CLOEXEC);
  int nap = limits->limit_ns > 0 ? ask_for_nap(limits->limit_ns) : -1;
  int expired = 0, killed = limits->signal_number == SIGKILL;
  for (;;) {
    int status;
    struct pollfd wait[2] = {{children, POLLIN, 0}, {nap, POLLIN, 0}};
    if (waitpid(child, &status, WNOHANG) == child) {
      if (expired && !limits->preserve) return killed ? 128 + SIGKILL : 124;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    poll(wait, 2, -1);
    if (wait[0].revents) {
      struct signalfd_siginfo info;
      (void)!read(children, &info, sizeof info);
    }
    if (wait[1].revents) {
      close(nap);
      nap = -1;
      if (expired) killed = 1;
      kill(child, expired ? SIGKILL : limits->signal_number);
      kill(child, SIGCONT);
      if (!expired && limits->kill_after_ns > 0) nap = ask_for_nap(limits->kill_after_ns);
      expired = 1;
    }
  }
}

int run_timeout(int argc, char** argv) {
  struct limits limits = {.signal_number = SIGTERM};
  int i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1]; ++i) {
    const char* value = NULL;
    if (strcmp(argv[i], "--") == 0) {
      ++i;
      break;
    }
    if (strcmp(argv[i], "--preserve-status") == 0)
      limits.preserve = 1;
    else if (strcmp(argv[i], "--foreground") == 0 || strcmp(argv[i], "-v") == 0)
      continue;
    else if (strncmp(argv[i], "--signal=", 9) == 0)
      limits.signal_number = signal_of(argv[i] + 9);
    else if (strncmp(argv[i], "--kill-after=", 13) == 0)
      limits.kill_after_ns = duration_ns(argv[i] + 13);
    else if (argv[i][1] == 's' || argv[i][1] == 'k') {
      int letter = argv[i][1];
      value = argv[i][2] ? argv[i] + 2 : i + 1 < argc ? argv[++i] : NULL;
      if (!value) return usage("option requires an argument");
      if (letter == 's')
        limits.signal_number = signal_of(value);
      else
        limits.kill_after_ns = duration_ns(value);
    } else
      return usage("unrecognized option");
  }
  if (argc - i < 2) return usage("missing operand");
  limits.limit_ns = duration_ns(argv[i]);
  if (limits.limit_ns < 0 || limits.kill_after_ns < 0) return usage("invalid time interval");
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  pid_t child = fork();
  if (child < 0) give_up("fork");
  if (child == 0) {
    sigprocmask(SIG_UNBLOCK, &children, NULL);
    execvp(argv[i + 1], argv + i + 1);
    int status = errno == ENOENT ? 127 : 126;
    const char* reason = strerror(errno);
    struct writer line = {0};
    put_bytes(&line, "timeout: failed to run command '", 32);
    put_bytes(&line, argv[i + 1], strlen(argv[i + 1]));
    put_bytes(&line, "': ", 3);
    put_bytes(&line, reason, strlen(reason));
    put_bytes(&line, "\n", 1);
    write_all(2, line.data, line.size);
    _exit(status);
  }
  return watch(child, &limits);
}
