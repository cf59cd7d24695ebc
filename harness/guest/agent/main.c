/* squall-guest: the one program of Squall inside a guest. As PID 1 it is the guest's init; under any other
 * name it is the command of that name, whose work the world does (call.c), or one of the few that change a
 * process's own rights and must therefore be done here (become.c). */
#include <string.h>

#include "modes.h"

int main(int argc, char** argv) {
  const char* slash = strrchr(argv[0], '/');
  const char* name = slash ? slash + 1 : argv[0];
  if (strcmp(name, "squall-init") == 0) return run_init(argc, argv);
  if (strcmp(name, "sudo") == 0) return run_sudo(argc, argv);
  if (strcmp(name, "su") == 0) return run_su(argc, argv);
  if (strcmp(name, "runuser") == 0) return run_su(argc, argv);
  if (strcmp(name, "timeout") == 0) return run_timeout(argc, argv);
  return run_call(argv);
}
