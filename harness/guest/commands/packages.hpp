// The packages that bootstraps install: what each brings, which repository it is in, and how long it takes.
#pragma once
#include <string>
#include <vector>

#include "emulator/http/message.hpp"

namespace squall::guest {

class Guest;

struct Package {
  std::string name, version;
  bool from_hashicorp = false;             // in HashiCorp's repository, not in the distribution's
  std::vector<std::string> host_programs;  // real programs that it brings: "jq"
  std::vector<std::string> commands;       // names that the world answers: "vault", "aws"
};

// By the name that this system's manager knows it by; nullptr when no repository has it.
const Package* find_package(Guest& guest, const std::string& name);
bool is_installed(Guest& guest, const std::string& name);
// Puts the package's files on the guest's disk.
void install_package(Guest& guest, const Package& package);
void remove_package(Guest& guest, const std::string& name);

// Sites that vendors publish programs on, for the simulated network: releases.hashicorp.com, apt. and
// rpm.releases.hashicorp.com, awscli.amazonaws.com. Takes any request to one of their names (by its Host
// header).
std::vector<std::string> release_site_names();
http::Response releases(const http::Request& request);

}  // namespace squall::guest
