// See cloud_init.hpp. The order is cloud-init's own: boothooks and bootcmd, files, names, accounts, packages,
// then runcmd and the scripts in the order of their parts (config/cloud.cfg: init, config, final modules).
#include "harness/guest/cloud_init.hpp"

#include <algorithm>
#include <cstdlib>

#include "emulator/base/lines.hpp"
#include "emulator/base/time.hpp"
#include "harness/guest/cloud_config.hpp"
#include "harness/guest/cloud_include.hpp"
#include "harness/guest/host_accounts.hpp"
#include "harness/guest/instance_data.hpp"
#include "harness/guest/user_data.hpp"

namespace squall::guest {
namespace {

constexpr char output_log[] = "/var/log/cloud-init-output.log";

// cloud-init turns a script whose first line ends in CRLF into one with LF throughout (util.dos2unix).
std::string dos2unix(std::string text) {
  std::size_t end = text.find('\n');
  if (end == std::string::npos || end == 0 || text[end - 1] != '\r') return text;
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') plain += text[i];
  return plain;
}

// What follows "#cloud-boothook", without the blank lines before it.
std::string boothook_body(std::string text) {
  constexpr std::string_view prefix = "#cloud-boothook";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

class Boot {
 public:
  explicit Boot(Guest& guest) : guest_(guest), version_(facts_of(guest.system()).cloud_init_version) {}

  world::Task<> run() {
    prepare();
    stage("init-local");
    stage("init");
    co_await read_parts();
    for (const UserDataPart& part : parts_) {
      if (part.kind == PartKind::boothook) co_await run_file(part.name, boothook_body(dos2unix(part.body)));
      if (const std::string handler = unserved_handler(part.type, part.body);
          part.kind == PartKind::not_served && !handler.empty())
        tell_unserved("user data", "a " + handler);
      else if (part.kind == PartKind::not_served)
        warn("__init__.py",
             "Unhandled non-multipart (" + part.type + ") userdata: '" + first_line(part.body) + "...'");
    }
    co_await run_lines("bootcmd", config_.boot_commands);
    if (once("write_files")) write_files(false);
    if (once("set_hostname")) name_machine();
    if (once("users_groups")) co_await run_lines("users", config_.user_commands);
    stage("modules:config");
    stage("modules:final");
    co_await final_stage();
    finish();
  }

 private:
  void prepare() {
    GuestDisk& disk = guest_.disk();
    const std::string& id = guest_.machine().instance_id;
    for (const char* folder : {"/run/cloud-init", "/var/lib/cloud/data", "/var/lib/cloud/seed"})
      disk.make_directories(folder, 0755);
    disk.make_directories("/var/lib/cloud/instances/" + id + "/scripts", 0755);
    disk.make_directories("/var/lib/cloud/instances/" + id + "/sem", 0755);
    if (disk.is_directory("/var/lib/cloud/instance") && !disk.read_link("/var/lib/cloud/instance"))
      disk.remove("/var/lib/cloud/instance");
    disk.link("/var/lib/cloud/instances/" + id, "/var/lib/cloud/instance");
    disk.write("/var/lib/cloud/instance/user-data.txt", guest_.machine().user_data, 0600);
    disk.write("/var/lib/cloud/data/instance-id", id + "\n", 0644);
  }

  // A module that works once per instance is marked before it begins: what reboots the machine half-way is
  // not run again (helpers.FileSemaphores). The mark is on the disk soon, as ext4 writes its journal out.
  bool once(const std::string& module) {
    const std::string mark =
        "/var/lib/cloud/instances/" + guest_.machine().instance_id + "/sem/config_" + module;
    if (guest_.disk().exists(mark)) return false;
    guest_.disk().write(mark, now() + "\n", 0644);
    guest_.disk().sync(mark);
    return true;
  }

  // The parts, with what they include; none of them when an include failed and this cloud-init minds.
  world::Task<> read_parts() {
    std::string user_data = guest_.machine().user_data;
    GatheredParts gathered = co_await gather_parts(guest_, std::move(user_data));
    for (const std::string& problem : gathered.problems) {
      warn("user_data.py", problem);
      guest_.trace({.kind = "boot", .text = "cloud-init: #include: " + problem});
    }
    parts_ = std::move(gathered.parts);
    for (UserDataPart& part : parts_)
      if (part.kind == PartKind::jinja) co_await render(part);
    if (!gathered.problems.empty() && facts_of(guest_.system()).failed_include_ends_user_data) {
      warn("util.py", "failed stage init");
      say("failed run of stage init\n");
      failed_ = true;
      parts_.clear();
    }
    read_configs();
  }

  world::Task<> render(UserDataPart& part) {
    auto pieces = parse_template(part.body);
    part.kind = PartKind::not_served;
    if (!pieces) {
      guest_.trace(
          {.kind = "boot",
           .text =
               "user data: " + part.name +
               " is a Jinja template with more than names in {{ }}, which Squall's guests do not render"});
      co_return;
    }
    part.body = co_await render_template(guest_, std::move(*pieces));
    const PartKind kind = kind_of_part(part.type, part.body);
    if (kind != PartKind::include) part.kind = kind;
    if (part.body.find("CI_MISSING_JINJA_VAR/") != std::string::npos)
      warn("templater.py", "Could not render jinja template variables in file '" + part.name + "'");
  }

  void read_configs() {
    std::string merged, problem;
    for (const UserDataPart& part : parts_) {
      if (part.kind != PartKind::cloud_config) continue;
      if (!parse_cloud_config(part.body, problem))
        warn("util.py", "Failed loading yaml blob. " + problem);
      else
        merged = merged.empty() ? part.body : merge_cloud_config(merged, part.body, part.merge_type);
    }
    config_ = parse_cloud_config(merged, problem).value_or(CloudConfig{});
    for (const std::string& module : config_.not_served) tell_unserved("cloud-config", module);
  }

  void tell_unserved(const std::string& where, const std::string& what) {
    say("Cloud-init: " + what + " is not served by Squall's guests\n");
    guest_.trace({.kind = "boot", .text = where + ": " + what + " is not served by Squall's guests"});
  }

  std::string now() {
    return base::format_utc(guest_.surroundings().scheduler.now(), "%a, %d %b %Y %H:%M:%S +0000");
  }

  std::string uptime() {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f",
                  base::to_seconds(guest_.surroundings().scheduler.now() - guest_.booted_at()));
    return text;
  }

  void stage(const std::string& name) {
    say(std::string("Cloud-init v. ") + version_ + " running '" + name + "' at " + now() + ". Up " +
        uptime() + " seconds.\n");
  }

  void warn(const std::string& module, const std::string& text) {
    say(base::format_utc(guest_.surroundings().scheduler.now(), "%Y-%m-%d %H:%M:%S,000") + " - " + module +
        "[WARNING]: " + text + "\n");
  }

  static std::string first_line(const std::string& text) {
    return text.substr(0, std::min<std::size_t>(text.find('\n'), 24));
  }

  void say(std::string_view text) {
    guest_.disk().append(output_log, text, 0640);
    guest_.write_console(text);
  }

  void write_files(bool deferred) {
    for (const CloudFile& file : config_.files) {
      if (file.deferred != deferred) continue;
      GuestDisk& disk = guest_.disk();
      std::size_t slash = file.path.find_last_of('/');
      if (slash != std::string::npos && slash > 0) disk.make_directories(file.path.substr(0, slash), 0755);
      if (file.append)
        disk.append(file.path, file.content, file.mode);
      else
        disk.write(file.path, file.content, file.mode);
      disk.change_mode(file.path, file.mode);
      auto account = find_account(disk, file.owner.substr(0, file.owner.find(':')));
      auto group = find_group(disk, file.owner.substr(file.owner.find(':') + 1));
      if (account)
        disk.change_owner(file.path, account->uid, group.value_or(account->gid));
      else
        warn("cc_write_files.py", "unknown owner " + file.owner + " of " + file.path);
    }
  }

  void name_machine() {
    std::string name =
        config_.hostname.empty() ? config_.fqdn.substr(0, config_.fqdn.find('.')) : config_.hostname;
    if (name.empty() || config_.preserve_hostname) return;
    // The distributions of Red Hat's family put the whole name in /etc/hostname (distros/rhel.py).
    bool whole = !config_.fqdn.empty() && (config_.prefer_fqdn || !has_apt(guest_.system()));
    guest_.set_hostname(config_.fqdn.empty() ? name : config_.fqdn);
    guest_.disk().write("/etc/hostname", (whole ? config_.fqdn : name) + "\n", 0644);
  }

  world::Task<> final_stage() {
    const std::vector<std::string> packages = package_lines();
    if (once("package_update_upgrade_install")) co_await run_lines("packages", packages);
    if (once("write_files_deferred")) write_files(true);
    // Each module by its own clock: some scripts ask to run at every boot.
    for (const UserDataPart& part : parts_)
      if (part.kind == PartKind::script && is_per_boot(part)) co_await run_script(part);
    if (!once("scripts_user") && !config_.scripts_always) co_return;
    co_await run_lines("runcmd", config_.commands);
    for (const UserDataPart& part : parts_)
      if (part.kind == PartKind::script && !is_per_boot(part)) co_await run_script(part);
  }

  static bool is_per_boot(const UserDataPart& part) { return part.type == "text/x-shellscript-per-boot"; }

  std::vector<std::string> package_lines() const {
    std::vector<std::string> lines;
    bool apt = has_apt(guest_.system());
    std::string manager = apt ? "DEBIAN_FRONTEND=noninteractive apt-get -y" : "yum -y";
    if (!config_.locale.empty())
      lines.push_back(apt ? "locale-gen " + shell_quote(config_.locale) +
                                " && update-locale LANG=" + shell_quote(config_.locale)
                          : "localectl set-locale LANG=" + shell_quote(config_.locale));
    if (!config_.timezone.empty())
      lines.push_back("timedatectl set-timezone " + shell_quote(config_.timezone));
    if (apt && (config_.update_packages || !config_.packages.empty())) lines.push_back(manager + " update");
    if (config_.upgrade_packages) lines.push_back(manager + " upgrade");
    std::string packages;
    for (std::string name : config_.packages) {
      if (!apt) std::replace(name.begin(), name.end(), '=', '-');
      packages += " " + shell_quote(name);
    }
    if (!packages.empty()) lines.push_back(manager + " install" + packages);
    return lines;
  }

  world::Task<> run_lines(const std::string& name, const std::vector<std::string>& lines) {
    if (lines.empty()) co_return;
    std::string script = "#!/bin/sh\n";
    for (const std::string& line : lines) script += line + "\n";
    co_await run_file(name, script);
  }

  // Run as it is by execve(2), which wants "#!"; a blank before it, as from an indented heredoc, is enough.
  world::Task<> run_script(const UserDataPart& part) {
    std::string script = dos2unix(part.body);
    if (script.starts_with("#!")) {
      co_await run_file(part.name, script);
      co_return;
    }
    const std::string error = "Exec format error. Missing #! in script?";
    say(error + "\nCommand: ['/var/lib/cloud/instance/scripts/" + part.name +
        "']\nExit code: -\nReason: [Errno 8] Exec format error\n");
    fail(part.name, 1, error);
  }

  world::Task<> run_file(const std::string& name, const std::string& script) {
    std::string path = "/var/lib/cloud/instance/scripts/" + name;
    guest_.disk().write(path, script, 0700);
    SpawnRequest request;
    request.argv = {path};
    request.env = {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
                   {"HOME", "/root"},
                   {"LANG", "C.UTF-8"},
                   {"INSTANCE_ID", guest_.machine().instance_id}};
    request.merge_output = true;
    std::string said;
    const std::size_t console_before = guest_.console_output().size();
    const std::function<void(std::string_view, bool)> output = [&](std::string_view bytes, bool) {
      say(bytes);
      said.append(bytes);
    };
    int status = co_await guest_.run_process(std::move(request), output);
    if (status == 0) co_return;
    // Most scripts send what they say through tee and logger to /dev/console, which come after them.
    co_await world::sleep(guest_.surroundings().scheduler, 1ms);
    if (said.empty())
      said = guest_.console_output().substr(std::min(console_before, guest_.console_output().size()));
    fail(name, WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), said);
  }

  void fail(const std::string& name, int code, std::string_view said) {
    const std::string last_words = base::last_lines(said, 1);
    failed_ = true;
    warn("cc_scripts_user.py",
         "Failed to run module scripts-user (scripts in /var/lib/cloud/instance/scripts)");
    guest_.trace({.kind = "boot",
                  .argv = {name},
                  .exit_code = code,
                  .text = "user data: " + name + " ended with " + std::to_string(code) +
                          (last_words.empty() ? "" : "; its last words: " + last_words)});
  }

  // final_message with its variables, "$uptime" or "${UPTIME}".
  std::string last_message() {
    std::string text = config_.final_message;
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"version", version_},
                                      {"timestamp", now()},
                                      {"datasource", "DataSourceEc2Local"},
                                      {"uptime", uptime()}}) {
      std::string upper = name;
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      for (const std::string& form : {"${" + name + "}", "${" + upper + "}", "$" + name, "$" + upper})
        for (std::size_t at = text.find(form); at != std::string::npos;
             at = text.find(form, at + value.size()))
          text.replace(at, form.size(), value);
    }
    return text + "\n";
  }

  void finish() {
    say(config_.final_message.empty() ? std::string("Cloud-init v. ") + version_ + " finished at " + now() +
                                            ". Datasource DataSourceEc2Local.  Up " + uptime() + " seconds\n"
                                      : last_message());
    std::string errors = failed_ ? "[\"('scripts-user', RuntimeError('Runparts: 1 failures'))\"]" : "[]";
    guest_.disk().write(
        cloud_init_result,
        "{\n \"v1\": {\n  \"datasource\": \"DataSourceEc2Local\",\n  \"errors\": " + errors + "\n }\n}\n",
        0644);
    guest_.disk().write("/var/lib/cloud/instance/boot-finished",
                        uptime() + " - " + now() + " - v. " + version_ + "\n", 0644);
    guest_.trace({.kind = "boot", .exit_code = failed_ ? 1 : 0, .text = "cloud-init finished"});
  }

  Guest& guest_;
  bool failed_ = false;
  std::string version_;
  std::vector<UserDataPart> parts_;
  CloudConfig config_;
};

}  // namespace

world::Task<> run_cloud_init(Guest& guest) {
  Boot boot(guest);
  co_await boot.run();
}

}  // namespace squall::guest
