// The units that every systemd machine has and that no package of the guest brings: the targets of a boot and
// a shutdown (bootup(7), systemd.special(7)), reduced to what services order themselves against.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall::guest::systemd {

// The text of a built-in unit, as though it lay in /lib/systemd/system.
std::optional<std::string> vendor_unit(std::string_view name);
std::vector<std::string> vendor_unit_names();

}  // namespace squall::guest::systemd
