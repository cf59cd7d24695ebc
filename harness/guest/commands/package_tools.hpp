// What the package managers' front ends share.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "harness/program/program.hpp"

namespace squall::guest {

class Guest;
using Words = std::vector<std::string>;

// The words after options; `-o`, `-t`, `-c` and `--option` take the next word with them.
Words package_operands(const Words& argv);
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
// dpkg-query, and dpkg where it stands for it (-l, -s).
world::Task<int> dpkg_query(Guest& guest, program::Context& context);
// Half a minute, give or take: what an install takes on a small instance.
Duration install_time(Guest& guest, const std::string& names);

}  // namespace squall::guest
