// The table of commands: each names itself, its flags and what runs it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "harness/vault/cli/session.hpp"

namespace squall::vault::cli {

enum class Output { none, format, field_and_format };

struct Command {
  std::string name;      // "kv get"
  std::string synopsis;  // one sentence, without a full stop
  std::string usage;     // what follows the name: "[options] KEY"
  std::vector<FlagSpec> flags;
  Output output = Output::none;
  world::Task<int> (*run)(Session&) = nullptr;
};

// One function per file of commands; each adds its own.
void add_status_commands(std::vector<Command>& commands);
void add_init_commands(std::vector<Command>& commands);
void add_unseal_commands(std::vector<Command>& commands);
void add_operator_commands(std::vector<Command>& commands);
void add_rekey_commands(std::vector<Command>& commands);
void add_generate_root_commands(std::vector<Command>& commands);
void add_audit_commands(std::vector<Command>& commands);
void add_raft_commands(std::vector<Command>& commands);
void add_unwrap_commands(std::vector<Command>& commands);
void add_login_commands(std::vector<Command>& commands);
void add_token_commands(std::vector<Command>& commands);
void add_generic_commands(std::vector<Command>& commands);
void add_kv_commands(std::vector<Command>& commands);
void add_kv_version_commands(std::vector<Command>& commands);
void add_kv_metadata_commands(std::vector<Command>& commands);
void add_mount_commands(std::vector<Command>& commands);
void add_mount_change_commands(std::vector<Command>& commands);
void add_policy_commands(std::vector<Command>& commands);

std::vector<Command> all_commands();

// The flags that every command understands, and those of its output.
std::vector<FlagSpec> all_flags(const Command& command);

// Help texts, without a newline at the end.
std::string command_help(const Command& command);
std::string server_help();
std::string group_help(const std::vector<Command>& commands, const std::string& group);
std::string main_help(const std::vector<Command>& commands);

}  // namespace squall::vault::cli
