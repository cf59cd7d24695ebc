// See cloud_config.hpp.
#include "harness/guest/cloud_config.hpp"

#include <yaml-cpp/yaml.h>

#include <set>

#include "emulator/base/encoding.hpp"
#include "harness/guest/user_data.hpp"

namespace squall::guest {
namespace {

std::string text_of(const YAML::Node& node) {
  return node && node.IsScalar() ? node.Scalar() : std::string{};
}

bool is_true(const YAML::Node& node) {
  std::string text = text_of(node);
  return text == "true" || text == "True" || text == "yes" || text == "on" || text == "1";
}

// runcmd and bootcmd: a text is a shell line, a list one command with its arguments.
std::vector<std::string> command_lines(const YAML::Node& node) {
  std::vector<std::string> lines;
  if (!node.IsSequence()) return lines;
  for (const YAML::Node& entry : node) {
    if (entry.IsScalar()) lines.push_back(entry.Scalar());
    if (!entry.IsSequence()) continue;
    std::string line;
    for (const YAML::Node& word : entry) line += (line.empty() ? "" : " ") + shell_quote(text_of(word));
    lines.push_back(line);
  }
  return lines;
}

std::string decode(std::string content, const std::string& encoding) {
  bool packed = encoding.find("gz") != std::string::npos;
  bool base64 = encoding.find("b64") != std::string::npos || encoding.find("base64") != std::string::npos;
  if (base64) {
    std::erase_if(content, [](char c) { return c == '\n' || c == ' ' || c == '\r'; });
    content = base::base64_decode(content).value_or("");
  }
  std::string unpacked;
  return packed && gunzip(content, unpacked) ? unpacked : content;
}

std::vector<CloudFile> files_of(const YAML::Node& node, CloudConfig& config) {
  std::vector<CloudFile> files;
  if (!node.IsSequence()) return files;
  for (const YAML::Node& entry : node) {
    CloudFile file;
    file.path = text_of(entry["path"]);
    file.content = decode(text_of(entry["content"]), text_of(entry["encoding"]));
    if (entry["source"]) config.not_served.push_back("write_files: source");
    if (entry["owner"]) file.owner = text_of(entry["owner"]);
    if (entry["permissions"])
      file.mode = static_cast<int>(std::strtol(text_of(entry["permissions"]).c_str(), nullptr, 8));
    file.append = is_true(entry["append"]);
    file.deferred = is_true(entry["defer"]);
    if (!file.path.empty()) files.push_back(std::move(file));
  }
  return files;
}

std::string joined(const YAML::Node& node) {
  if (!node) return "";
  if (node.IsScalar()) return node.Scalar();
  std::string text;
  for (const YAML::Node& entry : node) text += (text.empty() ? "" : ",") + text_of(entry);
  return text;
}

// Keys of an entry of `users` that are heeded, or make no difference here: nobody logs in.
bool is_plain_user_key(const std::string& key) {
  for (const char* known :
       {"name",           "system",        "shell",       "homedir",       "gecos",
        "primary_group",  "uid",           "groups",      "sudo",          "ssh_authorized_keys",
        "no_create_home", "no_user_group", "expiredate",  "inactive",      "passwd",
        "hashed_passwd",  "lock_passwd",   "no_log_init", "create_groups", "ssh-authorized-keys",
        "lock-passwd"})
    if (key == known) return true;
  return false;
}

std::string useradd_options(const YAML::Node& entry) {
  std::string options = is_true(entry["system"])           ? " --system"
                        : is_true(entry["no_create_home"]) ? " -M"
                                                           : " -m";
  for (auto [key, option] : {std::pair{"shell", " -s "},
                             {"homedir", " -d "},
                             {"gecos", " -c "},
                             {"expiredate", " -e "},
                             {"inactive", " -f "},
                             {"passwd", " -p "},
                             {"hashed_passwd", " -p "},
                             {"primary_group", " -g "},
                             {"uid", " -u "}})
    if (entry[key]) options += option + shell_quote(text_of(entry[key]));
  return options + (is_true(entry["no_user_group"]) ? " -N" : "");
}

void add_user(const YAML::Node& entry, CloudConfig& config) {
  std::vector<std::string>& lines = config.user_commands;
  const std::string name = entry.IsMap() ? text_of(entry["name"]) : text_of(entry);
  if (name.empty() || name == "default") return;
  const std::string quoted = shell_quote(name);
  if (!entry.IsMap()) {
    lines.push_back("id -u " + quoted + " >/dev/null 2>&1 || useradd -m " + quoted);
    return;
  }
  for (const auto& pair : entry)
    if (!is_plain_user_key(text_of(pair.first))) config.not_served.push_back("users: " + text_of(pair.first));
  if (entry["primary_group"]) {
    const std::string group = shell_quote(text_of(entry["primary_group"]));
    lines.push_back("getent group " + group + " >/dev/null || groupadd " + group);
  }
  lines.push_back("id -u " + quoted + " >/dev/null 2>&1 || useradd" + useradd_options(entry) + " " + quoted);
  if (const std::string groups = joined(entry["groups"]); !groups.empty())
    lines.push_back("for g in $(echo " + shell_quote(groups) +
                    " | tr ', ' '  '); do getent group \"$g\" >/dev/null || groupadd \"$g\"; "
                    "usermod -aG \"$g\" " +
                    quoted + "; done");
  const YAML::Node sudo = entry["sudo"];
  const bool denied = !sudo || sudo.IsNull() || text_of(sudo) == "False" || text_of(sudo) == "false";
  if (!denied) lines.push_back("rm -f /etc/sudoers.d/" + quoted);
  for (std::size_t i = 0; !denied && i < (sudo.IsSequence() ? sudo.size() : 1); ++i)
    lines.push_back("echo " + shell_quote(name + " " + text_of(sudo.IsSequence() ? sudo[i] : sudo)) +
                    " >> /etc/sudoers.d/" + quoted);
  for (const YAML::Node& key : entry["ssh_authorized_keys"])
    lines.push_back("d=$(getent passwd " + quoted + " | cut -d: -f6)/.ssh; mkdir -p \"$d\"; echo " +
                    shell_quote(text_of(key)) + " >> \"$d/authorized_keys\"; chown -R " + quoted + " \"$d\"");
}

// Names, [name, version], or since cloud-init 23.4 {apt: [...]}, which is not served.
void add_packages(const YAML::Node& packages, CloudConfig& config) {
  for (const YAML::Node& entry : packages) {
    if (entry.IsMap())
      for (const auto& pair : entry) config.not_served.push_back("packages: " + text_of(pair.first));
    else if (entry.IsSequence() && entry.size() > 1)
      config.packages.push_back(text_of(entry[0]) + "=" + text_of(entry[1]));
    else if (entry.IsSequence() && entry.size() == 1)
      config.packages.push_back(text_of(entry[0]));
    else if (entry.IsScalar())
      config.packages.push_back(text_of(entry));
  }
}

// `cloud_final_modules: [[scripts-user, always]]` is how AWS has user data run at every boot. Of modules
// that are listed in another way nothing is heeded, and that is told.
void read_modules(const YAML::Node& root, CloudConfig& config) {
  for (const char* key : {"cloud_init_modules", "cloud_config_modules"})
    if (root[key]) config.not_served.push_back(key);
  for (const YAML::Node& entry : root["cloud_final_modules"]) {
    const bool listed = entry.IsSequence() && entry.size() == 2;
    const std::string name = listed ? text_of(entry[0]) : text_of(entry);
    if (listed && (name == "scripts-user" || name == "scripts_user") && text_of(entry[1]) == "always")
      config.scripts_always = true;
    else if (entry.IsSequence())
      config.not_served.push_back("cloud_final_modules: " + name);
  }
}

// Redirections of what modules say: cloud-init's own log is where it goes anyway.
bool is_usual_output(const YAML::Node& output) {
  if (!output.IsMap()) return output.IsNull();
  for (const auto& pair : output)
    if (text_of(pair.first) != "all" ||
        text_of(pair.second).find("tee -a /var/log/cloud-init-output.log") == std::string::npos)
      return false;
  return true;
}

// `groups`: names, or a name with its members, which may be added before their account is (cc_users_groups).
std::vector<std::string> group_lines(const YAML::Node& groups) {
  std::vector<std::string> lines;
  auto add = [&](const std::string& name, const YAML::Node& members) {
    const std::string quoted = shell_quote(name);
    lines.push_back("getent group " + quoted + " >/dev/null || groupadd " + quoted);
    for (const YAML::Node& member : members)
      lines.push_back("if id -u " + shell_quote(text_of(member)) + " >/dev/null 2>&1; then usermod -aG " +
                      quoted + " " + shell_quote(text_of(member)) + "; fi");
  };
  for (const auto& entry : groups) {
    if (groups.IsMap()) {
      add(text_of(entry.first), entry.second);
    } else if (entry.IsMap()) {
      for (const auto& pair : entry) add(text_of(pair.first), pair.second);
    } else {
      add(text_of(entry), YAML::Node());
    }
  }
  return lines;
}

// What is read here, and what makes no difference to a machine of this world.
const std::set<std::string>& known_keys() {
  static const std::set<std::string> keys = {"hostname",
                                             "fqdn",
                                             "preserve_hostname",
                                             "packages",
                                             "package_update",
                                             "package_upgrade",
                                             "apt_update",
                                             "apt_upgrade",
                                             "write_files",
                                             "runcmd",
                                             "bootcmd",
                                             "users",
                                             "groups",
                                             "timezone",
                                             "repo_update",
                                             "repo_upgrade",
                                             "output",
                                             "ntp",
                                             "prefer_fqdn_over_hostname",
                                             "ssh_pwauth",
                                             "disable_root",
                                             "locale",
                                             "final_message",
                                             "ssh_deletekeys",
                                             "cloud_final_modules",
                                             "cloud_init_modules",
                                             "cloud_config_modules",
                                             "package_reboot_if_required",
                                             "growpart",
                                             "resize_rootfs",
                                             "merge_how",
                                             "merge_type",
                                             "datasource"};
  return keys;
}

// "ntp: false" and "manage_etc_hosts: false" ask for nothing.
bool is_switched_off(const YAML::Node& node) {
  const std::string text = text_of(node.IsMap() ? node["enabled"] : node);
  return text == "false" || text == "False" || text == "no" || text == "off";
}

}  // namespace

std::string shell_quote(const std::string& text) {
  std::string quoted = "'";
  for (char letter : text) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

std::optional<CloudConfig> parse_cloud_config(const std::string& text, std::string& problem) {
  CloudConfig config;
  try {
    YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return config;
    if (!root.IsMap()) {
      problem = "not a mapping";
      return {};
    }
    for (const auto& entry : root)
      if (!known_keys().contains(text_of(entry.first)) && !is_switched_off(entry.second))
        config.not_served.push_back(text_of(entry.first));
    config.hostname = text_of(root["hostname"]);
    config.fqdn = text_of(root["fqdn"]);
    config.timezone = text_of(root["timezone"]);
    config.preserve_hostname = is_true(root["preserve_hostname"]);
    config.prefer_fqdn = is_true(root["prefer_fqdn_over_hostname"]);
    config.locale = text_of(root["locale"]);
    config.final_message = text_of(root["final_message"]);
    // Amazon Linux's names for the first and, with "security" or "all", for the second.
    const std::string repo_upgrade = text_of(root["repo_upgrade"]);
    config.update_packages =
        is_true(root["package_update"]) || is_true(root["apt_update"]) || is_true(root["repo_update"]);
    config.upgrade_packages = is_true(root["package_upgrade"]) || is_true(root["apt_upgrade"]) ||
                              repo_upgrade == "all" || repo_upgrade == "security" ||
                              is_true(root["repo_upgrade"]);
    if (root["output"] && !is_usual_output(root["output"])) config.not_served.push_back("output");
    if (root["ntp"] && root["ntp"].IsMap() && !is_switched_off(root["ntp"]))
      for (const auto& pair : root["ntp"])
        if (text_of(pair.first) != "enabled") config.not_served.push_back("ntp: " + text_of(pair.first));
    read_modules(root, config);
    if (root["packages"] && root["packages"].IsSequence()) add_packages(root["packages"], config);
    if (root["write_files"]) config.files = files_of(root["write_files"], config);
    if (root["bootcmd"]) config.boot_commands = command_lines(root["bootcmd"]);
    if (root["runcmd"]) config.commands = command_lines(root["runcmd"]);
    if (root["groups"]) config.user_commands = group_lines(root["groups"]);
    if (root["users"] && root["users"].IsSequence())
      for (const YAML::Node& entry : root["users"]) add_user(entry, config);
  } catch (const YAML::Exception& error) {
    problem = error.what();
    return {};
  }
  return config;
}

}  // namespace squall::guest
