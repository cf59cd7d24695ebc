// What cloud-init knows of its instance (cloudinit.readthedocs.io, "Instance metadata"): the standard names
// (v1.*), and ds.meta_data.*, which is asked of the metadata service; and the templates of user data that
// name them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/task.hpp"

namespace squall::guest {

class Guest;

// "v1.region", "region", "ds.meta_data.instance_id", dashes as good as underscores; nothing where there is
// none.
world::Task<std::optional<std::string>> instance_datum(Guest& guest, std::string name);

// A Jinja template as far as it consists of text and of names in double braces.
struct TemplatePiece {
  std::string text;  // before the name
  std::string name;  // empty at the end
};
// Nothing for a template with statements, filters, or anything else in its braces.
std::optional<std::vector<TemplatePiece>> parse_template(std::string_view text);
// A name that there is none of becomes CI_MISSING_JINJA_VAR/name, as with cloud-init.
world::Task<std::string> render_template(Guest& guest, std::vector<TemplatePiece> pieces);

}  // namespace squall::guest
