/* Mounts that one spawned process and its children have to themselves: a service's /tmp, what it may not
 * write. */
#ifndef SQUALL_GUEST_SANDBOXING_H
#define SQUALL_GUEST_SANDBOXING_H

#include <stdint.h>

#include "protocol.h"

struct reader;

struct mounts {
  uint32_t count;
  struct mount {
    char kind; /* SQUALL_MOUNT_... */
    int optional;
    char *path, *source;
  } all[SQUALL_MOUNTS_MAX];
};

/* Reads and frees the part of SQUALL_SPAWN that protocol.h calls mounts. */
void take_mounts(struct reader* in, struct mounts* mounts);
void forget_mounts(struct mounts* mounts);
/* In the child, while it may still mount. Answers 0 or -1 with errno. */
int enter_mounts(const struct mounts* mounts);

#endif
