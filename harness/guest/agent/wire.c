/* Messages of protocol.h: see wire.h. */
#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

uint32_t take_u32(struct reader* in) {
  uint32_t value = 0;
  if (in->end - in->at < 4) {
    in->bad = 1;
    in->at = in->end;
    return 0;
  }
  memcpy(&value, in->at, 4);
  in->at += 4;
  return value;
}

uint64_t take_u64(struct reader* in) {
  uint64_t low = take_u32(in), high = take_u32(in);
  return low | high << 32;
}

char* take_text(struct reader* in) {
  uint32_t size = take_u32(in);
  if (size > (size_t)(in->end - in->at)) {
    in->bad = 1;
    size = 0;
  }
  char* text = malloc((size_t)size + 1);
  if (!text) give_up("out of memory");
  memcpy(text, in->at, size);
  text[size] = 0;
  in->at += size;
  return text;
}

char** take_list(struct reader* in) {
  uint32_t count = take_u32(in);
  if (count > (size_t)(in->end - in->at) / 4) {
    in->bad = 1;
    count = 0;
  }
  char** list = calloc((size_t)count + 1, sizeof *list);
  if (!list) give_up("out of memory");
  for (uint32_t i = 0; i < count; ++i) list[i] = take_text(in);
  return list;
}

void put_bytes(struct writer* out, const void* bytes, size_t size) {
  if (out->size + size > out->room) {
    out->room = (out->size + size) * 2 + 256;
    out->data = realloc(out->data, out->room);
    if (!out->data) give_up("out of memory");
  }
  memcpy(out->data + out->size, bytes, size);
  out->size += size;
}

void put_u32(struct writer* out, uint32_t value) { put_bytes(out, &value, 4); }

void put_text(struct writer* out, const char* text) {
  size_t size = strlen(text);
  put_u32(out, (uint32_t)size);
  put_bytes(out, text, size);
}

void put_list(struct writer* out, char* const* list) {
  uint32_t count = 0;
  while (list[count]) ++count;
  put_u32(out, count);
  for (uint32_t i = 0; i < count; ++i) put_text(out, list[i]);
}

int write_all(int fd, const void* bytes, size_t size) {
  const char* at = bytes;
  while (size > 0) {
    ssize_t n = write(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return -1;
    at += n;
    size -= (size_t)n;
  }
  return 0;
}

int read_all(int fd, void* bytes, size_t size) {
  char* at = bytes;
  while (size > 0) {
    ssize_t n = read(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return -1;
    at += n;
    size -= (size_t)n;
  }
  return 0;
}

int send_frame(int fd, unsigned char type, const void* body, size_t size) {
  char head[5];
  uint32_t length = (uint32_t)size;
  memcpy(head, &length, 4);
  head[4] = (char)type;
  if (send(fd, head, 5, MSG_NOSIGNAL | (size ? MSG_MORE : 0)) != 5) return -1;
  const char* at = body;
  while (size > 0) {
    ssize_t n = send(fd, at, size, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return -1;
    at += n;
    size -= (size_t)n;
  }
  return 0;
}

_Noreturn void give_up(const char* what) {
  const char* reason = strerror(errno);
  (void)!write(2, "squall-guest: ", 14);
  (void)!write(2, what, strlen(what));
  (void)!write(2, ": ", 2);
  (void)!write(2, reason, strlen(reason));
  (void)!write(2, "\n", 1);
  _exit(125);
}
