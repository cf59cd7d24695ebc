/* sudo, su and runuser: a process's own ids can only be changed inside it. The program file is set-user-ID
 * root under these names, as the real ones are. sudo follows sudo(8): who is root, or in the group sudo,
 * wheel or admin, or has a file of his own name in /etc/sudoers.d, may; nobody is asked for a password. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "accounts.h"
#include "modes.h"
#include "wire.h"

static const char secure_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static int complain(const char* program, const char* text, const char* name) {
  struct writer line = {0};
  put_bytes(&line, program, strlen(program));
  put_bytes(&line, ": ", 2);
  put_bytes(&line, text, strlen(text));
  put_bytes(&line, name, strlen(name));
  put_bytes(&line, "\n", 1);
  write_all(2, line.data, line.size);
  return 1;
}

static _Noreturn void run(const char* program, char** argv) {
  execvp(argv[0], argv);
  int status = errno == ENOENT ? 127 : 126;
  if (errno == ENOENT && strcmp(program, "sudo") == 0) {
    complain("sudo", argv[0], ": command not found");
    _exit(1);
  }
  const char* reason = strerror(errno);
  complain(program, "failed to execute ", argv[0]);
  write_all(2, reason, strlen(reason));
  _exit(status);
}

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
  static char name[300];
  char** argv = calloc(4, sizeof *argv);
  struct writer line = {0};
  if (!argv) give_up("out of memory");
  const char* base = strrchr(target->shell, '/');
  strcpy(name, login ? "-" : "");
  strcat(name, base ? base + 1 : target->shell);
  argv[0] = name;
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
  int keep, home, login, shell, list;
};

/* Answers the index of the command, or -1 after a complaint. */
static int sudo_options(int argc, char** argv, struct sudo* wanted) {
  int i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1]; ++i) {
    if (strcmp(argv[i], "--") == 0) return i + 1;
    if (strncmp(argv[i], "--preserve-env", 14) == 0) {
      wanted->keep = 1;
      continue;
    }
    if (strncmp(argv[i], "--user=", 7) == 0) {
      wanted->user = argv[i] + 7;
      continue;
    }
    for (const char* letter = argv[i] + 1; *letter; ++letter) {
      if (strchr("ugpDhC", *letter)) {
        const char* value = letter[1] ? letter + 1 : i + 1 < argc ? argv[++i] : NULL;
        if (!value) return complain("sudo", "option requires an argument -- ", letter), -1;
        if (*letter == 'u') wanted->user = value;
        if (*letter == 'g') wanted->group = value;
        if (*letter == 'D') wanted->folder = value;
        break;
      }
      switch (*letter) {
        case 'E':
          wanted->keep = 1;
          break;
        case 'H':
          wanted->home = 1;
          break;
        case 'i':
          wanted->login = 1;
          break;
        case 's':
          wanted->shell = 1;
          break;
        case 'l':
          wanted->list = 1;
          break;
        case 'n':
        case 'S':
        case 'k':
        case 'K':
        case 'v':
        case 'b':
        case 'B':
        case 'A':
        case 'P':
          break;
        default:
          return complain("sudo", "invalid option -- ", letter), -1;
      }
    }
  }
  return i;
}

static int is_assignment(const char* text) {
  const char* equals = strchr(text, '=');
  return equals && equals != text && !memchr(text, '/', (size_t)(equals - text));
}

static void sudo_environment(const struct account* who, const struct account* target,
                             const struct sudo* wanted) {
  char number[16];
  const char* term = getenv("TERM");
  const char* language = getenv("LANG");
  if (!wanted->keep) {
    clearenv();
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

int run_sudo(int argc, char** argv) {
  struct sudo wanted = {.user = "root"};
  struct account who, target;
  gid_t group = (gid_t)-1;
  int at = sudo_options(argc, argv, &wanted);
  if (at < 0) return 1;
  if (geteuid() != 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
    complain("sudo", "The \"no new privileges\" flag is set, which prevents sudo from running as root.", "");
    return complain(
        "sudo", "If sudo is running in a container, you may need to adjust the container configuration to ",
        "disable the flag.");
  }
  if (find_account_of(getuid(), &who) != 0)
    return complain("sudo", "you do not exist in the passwd database", "");
  if (wanted.list || (at == argc && !wanted.login && !wanted.shell))
    return at == argc && !wanted.list ? 0 : !may_sudo(&who);
  if (!may_sudo(&who)) return complain("sudo", "a password is required", "");
  if (find_account(wanted.user, &target) != 0) return complain("sudo", "unknown user ", wanted.user);
  if (wanted.group && find_group(wanted.group, &group) != 0)
    return complain("sudo", "unknown group ", wanted.group);
  sudo_environment(&who, &target, &wanted);
  for (; at < argc && is_assignment(argv[at]); ++at) putenv(argv[at]);
  char line[4096] = "";
  for (int i = at; i < argc && strlen(line) + strlen(argv[i]) + 2 < sizeof line; ++i)
    strcat(strcat(line, i == at ? "" : " "), argv[i]);
  setenv("SUDO_COMMAND", line, 1);
  become(&target, group);
  const char* folder = wanted.folder ? wanted.folder : wanted.login ? target.home : NULL;
  if (folder && chdir(folder) != 0) complain("sudo", "unable to change directory to ", folder);
  if (wanted.login || wanted.shell) {
    execv(target.shell, through_shell(&target, wanted.login, argv + at));
    give_up(target.shell);
  }
  run("sudo", argv + at);
}

struct switch_user {
  const char *user, *command, *shell;
  int login, keep, direct; /* direct: runuser -u USER COMMAND, no shell */
};

/* Fills `wanted`; answers the index of the first argument that is left, or -1 after a complaint. */
static int su_options(int argc, char** argv, const char* name, struct switch_user* wanted) {
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; ++i) {
    const char* option = argv[i];
    int takes = strcmp(option, "-c") == 0 || strcmp(option, "-s") == 0 || strcmp(option, "-u") == 0 ||
                strcmp(option, "--command") == 0 || strcmp(option, "--shell") == 0 ||
                strcmp(option, "--user") == 0;
    if (strcmp(option, "--") == 0) return i + 1;
    if (takes) {
      if (i + 1 >= argc) return complain(name, "option requires an argument -- ", option), -1;
      const char* value = argv[++i];
      int letter = option[1] == '-' ? option[2] : option[1];
      if (letter == 'c') wanted->command = value;
      if (letter == 's') wanted->shell = value;
      if (letter == 'u') wanted->user = value, wanted->direct = 1;
    } else if (strcmp(option, "-") == 0 || strcmp(option, "-l") == 0 || strcmp(option, "--login") == 0) {
      wanted->login = 1;
    } else if (strcmp(option, "-m") == 0 || strcmp(option, "-p") == 0) {
      wanted->keep = 1;
    } else {
      return complain(name, "unrecognized option ", option), -1;
    }
  }
  return i;
}

int run_su(int argc, char** argv) {
  const char* slash = strrchr(argv[0], '/');
  const char* name = slash ? slash + 1 : argv[0];
  struct switch_user wanted = {0};
  struct account target;
  int at = su_options(argc, argv, name, &wanted);
  if (at < 0) return 1;
  if (!wanted.user && at < argc) wanted.user = argv[at++];
  /* Options may follow the name: su vault -c '...', su vault -s /bin/sh -c '...'. */
  for (; !wanted.direct && at + 1 < argc && argv[at][0] == '-'; at += 2) {
    if (strcmp(argv[at], "-c") == 0)
      wanted.command = argv[at + 1];
    else if (strcmp(argv[at], "-s") == 0)
      wanted.shell = argv[at + 1];
    else
      break;
  }
  if (!wanted.user) wanted.user = "root";
  if (find_account(wanted.user, &target) != 0) {
    complain(name, wanted.user, ": no such user");
    return 1;
  }
  if (getuid() != 0) {
    complain(name, strcmp(name, "su") == 0 ? "Authentication failure" : "may not be used by non-root users",
             "");
    return 1;
  }
  if (wanted.shell) snprintf(target.shell, sizeof target.shell, "%s", wanted.shell);
  become(&target, (gid_t)-1);
  if (wanted.direct) {
    if (at >= argc) return complain(name, "no command was specified", "");
    run(name, argv + at);
  }
  if (wanted.login) clearenv(), setenv("PATH", secure_path, 1);
  if (!wanted.keep) {
    setenv("HOME", target.home, 1);
    setenv("SHELL", target.shell, 1);
    setenv("USER", target.name, 1);
    setenv("LOGNAME", target.name, 1);
  }
  if (wanted.login && chdir(target.home) != 0)
    complain(name, "warning: cannot change directory to ", target.home);
  char** shell = calloc((size_t)(argc - at) + 4, sizeof *shell);
  if (!shell) give_up("out of memory");
  char* none[] = {NULL};
  int count = 1;
  shell[0] = through_shell(&target, wanted.login, none)[0];
  if (wanted.command) {
    shell[count++] = "-c";
    shell[count++] = strdup(wanted.command);
  }
  while (at < argc) shell[count++] = argv[at++];
  execv(target.shell, shell);
  give_up(target.shell);
}
