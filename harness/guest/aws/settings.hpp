// What a call needs beside its parameters: the global options, the environment and the shared configuration
// files (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html).
#pragma once
#include <map>
#include <optional>
#include <string>

#include "harness/guest/aws/arg_parser.hpp"
#include "harness/jmespath/jmespath.hpp"
#include "harness/program/program.hpp"

namespace squall::guest::aws {

using Section = std::map<std::string, std::string>;
// Sections of an INI file by name ("default", "profile x"); nothing if the file is absent.
std::map<std::string, Section> read_ini(program::Context& context, const std::string& path);

struct Settings {
  // Global options.
  std::string output, endpoint_url, region_option, profile_option, ca_bundle, binary_format;
  std::optional<jmespath::Expression> query;
  bool paginate = true, verify_tls = true, sign = true;
  int connect_timeout_s = 60, read_timeout_s = 60;

  // The profile's section of ~/.aws/config, then of ~/.aws/credentials.
  std::map<std::string, Section> config, credentials;
  std::string config_path, credentials_path;  // absolute
  std::string config_name;                    // as the environment names it: "~/.aws/config"
  std::string profile = "default";
  bool profile_named = false;  // by --profile or the environment: then it has to exist

  bool has_profile() const;
  std::string from_profile(const std::string& key) const;
};

// Reads --query and the like, the environment and the files. Throws Failure.
Settings read_settings(program::Context& context, const ParsedArguments& globals);

std::string expand_variables(program::Context& context, const std::string& text);

// The options before the command.
std::vector<Option> global_options();

}  // namespace squall::guest::aws
