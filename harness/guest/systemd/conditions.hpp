// ConditionX= and AssertX= of [Unit] (systemd.unit(5), "Conditions and Asserts"; condition.c).
#pragma once
#include "harness/guest/systemd/unit_host.hpp"

namespace squall::guest::systemd {

// Tests the conditions (or the asserts) of the unit in their order. Nothing: they hold; otherwise the text of
// the first that does not: "ConditionPathExists=/nosuch".
std::optional<std::string> unmet_condition(world::Disk& disk, const UnitConfig& config,
                                           const ManagerOptions& options, bool asserts);
// Condition types that Squall tests; others are refused when the unit is loaded.
bool known_condition(const std::string& type);

}  // namespace squall::guest::systemd
