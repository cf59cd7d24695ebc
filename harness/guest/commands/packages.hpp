// The packages that bootstraps install: what each brings, which repository it is in, and where vendors
// publish theirs.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/http/message.hpp"
#include "emulator/world/task.hpp"
#include "harness/program/program.hpp"

namespace squall::guest {

class Guest;

struct Package {
  enum class Manager { any, apt, rpm };
  std::string name, version;
  Manager manager = Manager::any;          // whose name for it this is
  bool from_hashicorp = false;             // in HashiCorp's repository, not in the distribution's
  std::vector<std::string> host_programs;  // real programs that it brings: "jq"
  std::vector<std::string> commands;       // names that the world answers: "vault", "aws"
  bool in_name_only = false;               // installs, and brings none of its programs to a guest
};

// A package as a command line asks for it: "jq", "vault=1.14.0-1", "vault=1.14.0-*", "vault-1.14.0",
// "nginx:amd64", "jq.x86_64".
struct Selection {
  const Package* package = nullptr;  // nullptr: no repository has one of that name
  std::string version;               // empty: the package is known, this version of it is not
};
Selection select_package(Guest& guest, const std::string& wanted);
// Whether the package is among them: a command line may name it twice.
bool holds(const std::vector<Selection>& wanted, const Selection& selection);
// For the story: the distribution may well have it.
void tell_unknown_package(Guest& guest, const std::string& wanted);

// Nothing when it is not installed.
std::optional<std::string> installed_version(Guest& guest, const std::string& name);
// Name and version of each, in the order of their names.
std::map<std::string, std::string> installed_packages(Guest& guest);
inline bool is_installed(Guest& guest, const std::string& name) {
  return installed_version(guest, name).has_value();
}
// Puts the package's files on the guest's disk.
void install_package(Guest& guest, const Selection& selection);
void remove_package(Guest& guest, const std::string& name);

// A package file (.deb, .rpm) at a path or an http address, as vendors' sites of this world publish them.
struct PackageFile {
  bool found = false;   // there is such a file
  Selection selection;  // package is nullptr when the file is no package that Squall knows
};
world::Task<PackageFile> read_package_file(Guest& guest, program::Context& context, std::string where);

// Sites that vendors publish programs on, for the simulated network: releases.hashicorp.com, apt. and
// rpm.releases.hashicorp.com, awscli.amazonaws.com. Takes any request to one of their names (by its Host
// header).
std::vector<std::string> release_site_names();
http::Response releases(const http::Request& request);
// True for a request to one of the S3 buckets that AWS itself publishes its agents in; releases() answers it.
bool is_vendor_bucket(const http::Request& request);

}  // namespace squall::guest
