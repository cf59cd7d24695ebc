// What each setting of a unit file means (systemd 252's load-fragment-gperf.gperf.in names them all). A
// setting falls in one of three classes: served; known to systemd and not served (kept for `systemctl show`,
// named in UnitConfig::unserved so that the story tells); unknown ("Unknown key ..., ignoring.").
#pragma once
#include "harness/guest/systemd/unit_config.hpp"

namespace squall::guest::systemd {

// Applies every setting of the file in its order. False: the unit has a fatal error and must not be started.
bool apply_settings(UnitConfig& config, const UnitFile& file, const SpecifierContext& specifiers,
                    std::vector<Message>& messages);

// Checks that no single setting can (service_verify(), timer_verify()); a refusal is the text of a message.
std::optional<std::string> verify_unit(UnitConfig& config);

// True for settings that systemd 252 has in that section and that Squall does not act on.
bool known_unserved(std::string_view section, std::string_view key);

}  // namespace squall::guest::systemd
