/* What the kernel lets a spawned process do: resource limits, file mode mask, capabilities (systemd.exec(5)).
 */
#ifndef SQUALL_GUEST_RIGHTS_H
#define SQUALL_GUEST_RIGHTS_H

#include <stdint.h>
#include <sys/resource.h>

struct reader;

struct rights {
  uint32_t umask, secure_bits, no_new_privileges;
  uint64_t bounding, ambient; /* sets of capabilities, bit N for capability N */
  uint32_t given;             /* bit N: limit N is in `limits`; the others are a machine's defaults */
  struct rlimit limits[RLIM_NLIMITS];
};

/* Reads the part of SQUALL_SPAWN that protocol.h calls rights. */
void take_rights(struct reader* in, struct rights* rights);
/* In the child, while it is root: limits, mask, bounding set, secure bits. Answers 0 or -1 with errno. */
int limit_rights(const struct rights* rights);
/* Takes group and user; the ambient capabilities stay. Answers 0 or -1 with errno. */
int take_ids(const struct rights* rights, uint32_t uid, uint32_t gid);

#endif
