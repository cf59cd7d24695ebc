/* Accounts: see accounts.h. */
#define _GNU_SOURCE
#include "accounts.h"

#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire.h"

/* The whole file, NUL-terminated; ends the process when it cannot be read. */
static char* whole_file(const char* path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) give_up(path);
  struct writer text = {0};
  char buffer[4096];
  for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;) put_bytes(&text, buffer, (size_t)n);
  put_bytes(&text, "", 1);
  close(fd);
  return text.data;
}

static void copy(char* to, size_t room, const char* from) {
  size_t size = strlen(from);
  if (size >= room) size = room - 1;
  memcpy(to, from, size);
  to[size] = 0;
}

/* Splits one line of up to 7 fields; answers how many there are. */
static int split(char* line, char* fields[7]) {
  int count = 0;
  for (char* at = line; at && count < 7; ++count) {
    fields[count] = at;
    at = strchr(at, ':');
    if (at) *at++ = 0;
  }
  return count;
}

static int search(const char* name, int by_number, uid_t uid, struct account* found) {
  char* text = whole_file("/etc/passwd");
  int result = -1;
  for (char *line = text, *next; line && *line && result != 0; line = next) {
    char* fields[7];
    next = strchr(line, '\n');
    if (next) *next++ = 0;
    if (split(line, fields) != 7) continue;
    uid_t number = (uid_t)strtoul(fields[2], NULL, 10);
    if (by_number ? number != uid : strcmp(fields[0], name) != 0) continue;
    copy(found->name, sizeof found->name, fields[0]);
    copy(found->home, sizeof found->home, fields[5]);
    copy(found->shell, sizeof found->shell, fields[6][0] ? fields[6] : "/bin/sh");
    found->uid = number;
    found->gid = (gid_t)strtoul(fields[3], NULL, 10);
    result = 0;
  }
  free(text);
  return result;
}

int find_account_of(uid_t uid, struct account* found) { return search("", 1, uid, found); }

int find_account(const char* name, struct account* found) {
  if (name[0] == '#') return search("", 1, (uid_t)strtoul(name + 1, NULL, 10), found);
  return search(name, 0, 0, found);
}

/* Calls for each group; the groups that list `member`, or the one that is called `name`. */
static size_t search_groups(const char* name, const char* member, gid_t* groups, size_t room) {
  char* text = whole_file("/etc/group");
  size_t count = 0;
  for (char *line = text, *next; line && *line; line = next) {
    char* fields[7];
    next = strchr(line, '\n');
    if (next) *next++ = 0;
    if (split(line, fields) < 4 || count == room) continue;
    int hit = name && strcmp(fields[0], name) == 0;
    char* rest = fields[3];
    for (char* one; member && (one = strsep(&rest, ",")) != NULL;) hit |= strcmp(one, member) == 0;
    if (hit) groups[count++] = (gid_t)strtoul(fields[2], NULL, 10);
  }
  free(text);
  return count;
}

int find_group(const char* name, gid_t* gid) {
  if (name[0] == '#') {
    *gid = (gid_t)strtoul(name + 1, NULL, 10);
    return 0;
  }
  return search_groups(name, NULL, gid, 1) == 1 ? 0 : -1;
}

void become(const struct account* account, gid_t gid) {
  gid_t groups[64];
  gid_t own = gid == (gid_t)-1 ? account->gid : gid;
  groups[0] = own;
  size_t count = 1 + search_groups(NULL, account->name, groups + 1, 63);
  if (geteuid() == 0 && setgroups(count, groups) != 0) give_up("setgroups");
  if (setresgid(own, own, own) != 0) give_up("setresgid");
  if (setresuid(account->uid, account->uid, account->uid) != 0) give_up("setresuid");
}
