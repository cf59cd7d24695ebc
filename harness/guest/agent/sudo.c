/* sudo(8) 1.9: who is root, or in the group sudo, wheel or admin, or has a file of his own name in
 * /etc/sudoers.d, may do everything; nobody is asked for a password. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "become.h"
#include "modes.h"
#include "wire.h"

static const char usage[] =
    "usage: sudo -h | -K | -k | -V\n"
    "usage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]\n"
    "usage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user] [-u user] [command [arg ...]]\n";

static const struct option long_options[] = {{"askpass", no_argument, NULL, 'A'},
                                             {"auth-type", required_argument, NULL, 'a'},
                                             {"background", no_argument, NULL, 'b'},
                                             {"bell", no_argument, NULL, 'B'},
                                             {"close-from", required_argument, NULL, 'C'},
                                             {"login-class", required_argument, NULL, 'c'},
                                             {"chdir", required_argument, NULL, 'D'},
                                             {"preserve-env", optional_argument, NULL, 'E'},
                                             {"edit", no_argument, NULL, 'e'},
                                             {"group", required_argument, NULL, 'g'},
                                             {"set-home", no_argument, NULL, 'H'},
                                             {"help", no_argument, NULL, 'h'},
                                             {"host", required_argument, NULL, 'O'},
                                             {"login", no_argument, NULL, 'i'},
                                             {"remove-timestamp", no_argument, NULL, 'K'},
                                             {"reset-timestamp", no_argument, NULL, 'k'},
                                             {"list", no_argument, NULL, 'l'},
                                             {"non-interactive", no_argument, NULL, 'n'},
                                             {"no-update", no_argument, NULL, 'N'},
                                             {"preserve-groups", no_argument, NULL, 'P'},
                                             {"prompt", required_argument, NULL, 'p'},
                                             {"chroot", required_argument, NULL, 'R'},
                                             {"role", required_argument, NULL, 'r'},
                                             {"stdin", no_argument, NULL, 'S'},
                                             {"shell", no_argument, NULL, 's'},
                                             {"type", required_argument, NULL, 't'},
                                             {"command-timeout", required_argument, NULL, 'T'},
                                             {"other-user", required_argument, NULL, 'U'},
                                             {"user", required_argument, NULL, 'u'},
                                             {"version", no_argument, NULL, 'V'},
                                             {"validate", no_argument, NULL, 'v'},
                                             {NULL, 0, NULL, 0}};

static int in_group(const char* name) {
  gid_t wanted, groups[128];
  if (find_group(name, &wanted) != 0) return 0;
  int count = getgroups(128, groups);
  for (int i = 0; i < count; ++i)
    if (groups[i] == wanted) return 1;
  return getgid() == wanted;
}

static int may_sudo(const struct account* who) {
  char path[128] = "/etc/sudoers.d/";
  if (who->uid == 0 || in_group("sudo") || in_group("wheel") || in_group("admin")) return 1;
  strcat(path, who->name);
  return access(path, F_OK) == 0;
}

/* -s and -i: the shell, with the command as its -c argument where there is one. */
static char** through_shell(const struct account* target, int login, char** command) {
  char** argv = calloc(4, sizeof *argv);
  struct writer line = {0};
  if (!argv) give_up("out of memory");
  argv[0] = strdup(shell_name(target->shell, login));
  if (!command[0]) return argv;
  for (; *command; ++command) {
    for (const char* at = *command; *at; ++at) {
      if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-$", *at))
        put_bytes(&line, "\\", 1);
      put_bytes(&line, at, 1);
    }
    if (command[1]) put_bytes(&line, " ", 1);
  }
  put_bytes(&line, "", 1);
  argv[1] = "-c";
  argv[2] = line.data;
  return argv;
}

struct sudo {
  const char *user, *group, *folder;
  char kept[1024]; /* --preserve-env=A,B: "A,B," */
  int keep, home, login, shell, list, background, forgets, validates;
};

static int is_assignment(const char* text) {
  const char* equals = strchr(text, '=');
  return equals && equals != text && !memchr(text, '/', (size_t)(equals - text));
}

/* Answers 0, or 1 after a complaint. */
static int take_option(int letter, struct sudo* wanted) {
  switch (letter) {
    case 'u':
      wanted->user = optarg;
      return 0;
    case 'g':
      wanted->group = optarg;
      return 0;
    case 'D':
      wanted->folder = optarg;
      return 0;
    case 'E':
      if (!optarg) wanted->keep = 1;
      if (optarg && strlen(wanted->kept) + strlen(optarg) + 2 < sizeof wanted->kept)
        strcat(strcat(wanted->kept, optarg), ",");
      return 0;
    case 'H':
      wanted->home = 1;
      return 0;
    case 'i':
      wanted->login = 1;
      return 0;
    case 's':
      wanted->shell = 1;
      return 0;
    case 'l':
      wanted->list = 1;
      return 0;
    case 'b':
      wanted->background = 1;
      return 0;
    case 'v':
      wanted->validates = 1;
      return 0;
    case 'k':
    case 'K':
      wanted->forgets = 1;
      return 0;
    case 'A':
    case 'B':
    case 'N':
    case 'n':
    case 'p':
    case 'S':
      return 0; /* of a password, which nobody is asked for */
    case '?':
      write_all(2, usage, strlen(usage));
      return 1;
    default:
      return refuse_option("sudo", letter, long_options);
  }
}

/* Answers the index of the command, or -1 after a complaint. Settings of variables may stand between the
 * options; they are made at once, for the environment is what the command gets. */
static int sudo_options(int argc, char** argv, struct sudo* wanted, char** settings) {
  for (;;) {
    int letter = getopt_long(argc, argv, "+ABbC:c:D:Eeg:HhiKklNnPp:R:r:SsT:t:U:u:Vv", long_options, NULL);
    if (letter != -1) {
      if (take_option(letter, wanted) != 0) return -1;
      continue;
    }
    if (strcmp(argv[optind - 1], "--") == 0 || optind >= argc || !is_assignment(argv[optind])) return optind;
    *settings++ = argv[optind++];
  }
}

/* "A=1": is A in "A,B,"? */
static int is_kept(const struct sudo* wanted, const char* setting) {
  size_t size = strcspn(setting, "=");
  for (const char* at = wanted->kept; *at; at += strcspn(at, ",") + 1)
    if (strcspn(at, ",") == size && strncmp(at, setting, size) == 0) return 1;
  return 0;
}

/* All variables go but those that --preserve-env names. */
static void clear_others(const struct sudo* wanted) {
  extern char** environ;
  char** old = environ;
  environ = NULL;
  for (; old && *old; ++old)
    if (is_kept(wanted, *old)) putenv(*old);
}

static void sudo_environment(const struct account* who, const struct account* target,
                             const struct sudo* wanted) {
  char number[16];
  const char* term = getenv("TERM");
  const char* language = getenv("LANG");
  if (!wanted->keep) {
    clear_others(wanted);
    if (term) setenv("TERM", term, 1);
    if (language) setenv("LANG", language, 1);
  }
  setenv("PATH", secure_path, 1);
  if (!wanted->keep || wanted->home || wanted->login) setenv("HOME", target->home, 1);
  setenv("SHELL", target->shell, 1);
  setenv("LOGNAME", target->name, 1);
  setenv("USER", target->name, 1);
  snprintf(number, sizeof number, "%u", who->uid);
  setenv("SUDO_UID", number, 1);
  snprintf(number, sizeof number, "%u", who->gid);
  setenv("SUDO_GID", number, 1);
  setenv("SUDO_USER", who->name, 1);
}

/* -l: what he may do, as a line of sudoers says it; with a command, where that is. */
static int list_rights(const struct account* who, char** command) {
  char line[512], host[256] = "", path[4096];
  if (!may_sudo(who)) return complain("sudo", "a password is required", "");
  if (!command[0]) {
    gethostname(host, sizeof host - 1);
    host[strcspn(host, ".")] = 0;
    snprintf(line, sizeof line,
             "User %s may run the following commands on %s:\n    (ALL : ALL) NOPASSWD: ALL\n", who->name,
             host);
    write_all(1, line, strlen(line));
    return 0;
  }
  for (const char* at = secure_path; *at; at += strcspn(at, ":"), at += *at == ':') {
    int size = snprintf(path, sizeof path, "%.*s/%s\n", (int)strcspn(at, ":"), at, command[0]);
    if (strchr(command[0], '/')) size = snprintf(path, sizeof path, "%s\n", command[0]);
    if (size <= 0 || (size_t)size >= sizeof path) break;
    path[size - 1] = 0;
    if (access(path, X_OK) != 0) continue;
    path[size - 1] = '\n';
    write_all(1, path, (size_t)size);
    return 0;
  }
  return 1;
}

static _Noreturn void run_command(char** argv) {
  execvp(argv[0], argv);
  if (errno == ENOENT) {
    complain("sudo", argv[0], ": command not found");
  } else {
    complain("sudo", "unable to execute ", argv[0]);
  }
  _exit(1);
}

int run_sudo(int argc, char** argv) {
  struct sudo wanted = {0};
  struct account who, target;
  gid_t group = (gid_t)-1;
  char** settings = calloc((size_t)argc + 1, sizeof *settings);
  if (!settings) give_up("out of memory");
  int at = sudo_options(argc, argv, &wanted, settings);
  if (at < 0) return 1;
  const int runs = at < argc || wanted.login || wanted.shell;
  if (!runs && !wanted.list && !wanted.validates && !wanted.forgets) {
    write_all(2, usage, strlen(usage));
    return 1;
  }
  if (geteuid() != 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
    complain("sudo", "The \"no new privileges\" flag is set, which prevents sudo from running as root.", "");
    return complain(
        "sudo", "If sudo is running in a container, you may need to adjust the container configuration to ",
        "disable the flag.");
  }
  if (find_account_of(getuid(), &who) != 0)
    return complain("sudo", "you do not exist in the passwd database", "");
  if (wanted.list) return list_rights(&who, argv + at);
  if (wanted.forgets && !runs) return 0;
  if (!may_sudo(&who)) return complain("sudo", "a password is required", "");
  if (!runs) return 0;
  if (!wanted.user) wanted.user = wanted.group ? who.name : "root";
  if (find_account(wanted.user, &target) != 0) return complain("sudo", "unknown user ", wanted.user);
  if (wanted.group && find_group(wanted.group, &group) != 0)
    return complain("sudo", "unknown group ", wanted.group);
  char shell_before[sizeof who.shell];
  snprintf(shell_before, sizeof shell_before, "%s", getenv("SHELL") ? getenv("SHELL") : who.shell);
  sudo_environment(&who, &target, &wanted);
  for (; *settings; ++settings) putenv(*settings);
  char line[4096] = "";
  for (int i = at; i < argc && strlen(line) + strlen(argv[i]) + 2 < sizeof line; ++i)
    strcat(strcat(line, i == at ? "" : " "), argv[i]);
  setenv("SUDO_COMMAND", line, 1);
  /* -s is the caller's own shell, -i the other's. */
  if (wanted.shell && !wanted.login) strcpy(target.shell, shell_before);
  if (wanted.background && fork() > 0) return 0;
  become(&target, group);
  const char* folder = wanted.folder ? wanted.folder : wanted.login ? target.home : NULL;
  if (folder && chdir(folder) != 0) complain("sudo", "unable to change directory to ", folder);
  if (wanted.login || wanted.shell) {
    execv(target.shell, through_shell(&target, wanted.login, argv + at));
    give_up(target.shell);
  }
  run_command(argv + at);
}
