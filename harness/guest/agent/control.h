/* The control socket, on which init and the world speak; protocol.h names the frames. */
#ifndef SQUALL_GUEST_CONTROL_H
#define SQUALL_GUEST_CONTROL_H

struct writer;

enum { CONTROL_FD = 3 };

/* Sends a frame with up to 4 descriptors; `body` may be NULL. Ends init when the world is gone. */
void send_control(unsigned char type, const struct writer* body, const int* fds, int fd_count);
/* Tells the world what failed and errno's reason, and ends. */
_Noreturn void refuse_to_start(const char* what);

#endif
