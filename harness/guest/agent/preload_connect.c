/* libsquall-guest.so: TCP connections that a program makes itself, as bash does for /dev/tcp and Python for
 * urllib. A guest has no network: the connection is a pair of Unix sockets, whose other end is a call of the
 * world (commands/tcp_bridge.cpp), which first tells how connect(2) went and then carries requests. It
 * carries HTTP only: the world has no other. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol.h"

extern char** environ;

/* 0 for anything but a connection over TCP. */
static int is_tcp(int fd, const struct sockaddr* address, socklen_t size, char* host, char* port) {
  int type = 0;
  socklen_t length = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0 || type != SOCK_STREAM) return 0;
  if (address->sa_family == AF_INET && size >= sizeof(struct sockaddr_in)) {
    const struct sockaddr_in* four = (const struct sockaddr_in*)address;
    inet_ntop(AF_INET, &four->sin_addr, host, INET6_ADDRSTRLEN);
    sprintf(port, "%u", ntohs(four->sin_port));
    return 1;
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(struct sockaddr_in6)) {
    const struct sockaddr_in6* six = (const struct sockaddr_in6*)address;
    inet_ntop(AF_INET6, &six->sin6_addr, host, INET6_ADDRSTRLEN);
    sprintf(port, "%u", ntohs(six->sin6_port));
    return 1;
  }
  return 0;
}

/* The call is nobody's child here: the program must not find one that it did not make. */
static void start_call(int end, char* host, char* port) {
  pid_t child = fork();
  if (child != 0) {
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
    return;
  }
  if (fork() != 0) _exit(0);
  char* argv[] = {"squall-tcp", host, port, NULL};
  int nowhere = open("/dev/null", O_RDWR);
  dup2(end, 0);
  dup2(end, 1);
  dup2(nowhere, 2);
  closefrom(3);
  execve(SQUALL_PROGRAM, argv, environ);
  _exit(127);
}

int connect(int fd, const struct sockaddr* address, socklen_t size) {
  char host[INET6_ADDRSTRLEN], port[8];
  if (!address || !is_tcp(fd, address, size, host, port)) return (int)syscall(SYS_connect, fd, address, size);
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return -1;
  start_call(pair[1], host, port);
  close(pair[1]);
  unsigned char error = ECONNREFUSED;
  ssize_t got;
  do got = read(pair[0], &error, 1);
  while (got < 0 && errno == EINTR);
  if (got == 1 && error == 0) {
    int status = fcntl(fd, F_GETFL), closes = fcntl(fd, F_GETFD);
    dup3(pair[0], fd, closes & FD_CLOEXEC ? O_CLOEXEC : 0);
    fcntl(fd, F_SETFL, status & O_NONBLOCK);
  }
  close(pair[0]);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

/* What is set of TCP has no meaning between the two sockets. */
int setsockopt(int fd, int level, int option, const void* value, socklen_t size) {
  int result = (int)syscall(SYS_setsockopt, fd, level, option, value, size);
  if (result == 0 || errno != EOPNOTSUPP || level != IPPROTO_TCP) return result;
  return 0;
}
