/* The tree that init makes its root, and what it gives up of the host. */
#ifndef SQUALL_GUEST_MOUNTS_H
#define SQUALL_GUEST_MOUNTS_H

#include <stddef.h>
#include <sys/types.h>

/* Makes `root` the root, with /proc and /dev of its own. `folders` are pairs: a folder of the host to show,
 * read-only, at a place in the guest; ended by NULL. The next process gets the id after `last_pid`. */
void enter_root(const char* root, const char* last_pid, char** folders);
/* Makes the world's socket, clock page and console in /dev and sends them as SQUALL_READY. */
void announce(void);
/* Takes from this process and its descendants what could change the host: modules, devices, mounts, its
 * clock. */
void drop_host_capabilities(void);
int setgroups_of(size_t count, const gid_t* groups);

#endif
