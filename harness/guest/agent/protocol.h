/* The words that the world (harness/guest, C++) and the guest program (C) exchange. Both sides include this
 * file.
 *
 * Control: a SOCK_SEQPACKET pair between the world and the guest's init (PID 1), one message per packet, file
 * descriptors attached. Calls: one SOCK_STREAM connection per command that the world answers, in frames of
 * {u32 length of the body, u8 type, body}. Numbers are little-endian u32; texts are {u32 length, bytes}; a
 * list is {u32 count, items}. */
#ifndef SQUALL_GUEST_PROTOCOL_H
#define SQUALL_GUEST_PROTOCOL_H

#include <stdint.h>

#define SQUALL_FOLDER "/dev/squall"
#define SQUALL_SOCKET "/dev/squall/world"
#define SQUALL_CLOCK "/dev/squall/clock"
#define SQUALL_PRELOAD "/usr/lib/squall/libsquall-guest.so"
#define SQUALL_PROGRAM "/usr/lib/squall/squall-init"

enum {
  SQUALL_CONTROL_MAX = 160 * 1024, /* bytes of one control message */
  SQUALL_MOUNTS_MAX = 64,          /* of one spawned process */
  SQUALL_MOUNTS_FAILED = 1 << 16   /* in the errno of SPAWNED: it was the mounts that failed */
};

/* The mounts of a spawned process. */
enum {
  SQUALL_MOUNT_BIND = 'b',         /* shows source at path */
  SQUALL_MOUNT_READ_ONLY = 'r',    /* the tree at path; "/" alone without what is mounted in it */
  SQUALL_MOUNT_READ_WRITE = 'w',   /* the file system at path */
  SQUALL_MOUNT_INACCESSIBLE = 'i', /* a file or a folder */
  SQUALL_MOUNT_EMPTY = 'e',        /* an empty folder */
  SQUALL_MOUNT_DEVICES = 'd'       /* /dev with pseudo devices only */
};

/* world -> init. SPAWN: u32 id, uid, gid; list of u32 groups; rights (u32 umask, secure bits, no new
 * privileges; u64 bounding, ambient capabilities; list of {u32 resource, u64 soft, hard}); mounts (list of
 * {u32 kind, may be missing, text path, source}); text cwd, program (empty: argv[0] on the PATH of env); list
 * argv, env; fds: input, output, error. */
enum {
  SQUALL_SPAWN = 'S',
  SQUALL_KILL = 'K',   /* u32 pid (as of kill(2), two's complement), u32 signal */
  SQUALL_MOUNT = 'M',  /* u32 id, text target; fd: a detached mount */
  SQUALL_UNMOUNT = 'U' /* u32 id, text target */
};
/* init -> world */
enum {
  SQUALL_READY = 'R',   /* fds: listening socket, clock page, console's reading end */
  SQUALL_SPAWNED = 'P', /* u32 id, u32 pid (0: failed), u32 errno */
  SQUALL_EXITED = 'X',  /* u32 pid, u32 wait status */
  SQUALL_DONE = 'D',    /* u32 id, u32 errno: of MOUNT and UNMOUNT */
  SQUALL_FAILED = 'F'   /* text: what stopped init from starting */
};
/* command -> world */
enum {
  SQUALL_HELLO =
      'H', /* u32 pid, parent, uid, gid, terminal bits (1: input, 2: output), text cwd, list argv, env */
  SQUALL_INPUT = 'I',     /* bytes of standard input */
  SQUALL_INPUT_END = 'E', /* standard input is at its end */
  SQUALL_SIGNAL = 'G',    /* u32 signal that the process received */
  SQUALL_NAP = 'N',       /* u64 nanoseconds: instead of HELLO, from a program that sleeps; u32 pid */
  SQUALL_SYNC = 'F' /* u32 pid, text path (empty: everything): instead of HELLO, until that is durable */
};
/* world -> command */
enum {
  SQUALL_OUT = 'O',  /* bytes for standard output */
  SQUALL_ERR = 'Q',  /* bytes for standard error */
  SQUALL_READ = 'A', /* send what standard input has next */
  SQUALL_EXIT = 'Z', /* u32 status */
  SQUALL_DIE = 'Y'   /* u32 signal: take its default action */
};

/* The page at SQUALL_CLOCK: written by the world while the guest stands still, read by every process. */
struct squall_clock {
  int64_t now_ns;       /* since 1970 */
  int64_t boot_ns;      /* when this boot began, since 1970 */
  uint64_t seed;        /* of this boot's random bytes */
  uint64_t step;        /* counts what the world did to this guest */
  int64_t real_from_ns; /* the host's clock when the run began: what the kernel stamps a file with is later */
  char boot_id[40];     /* of this boot, as /proc/sys/kernel/random/boot_id has it */
  char kernel[64];      /* as `uname -r` has it */
};

#endif
