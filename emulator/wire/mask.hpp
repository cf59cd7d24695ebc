// Takes secrets out of a tree before it is kept or shown.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "emulator/wire/schema.hpp"

namespace squall::wire {

// Puts "***" in place of every sensitive value and every blob (raw bytes have no place in a journal).
void mask_sensitive(const Shape& shape, nlohmann::json& value);

}  // namespace squall::wire
