// The tree under meta-data/ as far as it follows from the instance alone, without credentials.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/services/ec2/interfaces.hpp"

namespace squall::services::imds {

// `path` is below meta-data/, without slashes at its ends; empty is the root. A leaf's text, a directory's
// listing (one name per line, directories with a slash, no newline at the end), or nothing. `more` names
// further entries of the root ("iam/").
std::optional<std::string> metadata(const ec2::InstanceView& instance, std::string_view path,
                                    const std::vector<std::string>& more);

// dynamic/instance-identity/document
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html).
std::string identity_document(const ec2::InstanceView& instance);

// Joins names as listings do.
std::string listing(const std::vector<std::string>& names);

}  // namespace squall::services::imds
