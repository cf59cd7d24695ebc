/* The guest program and its preload library as bytes inside squall, so that squall is one file. */
#define EMBED(name, path)                                                                           \
  __asm__(".section .rodata\n.balign 16\n.globl " #name "_begin\n" #name "_begin:\n.incbin \"" path \
          "\"\n.globl " #name "_end\n" #name                                                        \
          "_end:\n.byte 0\n.previous\n.section .note.GNU-stack,\"\"\n.previous\n")

EMBED(squall_guest_program, SQUALL_GUEST_PROGRAM);
EMBED(squall_guest_preload, SQUALL_GUEST_PRELOAD_FILE);

extern const char squall_guest_program_begin[];
