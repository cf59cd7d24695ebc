/* What the parts of libsquall-guest.so share. */
#ifndef SQUALL_GUEST_PRELOAD_H
#define SQUALL_GUEST_PRELOAD_H

#include <stddef.h>

/* What the world says of the time and of this machine; all zeros where there is no world. */
const struct squall_clock* squall_page(void);
/* Sends one frame (protocol.h) and waits until the world hangs up. 0; EINTR for a signal; EAGAIN without a
 * world. */
int squall_wait_for_world(const void* frame, size_t size);
/* Fills the buffer with the world's random bytes. */
void squall_fill(void* buffer, size_t size);
/* A descriptor that stands for /dev/urandom, /proc/uptime and the like; -1 for any other path. */
int squall_special_file(const char* path, int flags);

#endif
