// How much of a step's output SSM shows, and what it says where it cuts (amazon-ssm-agent,
// agent/contracts and agent/framework/processor/executer/iohandler).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace squall::services::ssm {

// GetCommandInvocation: at most 24,000 bytes of standard output and 8,000 of standard error.
std::string cut_standard_output(std::string_view text);
std::string cut_standard_error(std::string_view text);

// ListCommandInvocations with Details: both in one text of at most `limit_bytes`.
inline constexpr std::size_t joined_limit_bytes = 2'500;
std::string join_output(std::string_view standard_output, std::string_view standard_error,
                        std::size_t limit_bytes = joined_limit_bytes);

}  // namespace squall::services::ssm
