// The kinds of values in supervisord.conf (supervisor/datatypes.py); each throws ConfigError with
// supervisor's own message. Private to config.cpp.
#pragma once
#include <cstdint>

#include "harness/guest/supervisor/config.hpp"

namespace squall::guest::supervisor {

// Python's "%" with a dictionary, as far as names, "s" and "0Nd" go; `option` is for messages.
std::string expand(const std::string& text, const std::map<std::string, std::string>& names,
                   const std::string& option);
int integer(const std::string& text);
bool boolean(const std::string& text);
Autorestart autorestart(const std::string& text);
int signal(const std::string& text);
int octal(const std::string& text);
std::uint64_t byte_size(const std::string& text);
// KEY="value with blanks",OTHER=x
std::map<std::string, std::string> key_values(const std::string& text);

}  // namespace squall::guest::supervisor
