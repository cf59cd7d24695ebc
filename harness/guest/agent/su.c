/* su(1) and runuser(1) of util-linux 2.38. Their options may stand after the name too, as getopt_long(3)
 * lets them; those behind "--" are the shell's or the command's. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "become.h"
#include "modes.h"
#include "wire.h"

static const struct option long_options[] = {{"preserve-environment", no_argument, NULL, 'p'},
                                             {"whitelist-environment", required_argument, NULL, 'w'},
                                             {"group", required_argument, NULL, 'g'},
                                             {"supp-group", required_argument, NULL, 'G'},
                                             {"login", no_argument, NULL, 'l'},
                                             {"command", required_argument, NULL, 'c'},
                                             {"session-command", required_argument, NULL, 'c'},
                                             {"fast", no_argument, NULL, 'f'},
                                             {"shell", required_argument, NULL, 's'},
                                             {"pty", no_argument, NULL, 'P'},
                                             {"no-pty", no_argument, NULL, 'T'},
                                             {"user", required_argument, NULL, 'u'},
                                             {"help", no_argument, NULL, 'h'},
                                             {"version", no_argument, NULL, 'V'},
                                             {NULL, 0, NULL, 0}};

struct switch_user {
  const char *user, *command, *shell, *group;
  int login, keep, direct; /* direct: runuser -u USER COMMAND, no shell */
};

/* Fills `wanted`; answers the index of the first argument that is left, or -1 after a complaint. */
static int su_options(int argc, char** argv, const char* name, struct switch_user* wanted) {
  const int runuser = strcmp(name, "runuser") == 0;
  for (;;) {
    int letter =
        getopt_long(argc, argv, runuser ? "c:fg:G:lmpPTs:u:hVw:" : "c:fg:G:lmpPTs:hVw:", long_options, NULL);
    switch (letter) {
      case -1:
        break;
      case 'c':
        wanted->command = optarg;
        continue;
      case 's':
        wanted->shell = optarg;
        continue;
      case 'u':
        wanted->user = optarg;
        wanted->direct = 1;
        continue;
      case 'g':
        wanted->group = optarg;
        continue;
      case 'l':
        wanted->login = 1;
        continue;
      case 'm':
      case 'p':
        wanted->keep = 1;
        continue;
      case 'T':
        continue;
      case '?': {
        char hint[64];
        snprintf(hint, sizeof hint, "Try '%s --help' for more information.\n", name);
        write_all(2, hint, strlen(hint));
        return -1;
      }
      default:
        return refuse_option(name, letter, long_options), -1;
    }
    break;
  }
  if (optind < argc && strcmp(argv[optind], "-") == 0) {
    wanted->login = 1;
    ++optind;
  }
  if (wanted->direct && (wanted->command || wanted->shell || wanted->login)) {
    complain(name, "options --{shell,fast,command,session-command,login} and --user are mutually exclusive",
             "");
    return -1;
  }
  return optind;
}

static _Noreturn void run_direct(const char* name, char** argv) {
  execvp(argv[0], argv);
  const int error = errno;
  char text[512];
  snprintf(text, sizeof text, "%s: %s", argv[0], strerror(error));
  complain(name, "failed to execute ", text);
  _exit(error == ENOENT ? 127 : 126);
}

static void su_environment(const struct account* target, const struct switch_user* wanted) {
  if (wanted->login) {
    const char* term = getenv("TERM");
    clearenv();
    if (term) setenv("TERM", term, 1);
    setenv("PATH", secure_path, 1);
  }
  if (wanted->keep && !wanted->login) return;
  setenv("HOME", target->home, 1);
  setenv("SHELL", target->shell, 1);
  setenv("USER", target->name, 1);
  setenv("LOGNAME", target->name, 1);
}

int run_su(int argc, char** argv) {
  const char* slash = strrchr(argv[0], '/');
  const char* name = slash ? slash + 1 : argv[0];
  struct switch_user wanted = {0};
  struct account target;
  gid_t group = (gid_t)-1;
  int at = su_options(argc, argv, name, &wanted);
  if (at < 0) return 1;
  if (!wanted.user && at < argc) wanted.user = argv[at++];
  if (!wanted.user) wanted.user = "root";
  if (find_account(wanted.user, &target) != 0) {
    char text[256];
    snprintf(text, sizeof text,
             "%s does not exist or the user entry does not contain all the required fields", wanted.user);
    return complain(name, "user ", text);
  }
  if (wanted.group && find_group(wanted.group, &group) != 0) {
    char text[256];
    snprintf(text, sizeof text, "%s does not exist", wanted.group);
    return complain(name, "group ", text);
  }
  if (getuid() != 0)
    return complain(
        name, strcmp(name, "su") == 0 ? "Authentication failure" : "may not be used by non-root users", "");
  if (wanted.shell) snprintf(target.shell, sizeof target.shell, "%s", wanted.shell);
  become(&target, group);
  if (wanted.direct) {
    if (at >= argc) return complain(name, "no command was specified", "");
    run_direct(name, argv + at);
  }
  su_environment(&target, &wanted);
  if (wanted.login && chdir(target.home) != 0) {
    char text[512];
    snprintf(text, sizeof text, "%s: %s", target.home, strerror(errno));
    complain(name, "warning: cannot change directory to ", text);
  }
  char** shell = calloc((size_t)(argc - at) + 4, sizeof *shell);
  if (!shell) give_up("out of memory");
  int count = 1;
  shell[0] = strdup(shell_name(target.shell, wanted.login));
  if (wanted.command) {
    shell[count++] = "-c";
    shell[count++] = strdup(wanted.command);
  }
  while (at < argc) shell[count++] = argv[at++];
  execv(target.shell, shell);
  const int error = errno;
  char text[512];
  snprintf(text, sizeof text, "%s: %s", target.shell, strerror(error));
  complain(name, "failed to execute ", text);
  return error == ENOENT ? 127 : 126;
}
