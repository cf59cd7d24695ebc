// A #cloud-config document as the shell scripts and files that carry it out (cloud-init 22.4, module
// reference).
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace squall::guest {

struct CloudFile {
  std::string path, content, owner = "root:root";
  int mode = 0644;
  bool append = false, deferred = false;
};

struct CloudConfig {
  std::string hostname, fqdn, timezone, locale, final_message;
  bool prefer_fqdn = false;
  bool scripts_always = false;  // runcmd and scripts at every boot: cloud_final_modules says so
  bool preserve_hostname = false, update_packages = false, upgrade_packages = false;
  std::vector<std::string> packages;  // "name", or "name=version"
  std::vector<CloudFile> files;
  std::vector<std::string> boot_commands, commands;  // one shell line each
  std::vector<std::string> user_commands;            // that make the accounts of `users`
  std::vector<std::string> not_served;               // modules that were asked for and are not here
};

// Nothing, with what is wrong in `problem`, for a document that is not YAML or not a mapping. cloud-init goes
// on without it.
std::optional<CloudConfig> parse_cloud_config(const std::string& text, std::string& problem);

// What two documents that can be parsed are together. `merge_type`: the later part's MIME header of that
// name.
std::string merge_cloud_config(const std::string& before, const std::string& part,
                               const std::string& merge_type);

// One shell word that stands for the text.
std::string shell_quote(const std::string& text);

}  // namespace squall::guest
