/* libsquall-guest.so, named in the guest's /etc/ld.so.preload: answers the clocks and the random numbers that
 * a process would get from the host's kernel out of the page that the world writes (protocol.h), and sleeps
 * by asking the world. Random bytes depend on the boot's seed, the process id and what the process drew
 * before. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "preload.h"
#include "protocol.h"

const struct squall_clock* squall_page(void) {
  static const struct squall_clock* mapped;
  static const struct squall_clock nothing;
  if (mapped) return mapped;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, SQUALL_CLOCK, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return &nothing;
  void* at = mmap(NULL, sizeof nothing, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (at == MAP_FAILED) return &nothing;
  mapped = at;
  return mapped;
}

/* --- clocks --- */

static int is_elapsed_clock(clockid_t clock) {
  return clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_MONOTONIC_COARSE ||
         clock == CLOCK_BOOTTIME;
}

static int is_wall_clock(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

static int64_t clock_ns(clockid_t clock) {
  int64_t now = squall_page()->now_ns;
  return is_elapsed_clock(clock) ? now - squall_page()->boot_ns : now;
}

int clock_gettime(clockid_t clock, struct timespec* result) {
  /* Processor time is the host's: what a process used up does not exist in the world. */
  int64_t ns = is_elapsed_clock(clock) || is_wall_clock(clock) ? clock_ns(clock) : 0;
  result->tv_sec = ns / 1000000000;
  result->tv_nsec = ns % 1000000000;
  return 0;
}

int gettimeofday(struct timeval* restrict result, void* restrict zone) {
  int64_t ns = squall_page()->now_ns;
  result->tv_sec = ns / 1000000000;
  result->tv_usec = ns % 1000000000 / 1000;
  if (zone) memset(zone, 0, sizeof(struct timezone));
  return 0;
}

time_t time(time_t* result) {
  time_t now = squall_page()->now_ns / 1000000000;
  if (result) *result = now;
  return now;
}

clock_t clock(void) { return 0; }

int timespec_get(struct timespec* result, int base) {
  clock_gettime(CLOCK_REALTIME, result);
  return base;
}

/* --- sleeping --- */

int squall_wait_for_world(const void* frame, size_t size) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strcpy(address.sun_path, SQUALL_SOCKET);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return EAGAIN;
  int result = EAGAIN;
  char answer[16];
  if (connect(fd, (struct sockaddr*)&address, sizeof address) == 0 &&
      send(fd, frame, size, MSG_NOSIGNAL) == (ssize_t)size)
    result = read(fd, answer, sizeof answer) < 0 && errno == EINTR ? EINTR : 0;
  close(fd);
  return result;
}

static int nap(int64_t ns) {
  struct {
    uint32_t size;
    unsigned char type;
    int64_t ns;
    uint32_t pid;
  } __attribute__((packed)) frame = {12, SQUALL_NAP, ns, (uint32_t)getpid()};
  return squall_wait_for_world(&frame, sizeof frame);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec* request, struct timespec* left) {
  const int64_t longest_s = INT64_MAX / 1000000000 - 1;
  int64_t ns =
      request->tv_sec > longest_s ? INT64_MAX : (int64_t)request->tv_sec * 1000000000 + request->tv_nsec;
  if (flags & TIMER_ABSTIME) ns -= clock_ns(clock);
  if (left) memset(left, 0, sizeof *left);
  return ns > 0 ? nap(ns) : 0;
}

int nanosleep(const struct timespec* request, struct timespec* left) {
  int error = clock_nanosleep(CLOCK_REALTIME, 0, request, left);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

unsigned sleep(unsigned seconds) {
  nap((int64_t)seconds * 1000000000);
  return 0;
}

int usleep(useconds_t microseconds) {
  nap((int64_t)microseconds * 1000);
  return 0;
}

/* --- random bytes --- */

static uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

static uint64_t draw(void) {
  static uint64_t state;
  static pid_t owner; /* a forked child draws its own */
  pid_t self = getpid();
  if (owner != self) {
    owner = self;
    state = mix(squall_page()->seed + (uint64_t)self * 0x9e3779b97f4a7c15u) ^ mix(squall_page()->step);
    for (const char* at = program_invocation_short_name; *at; ++at) state = mix(state + (unsigned char)*at);
  }
  state += 0x9e3779b97f4a7c15u;
  return mix(state);
}

void squall_fill(void* buffer, size_t size) {
  unsigned char* at = buffer;
  while (size > 0) {
    uint64_t bits = draw();
    size_t part = size < sizeof bits ? size : sizeof bits;
    memcpy(at, &bits, part);
    at += part;
    size -= part;
  }
}

ssize_t getrandom(void* buffer, size_t size, unsigned flags) {
  (void)flags;
  squall_fill(buffer, size);
  return (ssize_t)size;
}

int getentropy(void* buffer, size_t size) {
  if (size > 256) {
    errno = EIO;
    return -1;
  }
  squall_fill(buffer, size);
  return 0;
}

uint32_t arc4random(void) { return (uint32_t)draw(); }
void arc4random_buf(void* buffer, size_t size) { squall_fill(buffer, size); }
uint32_t arc4random_uniform(uint32_t bound) { return bound < 2 ? 0 : (uint32_t)(draw() % bound); }
