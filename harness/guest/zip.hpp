// A zip archive of stored files (APPNOTE 6.3, method 0), as unzip reads it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace squall::guest {

struct ZipEntry {
  std::string name;
  std::string_view content;
  int mode = 0644;
};
std::string make_zip(const std::vector<ZipEntry>& entries);

}  // namespace squall::guest
