/* Reading and writing the messages of protocol.h, over fixed buffers. */
#ifndef SQUALL_GUEST_WIRE_H
#define SQUALL_GUEST_WIRE_H

#include <stddef.h>
#include <stdint.h>

/* A message being read. Past its end, or at a text with a NUL missing, `bad` is set and zeros come out. */
struct reader {
  char* at;
  char* end;
  int bad;
};
uint32_t take_u32(struct reader* in);
uint64_t take_u64(struct reader* in);
/* The text, NUL-terminated in a copy of its own. */
char* take_text(struct reader* in);
/* A NULL-terminated array of texts. */
char** take_list(struct reader* in);

/* A message being built; grows as needed. */
struct writer {
  char* data;
  size_t size, room;
};
void put_u32(struct writer* out, uint32_t value);
void put_bytes(struct writer* out, const void* bytes, size_t size);
void put_text(struct writer* out, const char* text);
void put_list(struct writer* out, char* const* list);

/* Both answer 0, or -1 when the other side is gone. */
int write_all(int fd, const void* bytes, size_t size);
int read_all(int fd, void* bytes, size_t size);
int send_frame(int fd, unsigned char type, const void* body, size_t size);

/* Says what failed, on standard error, and ends the process with 125. */
_Noreturn void give_up(const char* what);

#endif
