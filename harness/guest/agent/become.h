/* What sudo.c and su.c share: programs that run another as somebody else. */
#ifndef SQUALL_GUEST_BECOME_H
#define SQUALL_GUEST_BECOME_H

#include "accounts.h"

struct option;

extern const char secure_path[];

/* "PROGRAM: TEXTNAME" on standard error; answers 1. */
int complain(const char* program, const char* text, const char* name);
/* "PROGRAM: OPTION is not served by Squall's guests"; answers 1. `letter` as getopt_long answered it. */
int refuse_option(const char* program, int letter, const struct option* names);
/* "-bash" for a login, "bash" otherwise. */
const char* shell_name(const char* shell, int login);

#endif
