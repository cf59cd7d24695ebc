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

std::vector<CloudFile> files_of(const YAML::Node& node) {
  std::vector<CloudFile> files;
  if (!node.IsSequence()) return files;
  for (const YAML::Node& entry : node) {
    CloudFile file;
    file.path = text_of(entry["path"]);
    file.content = decode(text_of(entry["content"]), text_of(entry["encoding"]));
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

std::vector<std::string> user_lines(const YAML::Node& node) {
  std::vector<std::string> lines;
  if (!node.IsSequence()) return lines;
  for (const YAML::Node& entry : node) {
    std::string name = entry.IsMap() ? text_of(entry["name"]) : text_of(entry);
    if (name.empty() || name == "default") continue;
    std::string quoted = shell_quote(name),
                options = is_true(entry.IsMap() ? entry["system"] : YAML::Node()) ? " --system" : " -m";
    if (entry.IsMap()) {
      if (entry["shell"]) options += " -s " + shell_quote(text_of(entry["shell"]));
      if (entry["homedir"]) options += " -d " + shell_quote(text_of(entry["homedir"]));
      if (entry["gecos"]) options += " -c " + shell_quote(text_of(entry["gecos"]));
      if (entry["primary_group"]) {
        const std::string group = shell_quote(text_of(entry["primary_group"]));
        lines.push_back("getent group " + group + " >/dev/null || groupadd " + group);
        options += " -g " + group;
      }
      if (entry["uid"]) options += " -u " + shell_quote(text_of(entry["uid"]));
    }
    lines.push_back("id -u " + quoted + " >/dev/null 2>&1 || useradd" + options + " " + quoted);
    if (!entry.IsMap()) continue;
    for (std::string groups = joined(entry["groups"]); !groups.empty(); groups.clear())
      lines.push_back("for g in $(echo " + shell_quote(groups) +
                      " | tr ', ' '  '); do getent group \"$g\" >/dev/null || groupadd \"$g\"; "
                      "usermod -aG \"$g\" " +
                      quoted + "; done");
    if (entry["sudo"] && text_of(entry["sudo"]) != "False")
      lines.push_back("echo " + shell_quote(name + " " + joined(entry["sudo"])) + " > /etc/sudoers.d/" +
                      quoted);
    for (const YAML::Node& key : entry["ssh_authorized_keys"])
      lines.push_back("d=$(getent passwd " + quoted + " | cut -d: -f6)/.ssh; mkdir -p \"$d\"; echo " +
                      shell_quote(text_of(key)) + " >> \"$d/authorized_keys\"; chown -R " + quoted +
                      " \"$d\"");
  }
  return lines;
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
                                             "ntp",
                                             "timezone",
                                             "repo_update",
                                             "repo_upgrade",
                                             "output",
                                             "manage_etc_hosts",
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
                                             "datasource"};
  return keys;
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
      if (!known_keys().contains(text_of(entry.first))) config.not_served.push_back(text_of(entry.first));
    config.hostname = text_of(root["hostname"]);
    config.fqdn = text_of(root["fqdn"]);
    config.timezone = text_of(root["timezone"]);
    config.preserve_hostname = is_true(root["preserve_hostname"]);
    config.update_packages = is_true(root["package_update"]) || is_true(root["apt_update"]);
    config.upgrade_packages = is_true(root["package_upgrade"]) || is_true(root["apt_upgrade"]);
    if (root["packages"] && root["packages"].IsSequence())
      for (const YAML::Node& entry : root["packages"])
        config.packages.push_back(entry.IsSequence() && entry.size() > 0 ? text_of(entry[0])
                                                                         : text_of(entry));
    if (root["write_files"]) config.files = files_of(root["write_files"]);
    if (root["bootcmd"]) config.boot_commands = command_lines(root["bootcmd"]);
    if (root["runcmd"]) config.commands = command_lines(root["runcmd"]);
    if (root["groups"]) config.user_commands = group_lines(root["groups"]);
    if (root["users"])
      for (std::string& line : user_lines(root["users"])) config.user_commands.push_back(std::move(line));
  } catch (const YAML::Exception& error) {
    problem = error.what();
    return {};
  }
  return config;
}

}  // namespace squall::guest
