#include "emulator/world/disk.hpp"

#include <cerrno>
#include <cstring>

namespace squall::world {

// Go's form (fs.PathError), which Vault's messages carry: "open /opt/vault/data/x: permission denied".
DiskError::DiskError(int error_number, const std::string& operation, const std::string& path)
    : std::runtime_error(operation + " " + path + ": " +
                         [&] {
                           std::string text = std::strerror(error_number);
                           if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
                             text[0] = static_cast<char>(text[0] + 32);
                           return text;
                         }()),
      errno_value(error_number) {}

std::optional<std::string> Disk::read_link(const std::string&) { return std::nullopt; }
void Disk::symlink(const std::string&, const std::string& path) { throw DiskError(ENOSYS, "symlink", path); }

}  // namespace squall::world
