/* What the kernel lets a spawned process do: see rights.h. The order of steps is that of systemd's
 * exec_child(): limits while still root, the bounding set before the ids change, ambient capabilities after
 * it. */
#define _GNU_SOURCE
#include "rights.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wire.h"

/* A 2 GiB instance's, as systemd hands them to a service; not the host's, which differ from machine to
 * machine. */
static const struct rlimit defaults[RLIM_NLIMITS] = {[RLIMIT_CPU] = {RLIM_INFINITY, RLIM_INFINITY},
                                                     [RLIMIT_FSIZE] = {RLIM_INFINITY, RLIM_INFINITY},
                                                     [RLIMIT_DATA] = {RLIM_INFINITY, RLIM_INFINITY},
                                                     [RLIMIT_STACK] = {8 << 20, RLIM_INFINITY},
                                                     [RLIMIT_CORE] = {0, RLIM_INFINITY},
                                                     [RLIMIT_RSS] = {RLIM_INFINITY, RLIM_INFINITY},
                                                     [RLIMIT_NPROC] = {7544, 7544},
                                                     [RLIMIT_NOFILE] = {1024, 524288},
                                                     [RLIMIT_MEMLOCK] = {8 << 20, 8 << 20},
                                                     [RLIMIT_AS] = {RLIM_INFINITY, RLIM_INFINITY},
                                                     [RLIMIT_LOCKS] = {RLIM_INFINITY, RLIM_INFINITY},
                                                     [RLIMIT_SIGPENDING] = {7544, 7544},
                                                     [RLIMIT_MSGQUEUE] = {819200, 819200},
                                                     [RLIMIT_NICE] = {0, 0},
                                                     [RLIMIT_RTPRIO] = {0, 0},
                                                     [RLIMIT_RTTIME] = {RLIM_INFINITY, RLIM_INFINITY}};

void take_rights(struct reader* in, struct rights* rights) {
  rights->umask = take_u32(in);
  rights->secure_bits = take_u32(in);
  rights->no_new_privileges = take_u32(in);
  rights->bounding = take_u64(in);
  rights->ambient = take_u64(in);
  uint32_t count = take_u32(in);
  for (uint32_t i = 0; i < count && !in->bad; ++i) {
    uint32_t resource = take_u32(in);
    struct rlimit limit;
    limit.rlim_cur = take_u64(in);
    limit.rlim_max = take_u64(in);
    if (resource >= RLIM_NLIMITS) {
      in->bad = 1;
      return;
    }
    rights->given |= 1u << resource;
    rights->limits[resource] = limit;
  }
}

/* Who may not raise a hard limit gets what the hard limit allows, as systemd's setrlimit_closest() does. */
static int set_limit(int resource, const struct rlimit* wanted) {
  struct rlimit most;
  if (setrlimit(resource, wanted) == 0) return 0;
  if (errno != EPERM || getrlimit(resource, &most) != 0) return -1;
  struct rlimit fitting = *wanted;
  if (fitting.rlim_max > most.rlim_max) fitting.rlim_max = most.rlim_max;
  if (fitting.rlim_cur > fitting.rlim_max) fitting.rlim_cur = fitting.rlim_max;
  return setrlimit(resource, &fitting);
}

int limit_rights(const struct rights* rights) {
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource)
    if (set_limit(resource,
                  rights->given & 1u << resource ? &rights->limits[resource] : &defaults[resource]) != 0)
      return -1;
  umask(rights->umask);
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability)
    if (!(rights->bounding & UINT64_C(1) << capability)) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  if (rights->secure_bits && prctl(PR_SET_SECUREBITS, rights->secure_bits, 0, 0, 0) != 0) return -1;
  return 0;
}

/* Ambient capabilities must be permitted and inheritable; a change of ids empties both unless asked not to.
 */
static int raise_ambient(uint64_t wanted) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2];
  if (syscall(SYS_capget, &header, sets) != 0) return -1;
  for (int part = 0; part < 2; ++part) {
    uint32_t mask = (uint32_t)(wanted >> 32 * part) & sets[part].permitted;
    sets[part].inheritable = mask;
    if (geteuid() != 0) sets[part].permitted = sets[part].effective = mask;
  }
  if (syscall(SYS_capset, &header, sets) != 0) return -1;
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability)
    if (sets[capability / 32].inheritable & 1u << capability % 32)
      prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
  return 0;
}

int take_ids(const struct rights* rights, uint32_t uid, uint32_t gid) {
  uint64_t ambient = rights->ambient & rights->bounding;
  if (setresgid(gid, gid, gid) != 0) return -1;
  if (ambient && prctl(PR_SET_SECUREBITS, rights->secure_bits | SECBIT_KEEP_CAPS, 0, 0, 0) != 0) return -1;
  if (setresuid(uid, uid, uid) != 0) return -1;
  if (ambient && raise_ambient(ambient) != 0) return -1;
  if (rights->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return 0;
}
