#include "emulator/wire/mask.hpp"

#include <nlohmann/json.hpp>

namespace squall::wire {

void mask_sensitive(const Shape& shape, nlohmann::json& value) {
  if (value.is_null()) return;
  if (shape.sensitive || shape.kind == Kind::blob) {
    value = "***";
    return;
  }
  if (shape.kind == Kind::structure) {
    for (const Member& member : shape.members)
      if (auto it = value.find(member.name); it != value.end()) mask_sensitive(*member.shape, *it);
  } else if (shape.kind == Kind::list || shape.kind == Kind::map) {
    for (auto& item : value) mask_sensitive(*shape.element, item);
  }
}

}  // namespace squall::wire
