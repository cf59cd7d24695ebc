// supervisord.conf and what it includes (supervisor 4.2.5, supervisor/options.py): sections, %(...)s
// expansion, values, and the very error texts.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/disk.hpp"

namespace squall::guest::supervisor {

struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Autorestart { no, always, unexpected };

struct ProgramConfig {
  std::string group, name, command, directory, user, umask;
  int priority = 999, startsecs = 1, startretries = 3, stopwaitsecs = 10, stopsignal = 15;
  bool autostart = true, redirect_stderr = false, stopasgroup = false, killasgroup = false;
  Autorestart autorestart = Autorestart::unexpected;
  std::set<int> exitcodes{0};
  std::string stdout_logfile = "AUTO", stderr_logfile = "AUTO";
  std::map<std::string, std::string> environment;
  bool operator==(const ProgramConfig&) const = default;
};

struct GroupConfig {
  std::string name;
  int priority = 999;
  std::vector<ProgramConfig> programs;
  bool operator==(const GroupConfig&) const = default;
};

struct ServerConfig {
  std::string path;
  std::string socket = "/var/run/supervisor.sock";
  std::string logfile = "/var/log/supervisor/supervisord.log", pidfile = "/var/run/supervisord.pid";
  std::string childlogdir = "/var/log/supervisor";
  std::string user;
  std::map<std::string, std::string> environment;
  std::vector<GroupConfig> groups;     // by priority, then name
  std::vector<std::string> included;   // files of [include]
  std::vector<std::string> unmatched;  // patterns that match no file
};

// What expressions may refer to.
struct ConfigContext {
  std::string hostname;
  std::map<std::string, std::string> environment;  // %(ENV_X)s
};

// Throws ConfigError with supervisor's own message.
ServerConfig load_config(world::Disk& disk, const std::string& path, const ConfigContext& context);

// The sections of an INI text: name -> key -> value, inline " ;" comments removed. `path` is for messages.
using Sections = std::vector<std::pair<std::string, std::map<std::string, std::string>>>;
Sections parse_ini(std::string_view text, const std::string& path);

// Words of a command line as Python's shlex.split() has them; nothing: "No closing quotation".
std::optional<std::vector<std::string>> shlex_split(std::string_view text);

}  // namespace squall::guest::supervisor
