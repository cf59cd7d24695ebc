// Debian's version numbers (deb-version(7)): "2:1.14.9-1~rc1", compared as dpkg does.
#pragma once
#include <string_view>

namespace squall::guest {

// Less than, equal to or greater than 0 as `a` is before, the same as or after `b`.
int compare_debian_versions(std::string_view a, std::string_view b);

}  // namespace squall::guest
