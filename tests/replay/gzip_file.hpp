// Recorded data is kept compressed; whoever reads it links zlib.
#pragma once
#include <zlib.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace squall::replay {

// Plain or gzip: zlib reads plain files as they are. Throws std::runtime_error with the file's name in it.
inline std::string read_gzip_file(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error(path + ": cannot be opened");
  std::string text;
  std::vector<char> block(1 << 16);
  int count = 0;
  while ((count = gzread(file, block.data(), static_cast<unsigned>(block.size()))) > 0)
    text.append(block.data(), static_cast<std::size_t>(count));
  gzclose(file);
  if (count < 0) throw std::runtime_error(path + ": damaged gzip data");
  return text;
}

}  // namespace squall::replay
