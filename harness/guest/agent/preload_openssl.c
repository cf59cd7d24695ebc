/* libsquall-guest.so: makes OpenSSL's generator follow the world. Its entropy comes from getentropy
 * (preload.c), but libcrypto mixes in the processor's time stamp counter. In the process `openssl` reading
 * the counter is made a fault, and the fault is answered with a count that starts at nothing. x86-64 only;
 * elsewhere keys that openssl makes differ between runs. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <ucontext.h>

#if defined(__x86_64__)

static void answer_counter(int signal_number, siginfo_t* info, void* context) {
  static uint64_t count;
  greg_t* registers = ((ucontext_t*)context)->uc_mcontext.gregs;
  unsigned char code[3];
  (void)info;
  /* Not through a volatile read: the instruction that faulted is there to be read. */
  memcpy(code, (const void*)(uintptr_t)registers[REG_RIP], 2);
  int length = code[0] == 0x0f && code[1] == 0x31 ? 2 : 0;       /* rdtsc */
  if (!length && code[0] == 0x0f && code[1] == 0x01) length = 3; /* rdtscp: 0f 01 f9 */
  if (!length) {
    signal(signal_number, SIG_DFL); /* an honest fault: it comes again and kills */
    return;
  }
  count += 1000;
  registers[REG_RAX] = (greg_t)(count & 0xffffffffu);
  registers[REG_RDX] = (greg_t)(count >> 32);
  if (length == 3) registers[REG_RCX] = 0;
  registers[REG_RIP] += length;
}

__attribute__((constructor)) static void take_counter_away(void) {
  if (strcmp(program_invocation_short_name, "openssl") != 0) return;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = answer_counter;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  if (sigaction(SIGSEGV, &action, NULL) == 0) prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0);
}

#endif
