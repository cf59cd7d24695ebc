/* See become.h. A process's own ids can only be changed inside it: the program file is set-user-ID root under
 * the names sudo, su and runuser, as the real ones are. */
#define _GNU_SOURCE
#include "become.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "wire.h"

const char secure_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

int complain(const char* program, const char* text, const char* name) {
  struct writer line = {0};
  put_bytes(&line, program, strlen(program));
  put_bytes(&line, ": ", 2);
  put_bytes(&line, text, strlen(text));
  put_bytes(&line, name, strlen(name));
  put_bytes(&line, "\n", 1);
  write_all(2, line.data, line.size);
  return 1;
}

int refuse_option(const char* program, int letter, const struct option* names) {
  char shown[64];
  snprintf(shown, sizeof shown, "-%c", letter);
  for (; names->name; ++names)
    if (names->val == letter) snprintf(shown, sizeof shown, "--%s", names->name);
  return complain(program, shown, " is not served by Squall's guests");
}

const char* shell_name(const char* shell, int login) {
  static char name[300];
  const char* base = strrchr(shell, '/');
  snprintf(name, sizeof name, "%s%s", login ? "-" : "", base ? base + 1 : shell);
  return name;
}
