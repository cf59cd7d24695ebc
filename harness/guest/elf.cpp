// See elf.hpp. Only the machine's own class of files is read: 64 bits, its own byte order.
#include "harness/guest/elf.hpp"

#include <elf.h>

#include <cstring>
#include <optional>

namespace squall::guest {
namespace {

template <class T>
std::optional<T> structure_at(std::string_view file, std::uint64_t offset) {
  if (offset > file.size() || file.size() - offset < sizeof(T)) return {};
  T value;
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

std::string text_at(std::string_view file, std::uint64_t offset) {
  if (offset >= file.size()) return {};
  std::size_t end = file.find('\0', offset);
  return end == std::string_view::npos ? std::string{} : std::string(file.substr(offset, end - offset));
}

// Where in the file the segment is that is loaded at this address.
std::optional<std::uint64_t> file_offset(const std::vector<Elf64_Phdr>& segments, std::uint64_t address) {
  for (const Elf64_Phdr& segment : segments)
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_filesz)
      return segment.p_offset + (address - segment.p_vaddr);
  return {};
}

std::vector<Elf64_Dyn> dynamic_section(std::string_view file, const Elf64_Phdr& segment) {
  std::vector<Elf64_Dyn> entries;
  for (std::uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment.p_filesz; at += sizeof(Elf64_Dyn)) {
    auto entry = structure_at<Elf64_Dyn>(file, segment.p_offset + at);
    if (!entry || entry->d_tag == DT_NULL) break;
    entries.push_back(*entry);
  }
  return entries;
}

}  // namespace

ElfNeeds read_elf(std::string_view file) {
  ElfNeeds needs;
  auto header = structure_at<Elf64_Ehdr>(file, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != ELFCLASS64)
    return needs;
  std::vector<Elf64_Phdr> segments;
  for (unsigned i = 0; i < header->e_phnum; ++i) {
    auto segment = structure_at<Elf64_Phdr>(file, header->e_phoff + std::uint64_t{i} * sizeof(Elf64_Phdr));
    if (!segment) return needs;
    segments.push_back(*segment);
  }
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_INTERP) needs.interpreter = text_at(file, segment.p_offset);
    if (segment.p_type != PT_DYNAMIC) continue;
    std::vector<Elf64_Dyn> entries = dynamic_section(file, segment);
    std::optional<std::uint64_t> strings;
    for (const Elf64_Dyn& entry : entries)
      if (entry.d_tag == DT_STRTAB) strings = file_offset(segments, entry.d_un.d_ptr);
    if (!strings) continue;
    for (const Elf64_Dyn& entry : entries) {
      if (entry.d_tag == DT_NEEDED) needs.libraries.push_back(text_at(file, *strings + entry.d_un.d_val));
      if (entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH)
        needs.run_path = text_at(file, *strings + entry.d_un.d_val);
    }
  }
  return needs;
}

}  // namespace squall::guest
