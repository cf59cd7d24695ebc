// What `systemctl show` prints for execution settings that a unit leaves alone (systemd 252's defaults on
// Debian 12).
#pragma once
#include <string_view>
#include <utility>
#include <vector>

namespace squall::guest::systemd {

using NamedValues = std::vector<std::pair<std::string_view, std::string_view>>;

const NamedValues& exec_defaults();

}  // namespace squall::guest::systemd
