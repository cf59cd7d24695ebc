/* What the parts of libsquall-guest.so share. */
#ifndef SQUALL_GUEST_PRELOAD_H
#define SQUALL_GUEST_PRELOAD_H

#include <stddef.h>

/* Fills the buffer with the world's random bytes. */
void squall_fill(void* buffer, size_t size);
/* A descriptor that stands for /dev/urandom, /proc/uptime and the like; -1 for any other path. */
int squall_special_file(const char* path, int flags);

#endif
