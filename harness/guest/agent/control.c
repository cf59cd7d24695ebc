/* The control socket, on which init and the world speak; protocol.h names the frames. */
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol.h"
#include "wire.h"

void send_control(unsigned char type, const struct writer* body, const int* fds, int fd_count) {
  char control[CMSG_SPACE(sizeof(int) * 4)];
  struct iovec parts[2] = {{&type, 1}, {body ? body->data : NULL, body ? body->size : 0}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  if (fd_count > 0) {
    memset(control, 0, sizeof control);
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fd_count);
    struct cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fd_count);
    memcpy(CMSG_DATA(header), fds, sizeof(int) * (size_t)fd_count);
  }
  if (sendmsg(CONTROL_FD, &message, MSG_NOSIGNAL) < 0) _exit(1);
}

_Noreturn void refuse_to_start(const char* what) {
  struct writer text = {0};
  const char* reason = strerror(errno);
  put_u32(&text, (uint32_t)(strlen(what) + strlen(reason) + 2));
  put_bytes(&text, what, strlen(what));
  put_bytes(&text, ": ", 2);
  put_bytes(&text, reason, strlen(reason));
  send_control(SQUALL_FAILED, &text, NULL, 0);
  _exit(1);
}
