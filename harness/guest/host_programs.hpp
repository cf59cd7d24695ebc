// The host's programs that a guest may run for real. What would tell the time, reach the network or change a
// machine is not among them: the world answers for those.
#pragma once
#include <string_view>
#include <vector>

#include "harness/guest/system.hpp"

namespace squall::guest {

// In every guest, as in the images of all distributions.
inline std::vector<std::string_view> base_programs() {
  return {"bash",       "dash",      "[",         "arch",
          "awk",        "mawk",      "gawk",      "b2sum",
          "base32",     "base64",    "basename",  "basenc",
          "bzip2",      "cat",       "chage",     "chgrp",
          "chmod",      "chown",     "chpasswd",  "chroot",
          "cksum",      "clear",     "cmp",       "comm",
          "cp",         "csplit",    "cut",       "date",
          "dd",         "df",        "diff",      "diff3",
          "dir",        "dircolors", "dirname",   "du",
          "echo",       "egrep",     "env",       "expand",
          "expr",       "factor",    "false",     "fgrep",

          "find",       "flock",     "fmt",       "fold",
          "free",       "getconf",   "getopt",    "gpasswd",
          "grep",       "groupadd",  "groupdel",  "groupmod",
          "groups",     "gunzip",    "gzip",      "head",
          "hexdump",    "hostid",    "iconv",     "id",
          "install",    "ionice",    "join",      "kill",
          "killall",    "last",      "link",      "ln",
          "locale",     "logname",   "ls",        "md5sum",
          "mkdir",      "mkfifo",    "mktemp",    "more",
          "less",       "mv",        "namei",     "newgrp",
          "nice",       "nl",        "nohup",     "nproc",
          "numfmt",     "od",        "openssl",   "passwd",
          "paste",      "pathchk",   "pgrep",     "pidof",
          "pkill",      "pr",        "printenv",  "printf",
          "ps",         "pwd",       "python3",   "readlink",
          "realpath",   "renice",    "rev",       "rm",
          "rmdir",      "run-parts", "sed",       "seq",
          "setsid",     "sha1sum",   "sha224sum", "sha256sum",
          "sha384sum",  "sha512sum", "shred",     "shuf",
          "sort",       "split",     "stat",      "stdbuf",
          "stty",       "sum",       "sync",      "tac",
          "tail",       "tar",       "tee",       "test",
          "touch",      "tr",        "true",      "truncate",
          "tsort",      "tty",       "uname",     "unexpand",
          "uniq",       "unlink",    "uptime",    "useradd",
          "userdel",    "usermod",   "users",     "vdir",
          "vipw",       "w",         "wc",        "which",
          "who",        "whoami",    "xargs",     "xxd",
          "xz",         "yes",       "zcat",      "zgrep",
          "tempfile",   "column",    "cal",       "look",
          "script",     "taskset",   "ulimit",    "update-alternatives",
          "mountpoint", "findmnt",   "top",       "vmstat",
          "watch",      "pwck",      "nologin",   "sshd-keygen",
          "ssh-keygen", "lscpu",     "prlimit",   "choom",
          "bunzip2",    "bzcat",     "xzcat",     "unxz",
          "lastlog",    "newusers",  "grpck",     "setpriv"};
}

// What the images of one distribution have besides.
inline std::vector<std::string_view> programs_of(System system) {
  if (system == System::debian)
    return {"perl", "adduser", "addgroup", "deluser", "delgroup", "start-stop-daemon"};
  if (has_apt(system))
    return {"perl", "adduser", "addgroup", "deluser", "delgroup", "start-stop-daemon", "envsubst"};
  if (system == System::red_hat) return {};
  if (system == System::amazon_linux_2) return {"unzip", "zip", "perl", "envsubst"};
  return {"unzip", "zip"};
}

}  // namespace squall::guest
