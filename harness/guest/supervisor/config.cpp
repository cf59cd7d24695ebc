#include "harness/guest/supervisor/config.hpp"

#include <algorithm>

#include "harness/guest/supervisor/values.hpp"
#include "harness/guest/systemd/text.hpp"
#include "harness/guest/systemd/users.hpp"

namespace squall::guest::supervisor {
namespace {

// supervisor itself has no bound; beyond some 200 processes it runs out of the 1024 descriptors that it asks
// for (minfds), and the rest end as FATAL. Squall does not go there.
constexpr int most_processes = 200;

using Section = std::map<std::string, std::string>;

struct Loader {
  world::Disk& disk;
  const ConfigContext& context;
  ServerConfig config{};
  Sections sections{};
  std::map<std::string, std::string> origin{};  // section -> file

  std::map<std::string, std::string> base_names() const {
    std::map<std::string, std::string> names;
    for (const auto& [key, value] : context.environment) names["ENV_" + key] = value;
    names["here"] = config.path.substr(0, std::max<std::size_t>(config.path.rfind('/'), 1));
    names["host_node_name"] = context.hostname;
    return names;
  }

  void add_file(const std::string& path, const std::string& text) {
    for (auto& [name, values] : parse_ini(text, path)) {
      auto found = std::find_if(sections.begin(), sections.end(),
                                [&, wanted = name](const auto& s) { return s.first == wanted; });
      origin[name] = path;
      if (found == sections.end()) {
        sections.emplace_back(name, values);
        continue;
      }
      for (const auto& [key, value] : values) found->second[key] = value;
    }
  }

  const Section* find(const std::string& name) const {
    for (const auto& [section, values] : sections)
      if (section == name) return &values;
    return nullptr;
  }

  void include() {
    const Section* section = find("include");
    if (section == nullptr) return;
    auto files = section->find("files");
    if (files == section->end()) throw ConfigError(".ini file has [include] section, but no files setting");
    const std::string patterns = expand(files->second, base_names(), "include.files");
    for (const std::string& pattern : shlex_split(patterns).value_or(std::vector<std::string>{})) {
      if (pattern.empty()) continue;
      const std::string here = base_names()["here"];
      const std::string full = pattern.front() == '/' ? pattern : here + "/" + pattern;
      const std::string folder = full.substr(0, full.rfind('/'));
      bool any = false;
      for (const std::string& name : disk.list(folder)) {
        if (name.ends_with('/') || !systemd::glob_match(full.substr(full.rfind('/') + 1), name)) continue;
        any = true;
        config.included.push_back(folder + "/" + name);
        add_file(folder + "/" + name, disk.read(folder + "/" + name).value_or(""));
      }
      if (!any) config.unmatched.push_back(full);
    }
  }

  void check_logfile(const std::string& path) const {
    if (path == "AUTO" || path == "NONE" || path.find('/') == std::string::npos || path.starts_with("/dev/"))
      return;
    const std::string folder = path.substr(0, path.rfind('/'));
    if (!folder.empty() && !disk.exists(folder))
      throw ConfigError("The directory named as part of the path " + path + " does not exist");
  }

  ProgramConfig one_program(const std::string& section, const Section& values, const std::string& program,
                            const std::string& group, int number, int count) {
    auto names = base_names();
    names["program_name"] = program;
    names["group_name"] = group;
    names["process_num"] = std::to_string(number);
    names["numprocs"] = std::to_string(count);
    auto get = [&](const std::string& key, const std::string& fallback, bool short_name = true) {
      auto found = values.find(key);
      return found == values.end() ? fallback
                                   : expand(found->second, names, short_name ? key : section + "." + key);
    };
    ProgramConfig p;
    p.group = group;
    p.name = get("process_name", "%(program_name)s") == "%(program_name)s" ? program
                                                                           : get("process_name", program);
    p.priority = integer(get("priority", "999"));
    p.autostart = boolean(get("autostart", "true"));
    p.autorestart = autorestart(get("autorestart", "unexpected"));
    p.startsecs = integer(get("startsecs", "1"));
    p.startretries = integer(get("startretries", "3"));
    p.stopsignal = signal(get("stopsignal", "TERM"));
    p.stopwaitsecs = integer(get("stopwaitsecs", "10"));
    p.stopasgroup = boolean(get("stopasgroup", "false"));
    p.killasgroup = boolean(get("killasgroup", p.stopasgroup ? "true" : "false"));
    p.exitcodes.clear();
    for (const std::string& code : systemd::split(get("exitcodes", "0"), ','))
      if (!systemd::trim(code).empty()) p.exitcodes.insert(integer(systemd::trim(code)));
    p.redirect_stderr = boolean(get("redirect_stderr", "false"));
    p.user = get("user", "");
    if (!p.user.empty() && !systemd::find_user(disk, p.user))
      throw ConfigError("Invalid user name " + p.user);
    p.directory = get("directory", "");
    if (values.contains("umask")) p.umask = octal(get("umask", ""));
    p.environment = config.environment;
    for (const auto& [key, value] : key_values(get("environment", ""))) p.environment[key] = value;
    for (auto [channel, log] : {std::pair{"stdout", &p.stdout_log}, std::pair{"stderr", &p.stderr_log}}) {
      const std::string prefix = channel;
      log->path = get(prefix + "_logfile", "AUTO");
      log->most_bytes = byte_size(get(prefix + "_logfile_maxbytes", "50MB"));
      log->backups = integer(get(prefix + "_logfile_backups", "10"));
      check_logfile(log->path);
      if (boolean(get(prefix + "_syslog", "false")) || boolean(get(prefix + "_events_enabled", "false")) ||
          byte_size(get(prefix + "_capture_maxbytes", "0")) > 0)
        throw ConfigError(prefix + "_syslog, " + prefix + "_events_enabled and " + prefix +
                          "_capture_maxbytes are not served by Squall");
    }
    if (!values.contains("command"))
      throw ConfigError("program section " + section + " does not specify a command");
    p.command = get("command", "", false);
    return p;
  }

  GroupConfig program_section(const std::string& section, const Section& values, const std::string& group) {
    const std::string program = systemd::trim(section.substr(section.find(':') + 1));
    try {
      auto count_text = values.find("numprocs");
      const int count = count_text == values.end() ? 1 : integer(count_text->second);
      auto name = values.find("process_name");
      if (count > 1 && (name == values.end() || name->second.find("%(process_num)") == std::string::npos))
        throw ConfigError("%(process_num) must be present within process_name when numprocs > 1");
      if (count > most_processes)
        throw ConfigError("numprocs is " + std::to_string(count) + "; Squall's guests run at most " +
                          std::to_string(most_processes) + " processes of a program");
      auto start_text = values.find("numprocs_start");
      const int start = start_text == values.end() ? 0 : integer(start_text->second);
      GroupConfig result{group, 999, {}};
      for (int i = 0; i < count; ++i)
        result.programs.push_back(one_program(section, values, program, group, start + i, count));
      if (!result.programs.empty()) result.priority = result.programs.front().priority;
      return result;
    } catch (const ConfigError& error) {
      throw ConfigError(std::string(error.what()) + " in section '" + section + "' (file: '" +
                        origin[section] + "')");
    }
  }

  void groups() {
    std::set<std::string> grouped;
    for (const auto& [section, values] : sections) {
      if (!section.starts_with("group:")) continue;
      const std::string name = systemd::trim(section.substr(6));
      GroupConfig group{name, 999, {}};
      if (auto priority = values.find("priority"); priority != values.end())
        group.priority = integer(priority->second);
      auto list = values.find("programs");
      if (list == values.end()) throw ConfigError("[" + section + "] names no programs");
      for (const std::string& item : systemd::split(list->second, ',')) {
        const std::string program = systemd::trim(item);
        const Section* found = find("program:" + program);
        if (found == nullptr)
          throw ConfigError("[" + section + "] names unknown program or fcgi-program " + program);
        grouped.insert(program);
        const GroupConfig part = program_section("program:" + program, *found, name);
        group.programs.insert(group.programs.end(), part.programs.begin(), part.programs.end());
      }
      config.groups.push_back(std::move(group));
    }
    for (const auto& [section, values] : sections) {
      if (section.starts_with("eventlistener:") || section.starts_with("fcgi-program:"))
        throw ConfigError("section '" + section + "' is not served by Squall");
      if (!section.starts_with("program:")) continue;
      const std::string name = systemd::trim(section.substr(8));
      if (!grouped.contains(name)) config.groups.push_back(program_section(section, values, name));
    }
    for (GroupConfig& group : config.groups)
      std::stable_sort(group.programs.begin(), group.programs.end(), [](const auto& a, const auto& b) {
        return a.priority != b.priority ? a.priority < b.priority : a.name < b.name;
      });
    std::sort(config.groups.begin(), config.groups.end(), [](const GroupConfig& a, const GroupConfig& b) {
      return a.priority != b.priority ? a.priority < b.priority : a.name < b.name;
    });
  }

  void server() {
    const auto names = base_names();
    auto get = [&](const char* section, const char* key, const std::string& fallback) {
      const Section* values = find(section);
      if (values == nullptr) return fallback;
      auto found = values->find(key);
      return found == values->end() ? fallback
                                    : expand(found->second, names, std::string(section) + "." + key);
    };
    if (find("supervisord") == nullptr) throw ConfigError(".ini file does not include supervisord section");
    auto own = [&](const char* key, const std::string& fallback) {
      return get("supervisord", key, fallback);
    };
    config.logfile = own("logfile", config.logfile);
    config.pidfile = own("pidfile", config.pidfile);
    config.childlogdir = own("childlogdir", config.childlogdir);
    config.user = own("user", "");
    config.directory = own("directory", "");
    config.identifier = own("identifier", "supervisor");
    config.loglevel = own("loglevel", "info");
    static const std::set<std::string> levels{"critical", "crit", "error", "erro", "warn",    "info",
                                              "debug",    "debg", "trace", "trac", "blather", "blat"};
    if (!levels.contains(config.loglevel))
      throw ConfigError("bad logging level name '" + config.loglevel + "'");
    config.umask = octal(own("umask", "022"));
    config.minfds = integer(own("minfds", "1024"));
    config.minprocs = integer(own("minprocs", "200"));
    config.nodaemon = boolean(own("nodaemon", "false"));
    config.silent = boolean(own("silent", "false"));
    config.nocleanup = boolean(own("nocleanup", "false"));
    if (boolean(own("strip_ansi", "false")))
      throw ConfigError("supervisord.strip_ansi is not served by Squall");
    config.environment = key_values(own("environment", ""));
    http_servers(get);
  }

  template <class Get>
  void http_servers(const Get& get) {
    if (find("unix_http_server") != nullptr) {
      config.socket = get("unix_http_server", "file", "");
      if (config.socket.empty()) throw ConfigError("section [unix_http_server] has no file value");
      config.socket_mode = octal(get("unix_http_server", "chmod", "0700"));
      config.socket_owner = get("unix_http_server", "chown", "");
    }
    if (find("inet_http_server") != nullptr) {
      const std::string port = get("inet_http_server", "port", "");
      if (port.empty()) throw ConfigError("section [inet_http_server] has no port value");
      config.url = normal_url("http://" + port);
    }
    for (const char* section : {"unix_http_server", "inet_http_server"})
      if (!get(section, "username", "").empty())
        throw ConfigError(std::string(section) + ".username is not served by Squall");
  }
};

}  // namespace

std::vector<std::string> config_search_path(const std::string& program, const std::string& cwd) {
  const std::size_t file = program.rfind('/');
  const std::size_t folder = file == std::string::npos || file == 0 ? file : program.rfind('/', file - 1);
  const std::string prefix = folder == std::string::npos ? std::string() : program.substr(0, folder);
  const std::string here = prefix.starts_with('/') ? prefix : cwd + (prefix.empty() ? "" : "/" + prefix);
  return {here + "/etc/supervisord.conf", here + "/supervisord.conf", cwd + "/supervisord.conf",
          cwd + "/etc/supervisord.conf",  "/etc/supervisord.conf",    "/etc/supervisor/supervisord.conf"};
}

std::string normal_url(const std::string& url) {
  std::string rest = url.substr(url.find("://") + 3);
  rest = rest.substr(0, rest.find('/'));
  const std::size_t colon = rest.rfind(':');
  std::string host = colon == std::string::npos ? "" : rest.substr(0, colon);
  const std::string port = rest.substr(colon == std::string::npos ? 0 : colon + 1);
  if (host.empty() || host == "*" || host == "localhost" || host == "0.0.0.0") host = "127.0.0.1";
  return "http://" + host + ":" + port;
}

ServerConfig load_config(world::Disk& disk, const std::string& path, const ConfigContext& context) {
  auto text = disk.read(path);
  if (!text) throw ConfigError("could not find config file " + path);
  Loader loader{disk, context};
  loader.config.path = path;
  loader.add_file(path, *text);
  loader.include();
  loader.server();
  loader.groups();
  return std::move(loader.config);
}

}  // namespace squall::guest::supervisor
