// What the package managers' front ends share.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/program/program.hpp"

namespace squall::guest {

class Guest;
struct Selection;
using Words = std::vector<std::string>;

bool has_word(const Words& argv, std::string_view word);
std::string joined(const Words& words);
// What apt-get update fetched; without it a new repository's packages are unknown.
inline constexpr char hashicorp_index[] = "/var/lib/apt/lists/apt.releases.hashicorp.com_dists_InRelease";
// All files in a folder, one after another.
std::string read_folder(world::Disk& disk, const std::string& folder);
// The first line that holds `part` and is no comment; empty when there is none.
std::string line_with(const std::string& text, const std::string& part);
// Whether https://host/path answers below 400. The texts must outlive the task.
world::Task<bool> reaches(program::Context& context, const char* host, const char* path);
// dpkg-query, and dpkg where it stands for it (-l, -s); apt-cache, and apt where it does.
world::Task<int> dpkg_query(Guest& guest, program::Context& context);
world::Task<int> apt_cache(Guest& guest, program::Context& context);
// Fetches the indexes, and tells.
world::Task<int> apt_update(Guest& guest, program::Context& context);
// Installs it as dpkg tells it.
void unpack_deb(Guest& guest, program::Context& context, const Selection& one);
// What is at a path or an http address; nothing where it cannot be had.
world::Task<std::optional<std::string>> read_place(program::Context& context, std::string place);
// A public key, in binary, from a key server ("hkps://keys.openpgp.org", "keyserver.ubuntu.com"; empty: gpg's
// own).
world::Task<std::optional<std::string>> receive_key(program::Context& context, std::string server,
                                                    std::string id);
// Half a minute, give or take: what an install takes on a small instance.
Duration install_time(Guest& guest, const std::string& names);

}  // namespace squall::guest
