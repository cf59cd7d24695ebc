/* The things that squall-guest can be; main.c chooses by name. Each answers the exit status. */
#ifndef SQUALL_GUEST_MODES_H
#define SQUALL_GUEST_MODES_H

int run_init(int argc, char** argv);
int run_call(char** argv);
int run_sudo(int argc, char** argv);
int run_su(int argc, char** argv); /* su and runuser */
int run_timeout(int argc, char** argv);

/* Connects to the world; -1 when there is none. */
int connect_to_world(void);

#endif
