// What a program of the host needs beside itself, read from its ELF headers (the System V ABI's dynamic
// section).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace squall::guest {

struct ElfNeeds {
  std::string interpreter;             // "/lib64/ld-linux-x86-64.so.2"; empty: static, or no ELF file
  std::vector<std::string> libraries;  // sonames: "libc.so.6"
  std::string run_path;                // of the file itself, as it stands: "$ORIGIN/../lib:/opt/lib"
};

// Nothing needed for a file that is not ELF (a script), is cut short, or has no dynamic section.
ElfNeeds read_elf(std::string_view file_content);

}  // namespace squall::guest
