/* What init.c and mounts.c share. */
#ifndef SQUALL_GUEST_INIT_H
#define SQUALL_GUEST_INIT_H

#include <fcntl.h>
#include <linux/sched.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct writer;
extern char** environ;

enum { CONTROL_FD = 3 };

/* Makes `root` the root, with /proc and /dev of its own. `folders` are pairs: a folder of the host to show,
 * read-only, at a place in the guest; ended by NULL. The next process gets the id after `last_pid`. */
void enter_root(const char* root, const char* last_pid, char** folders);
/* Makes the world's socket, clock page and console in /dev and sends them as SQUALL_READY. */
void announce(void);
/* Takes from this process and its descendants what could change the host: modules, devices, mounts, its clock. */
void drop_host_capabilities(void);
int setgroups_of(size_t count, const gid_t* groups);

void send_control(unsigned char type, const struct writer* body, const int* fds, int fd_count);
/* Tells the world what failed, and ends. */
_Noreturn void refuse_to_start(const char* what);

#endif
