// Package files that a script fetched, or names by their address: which package each is. The files that this
// world's sites publish say so in their first line (releases.cpp).
#include <sstream>

#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {

world::Task<PackageFile> read_package_file(Guest& guest, program::Context& context, std::string where) {
  PackageFile file;
  const std::optional<std::string> content = co_await read_place(context, std::move(where));
  file.found = content.has_value();
  std::istringstream line(content ? content->substr(0, content->find('\n')) : "");
  std::string marker, name, version;
  if (line >> marker >> name >> version && marker == "squall-package") {
    file.selection = select_package(guest, name);
    file.selection.version = version;
  }
  co_return file;
}

}  // namespace squall::guest
