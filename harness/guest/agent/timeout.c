/* timeout(1) of coreutils 9.1: runs a command, and lets the world say when its time is up. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "become.h"
#include "modes.h"
#include "protocol.h"
#include "wire.h"

/* `what` empty: nothing but the hint. */
static int usage(const char* what, const char* name, const char* after) {
  static const char hint[] = "Try 'timeout --help' for more information.\n";
  char line[512];
  int size = snprintf(line, sizeof line, "timeout: %s\xe2\x80\x98%s\xe2\x80\x99%s\n", what, name, after);
  if (size > 0 && (*what || *after)) write_all(2, line, strlen(line));
  write_all(2, hint, strlen(hint));
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

/* -1: there is none of that name. */
static int signal_of(const char* name) {
  char* end;
  long number = strtol(name, &end, 10);
  if (end != name && !*end) return number >= 0 && number <= 64 ? (int)number : -1;
  if (strncasecmp(name, "SIG", 3) == 0) name += 3;
  for (int i = 1; i < 32; ++i)
    if (strcasecmp(sigabbrev_np(i), name) == 0) return i;
  return -1;
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
  int signal_number, preserve, foreground, verbose;
  const char* command;
};

/* To the command, and to what it started: they share timeout's group unless it is in the foreground. */
static void send_signal(pid_t child, int number, const struct limits* limits) {
  if (limits->verbose) {
    char line[512];
    const char* name = sigabbrev_np(number);
    snprintf(line, sizeof line, "timeout: sending signal %s to command \xe2\x80\x98%s\xe2\x80\x99\n",
             name ? name : "EXIT", limits->command);
    write_all(2, line, strlen(line));
  }
  kill(child, number);
  if (!limits->foreground) {
    if (number != SIGKILL) signal(number, SIG_IGN);
    kill(0, number);
  }
  if (number == SIGKILL || number == SIGCONT) return;
  kill(child, SIGCONT);
  if (!limits->foreground) kill(0, SIGCONT);
}

static int exit_status(int status, int expired, const struct limits* limits) {
  const int killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  if (expired && !limits->preserve && !killed) return 124;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Waits for the child; answers timeout's own exit status. A signal that asks timeout to end goes to the
 * child. */
static int watch(pid_t child, const sigset_t* watched, const struct limits* limits) {
  int signals = signalfd(-1, watched, SFD_CLOEXEC);
  int nap = limits->limit_ns > 0 ? ask_for_nap(limits->limit_ns) : -1;
  int expired = 0;
  for (;;) {
    int status;
    struct pollfd wait[2] = {{signals, POLLIN, 0}, {nap, POLLIN, 0}};
    if (waitpid(child, &status, WNOHANG) == child) return exit_status(status, expired, limits);
    poll(wait, 2, -1);
    if (wait[0].revents) {
      struct signalfd_siginfo info;
      if (read(signals, &info, sizeof info) == sizeof info && info.ssi_signo != SIGCHLD &&
          info.ssi_pid != (uint32_t)getpid()) /* what it sent to its own group comes back to it */
        send_signal(child, (int)info.ssi_signo, limits);
    }
    if (wait[1].revents) {
      close(nap);
      nap = -1;
      const int again = expired;
      expired = 1;
      if (!again && limits->kill_after_ns > 0) nap = ask_for_nap(limits->kill_after_ns);
      send_signal(child, again ? SIGKILL : limits->signal_number, limits);
    }
  }
}

static const struct option long_options[] = {
    {"kill-after", required_argument, NULL, 'k'}, {"signal", required_argument, NULL, 's'},
    {"verbose", no_argument, NULL, 'v'},          {"foreground", no_argument, NULL, 'f'},
    {"preserve-status", no_argument, NULL, 'p'},  {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},          {NULL, 0, NULL, 0}};

/* 0, or timeout's own exit status after a complaint. */
static int read_options(int argc, char** argv, struct limits* limits) {
  for (int letter; (letter = getopt_long(argc, argv, "+k:s:v", long_options, NULL)) != -1;) switch (letter) {
      case 'k':
        limits->kill_after_ns = duration_ns(optarg);
        if (limits->kill_after_ns < 0) return usage("invalid time interval ", optarg, "");
        break;
      case 's':
        limits->signal_number = signal_of(optarg);
        if (limits->signal_number < 0) return usage("", optarg, ": invalid signal");
        break;
      case 'v':
        limits->verbose = 1;
        break;
      case 'f':
        limits->foreground = 1;
        break;
      case 'p':
        limits->preserve = 1;
        break;
      case '?':
        return usage("", "", "");
      default:
        refuse_option("timeout", letter, long_options);
        return 125;
    }
  if (argc - optind < 2) return usage("", "", "");
  limits->limit_ns = duration_ns(argv[optind]);
  return limits->limit_ns < 0 ? usage("invalid time interval ", argv[optind], "") : 0;
}

int run_timeout(int argc, char** argv) {
  struct limits limits = {.signal_number = SIGTERM};
  int mistake = read_options(argc, argv, &limits);
  if (mistake) return mistake;
  char** command = argv + optind + 1;
  limits.command = command[0];
  sigset_t watched;
  sigemptyset(&watched);
  for (const int* one = (const int[]){SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, 0}; *one; ++one)
    sigaddset(&watched, *one);
  sigprocmask(SIG_BLOCK, &watched, NULL);
  if (!limits.foreground) setpgid(0, 0);
  pid_t child = fork();
  if (child < 0) give_up("fork");
  if (child == 0) {
    sigprocmask(SIG_UNBLOCK, &watched, NULL);
    execvp(command[0], command);
    int status = errno == ENOENT ? 127 : 126;
    char line[512];
    snprintf(line, sizeof line, "timeout: failed to run command \xe2\x80\x98%s\xe2\x80\x99: %s\n", command[0],
             strerror(errno));
    write_all(2, line, strlen(line));
    _exit(status);
  }
  return watch(child, &watched, &limits);
}
