// See zip.hpp. Times are the format's first day, so that the same files give the same archive.
#include "harness/guest/zip.hpp"

#include <zlib.h>

#include <cstdint>

namespace squall::guest {
namespace {

void put(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

constexpr std::uint32_t first_day = 0x21;  // 1980-01-01 in MS-DOS's form

// The fields that the local and the central header share, from "version needed" on.
void put_shared(std::string& out, const ZipEntry& entry, std::uint32_t checksum) {
  auto size = static_cast<std::uint32_t>(entry.content.size());
  put(out, 20, 2);
  put(out, 0, 2);
  put(out, 0, 2);
  put(out, first_day << 16, 4);
  put(out, checksum, 4);
  put(out, size, 4);
  put(out, size, 4);
  put(out, static_cast<std::uint32_t>(entry.name.size()), 2);
  put(out, 0, 2);
}

}  // namespace

std::string make_zip(const std::vector<ZipEntry>& entries) {
  std::string archive, directory;
  for (const ZipEntry& entry : entries) {
    auto offset = static_cast<std::uint32_t>(archive.size());
    auto checksum = static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(entry.content.data()),
                                                     static_cast<uInt>(entry.content.size())));
    put(archive, 0x04034b50, 4);
    put_shared(archive, entry, checksum);
    archive += entry.name;
    archive.append(entry.content);
    put(directory, 0x02014b50, 4);
    put(directory, 3 << 8 | 20, 2);  // made on Unix
    put_shared(directory, entry, checksum);
    put(directory, 0, 2);
    put(directory, 0, 2);
    put(directory, 0, 2);
    put(directory, static_cast<std::uint32_t>(0100000 | entry.mode) << 16, 4);
    put(directory, offset, 4);
    directory += entry.name;
  }
  auto begin = static_cast<std::uint32_t>(archive.size());
  archive += directory;
  put(archive, 0x06054b50, 4);
  put(archive, 0, 4);
  put(archive, static_cast<std::uint32_t>(entries.size()), 2);
  put(archive, static_cast<std::uint32_t>(entries.size()), 2);
  put(archive, static_cast<std::uint32_t>(directory.size()), 4);
  put(archive, begin, 4);
  put(archive, 0, 2);
  return archive;
}

}  // namespace squall::guest
