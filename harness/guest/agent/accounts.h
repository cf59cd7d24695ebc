/* /etc/passwd and /etc/group read directly: a static program has no name service. */
#ifndef SQUALL_GUEST_ACCOUNTS_H
#define SQUALL_GUEST_ACCOUNTS_H

#include <sys/types.h>

struct account {
  char name[64], home[256], shell[256];
  uid_t uid;
  gid_t gid;
};

/* By name, or by "#1000". Answers 0, or -1 when there is no such account. */
int find_account(const char* name, struct account* found);
int find_account_of(uid_t uid, struct account* found);
int find_group(const char* name, gid_t* gid);
/* Takes the ids and the groups of `account`; with `gid` not -1, that group instead of its own. Ends on
 * failure. */
void become(const struct account* account, gid_t gid);

#endif
