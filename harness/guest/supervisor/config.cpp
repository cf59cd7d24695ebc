#include "harness/guest/supervisor/config.hpp"

#include <algorithm>
#include <cctype>

#include "harness/guest/systemd/text.hpp"
#include "harness/guest/systemd/users.hpp"

namespace squall::guest::supervisor {
namespace {

using Section = std::map<std::string, std::string>;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Python's "%" with a dictionary, as far as names, "s" and "0Nd" go.
std::string expand(const std::string& text, const std::map<std::string, std::string>& names,
                   const std::string& option) {
  std::string result;
  auto bad = [&](const std::string& why) {
    throw ConfigError("Format string '" + text + "' for '" + option + "' is badly formatted: " + why);
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      result += text[at];
      continue;
    }
    if (++at == text.size()) bad("incomplete format");
    if (text[at] == '%') {
      result += '%';
      continue;
    }
    if (text[at] != '(') bad("unsupported format character '" + std::string(1, text[at]) + "'");
    const std::size_t close = text.find(')', at);
    if (close == std::string::npos) bad("incomplete format key");
    const std::string name = text.substr(at + 1, close - at - 1);
    auto found = names.find(name);
    if (found == names.end()) {
      std::string available;
      for (const auto& [known, value] : names) available += (available.empty() ? "" : ", ") + known;
      throw ConfigError("Format string '" + text + "' for '" + option + "' contains names ('" + name +
                        "') which cannot be expanded. Available names: " + available);
    }
    std::size_t width = 0;
    at = close + 1;
    for (; at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0; ++at)
      width = std::min<std::size_t>(width * 10 + static_cast<std::size_t>(text[at] - '0'), 64);
    if (at == text.size()) bad("incomplete format");
    if (text[at] == 'd')
      result +=
          std::string(width > found->second.size() ? width - found->second.size() : 0, '0') + found->second;
    else if (text[at] == 's')
      result += found->second;
    else
      bad("unsupported format character '" + std::string(1, text[at]) + "'");
  }
  return result;
}

int integer(const std::string& text) {
  const bool good =
      !text.empty() && text.size() < 10 &&
      text.find_first_not_of("0123456789", text[0] == '-' && text.size() > 1 ? 1 : 0) == std::string::npos;
  if (!good) throw ConfigError("invalid literal for int() with base 10: '" + text + "'");
  return std::stoi(text);
}

bool boolean(const std::string& text) {
  const std::string value = lower(text);
  for (const char* yes : {"true", "yes", "on", "1"})
    if (value == yes) return true;
  for (const char* no : {"false", "no", "off", "0"})
    if (value == no) return false;
  throw ConfigError("not a valid boolean value: '" + text + "'");
}

Autorestart autorestart(const std::string& text) {
  const std::string value = lower(text);
  if (value == "unexpected") return Autorestart::unexpected;
  try {
    return boolean(value) ? Autorestart::always : Autorestart::no;
  } catch (const ConfigError&) {
    throw ConfigError("invalid 'autorestart' value '" + text + "'");
  }
}

int signal(const std::string& text) {
  auto parsed = systemd::parse_signal(systemd::trim(text));
  if (!parsed) throw ConfigError("value '" + text + "' is not a valid signal name");
  return *parsed;
}

// KEY="value with blanks",OTHER=x
std::map<std::string, std::string> key_values(const std::string& text) {
  std::map<std::string, std::string> result;
  std::size_t at = 0;
  auto skip = [&] {
    while (at < text.size() && (std::isspace(static_cast<unsigned char>(text[at])) != 0 || text[at] == ','))
      ++at;
  };
  for (skip(); at < text.size(); skip()) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string::npos)
      throw ConfigError("Unexpected end of key/value pairs in value '" + text + "'");
    const std::string key = systemd::trim(text.substr(at, equals - at));
    std::string value;
    at = equals + 1;
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
      const std::size_t close = text.find(text[at], at + 1);
      if (close == std::string::npos)
        throw ConfigError("Unexpected end of key/value pairs in value '" + text + "'");
      value = text.substr(at + 1, close - at - 1);
      at = close + 1;
    } else {
      const std::size_t comma = std::min(text.find(',', at), text.size());
      value = systemd::trim(text.substr(at, comma - at));
      at = comma;
    }
    result[key] = value;
  }
  return result;
}

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
    p.umask = get("umask", "");
    p.environment = config.environment;
    for (const auto& [key, value] : key_values(get("environment", ""))) p.environment[key] = value;
    p.stdout_logfile = get("stdout_logfile", "AUTO");
    p.stderr_logfile = get("stderr_logfile", "AUTO");
    check_logfile(p.stdout_logfile);
    check_logfile(p.stderr_logfile);
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
    auto names = base_names();
    auto get = [&](const char* section, const char* key, std::string& target) {
      const Section* values = find(section);
      if (values == nullptr) return;
      auto found = values->find(key);
      if (found != values->end()) target = expand(found->second, names, std::string(section) + "." + key);
    };
    if (find("supervisord") == nullptr) throw ConfigError(".ini file does not include supervisord section");
    get("unix_http_server", "file", config.socket);
    get("supervisord", "logfile", config.logfile);
    get("supervisord", "pidfile", config.pidfile);
    get("supervisord", "childlogdir", config.childlogdir);
    get("supervisord", "user", config.user);
    std::string environment;
    get("supervisord", "environment", environment);
    config.environment = key_values(environment);
  }
};

}  // namespace

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
