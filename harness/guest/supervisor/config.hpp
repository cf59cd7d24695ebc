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
  std::string group, name, command, directory, user;
  int umask = -1;  // -1: supervisord's
  int priority = 999, startsecs = 1, startretries = 3, stopwaitsecs = 10, stopsignal = 15;
  bool autostart = true, redirect_stderr = false, stopasgroup = false, killasgroup = false;
  Autorestart autorestart = Autorestart::unexpected;
  std::set<int> exitcodes{0};
  struct LogFile {
    std::string path = "AUTO";
    std::uint64_t most_bytes = 50 << 20;  // 0: no limit
    int backups = 10;
    bool operator==(const LogFile&) const = default;
  };
  LogFile stdout_log, stderr_log;
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
  std::string socket;  // of [unix_http_server]; empty: none
  std::string url;     // of [inet_http_server], "http://127.0.0.1:9001"; empty: none
  int socket_mode = 0700;
  std::string socket_owner;  // "user:group" or "user"; empty: supervisord's
  // Without a folder they are in the working directory (childlogdir: the temporary one).
  std::string logfile = "supervisord.log", pidfile = "supervisord.pid", childlogdir = "/tmp";
  std::string user, directory, loglevel = "info", identifier = "supervisor";
  int umask = 022, minfds = 1024, minprocs = 200;
  bool nodaemon = false, silent = false, nocleanup = false;
  std::map<std::string, std::string> environment;
  std::vector<GroupConfig> groups;     // by priority, then name
  std::vector<std::string> included;   // files of [include]
  std::vector<std::string> unmatched;  // patterns that match no file
};

// What expressions may refer to.
struct ConfigContext {
  std::string hostname;
  std::map<std::string, std::string> environment;  // %(ENV_X)s
  std::string cwd = "/";                           // supervisord's
  int uid = 0, gid = 0;
};

// The places that are searched without -c, in their order; argv[0] matters. Absolute paths.
std::vector<std::string> config_search_path(const std::string& program, const std::string& cwd);
// "http://localhost:9001/", "http://*:9001": "http://127.0.0.1:9001".
std::string normal_url(const std::string& url);

// Throws ConfigError with supervisor's own message.
ServerConfig load_config(world::Disk& disk, const std::string& path, const ConfigContext& context);

// The sections of an INI text: name -> key -> value, inline " ;" comments removed. `path` is for messages.
using Sections = std::vector<std::pair<std::string, std::map<std::string, std::string>>>;
Sections parse_ini(std::string_view text, const std::string& path);

// Words of a command line as Python's shlex.split() has them; nothing: "No closing quotation".
std::optional<std::vector<std::string>> shlex_split(std::string_view text);

}  // namespace squall::guest::supervisor
