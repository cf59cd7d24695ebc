// The words that the real command line knows, separated by spaces and in its order.
#pragma once
#include <string_view>

namespace squall::guest::aws {

std::string_view known_commands();
// Empty for a service whose words are not listed here.
std::string_view known_operations(std::string_view service);
std::string_view known_waiters(std::string_view service);
std::string_view known_ec2_operations();
std::string_view known_ec2_waiters();

}  // namespace squall::guest::aws
