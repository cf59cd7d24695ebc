// IP addresses and CIDR blocks as text, versions 4 and 6, for the IpAddress condition.
#pragma once
#include <string_view>

namespace squall::auth {

// True if `address` lies in `block` ("10.0.0.0/8", "2001:db8::/32", or one address). Unreadable texts are in
// no block.
bool address_in_block(std::string_view address, std::string_view block);

}  // namespace squall::auth
