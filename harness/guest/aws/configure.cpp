#include "harness/guest/aws/configure.hpp"

#include <algorithm>

#include "harness/guest/aws/failure.hpp"

namespace squall::guest::aws {
namespace {

bool belongs_to_credentials(const std::string& key) {
  return key == "aws_access_key_id" || key == "aws_secret_access_key" || key == "aws_session_token";
}

// "region", "default.region", "profile.NAME.region": whose, and which.
struct Variable {
  std::string profile, key;
};

Variable variable_of(const Settings& settings, const std::string& name) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    parts.push_back(name.substr(at, end - at));
    at = end + 1;
  }
  if (parts.size() == 1) return {settings.profile, name};
  if (parts.size() == 2 && parts[0] == "default") return {"default", parts[1]};
  if (parts.size() == 3 && parts[0] == "profile") return {parts[1], parts[2]};
  throw Failure(usage_status, "Squall does not serve nested settings: " + name);
}

std::string get(const Settings& settings, const std::string& name) {
  const Variable variable = variable_of(settings, name);
  Settings other = settings;
  other.profile = variable.profile;
  return other.from_profile(variable.key);
}

// The file's text with one setting of one section set; other lines stay as they are.
std::string with_setting(const std::string& text, const std::string& section, const std::string& key,
                         const std::string& value) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  const std::string line = key + " = " + value;
  auto start = std::find(lines.begin(), lines.end(), "[" + section + "]");
  if (start == lines.end()) {
    lines.push_back("[" + section + "]");
    lines.push_back(line);
  } else {
    auto end =
        std::find_if(start + 1, lines.end(), [](const std::string& one) { return one.starts_with('['); });
    auto existing = std::find_if(start + 1, end, [&](const std::string& one) {
      const std::string name = one.substr(0, one.find('='));
      return name.substr(0, name.find_last_not_of(' ') + 1) == key;
    });
    if (existing != end) {
      *existing = line;
    } else {
      while (end != start + 1 && (end - 1)->empty()) --end;
      lines.insert(end, line);
    }
  }
  std::string out;
  for (const std::string& one : lines) out += one + "\n";
  return out;
}

void set(program::Context& context, const Settings& settings, const std::string& name,
         const std::string& value) {
  const Variable variable = variable_of(settings, name);
  const bool secret = belongs_to_credentials(variable.key);
  const std::string path = secret ? settings.credentials_path : settings.config_path;
  const std::string section =
      secret || variable.profile == "default" ? variable.profile : "profile " + variable.profile;
  auto old = context.disk().read(path);
  if (!old) context.disk().make_directories(path.substr(0, path.rfind('/')), 0755);
  context.disk().write(path, with_setting(old.value_or(""), section, variable.key, value), 0600);
}

std::string masked(const std::string& secret) {
  return std::string(16, '*') + secret.substr(secret.size() < 4 ? 0 : secret.size() - 4);
}

std::string padded(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string row(const std::string& name, const std::string& value, const std::string& type,
                const std::string& location) {
  return padded(name, 10) + " " + padded(value, 24) + " " + padded(type, 16) + "    " + location + "\n";
}

const std::string not_set = "<not set>";

std::string profile_row(const Settings& settings) {
  if (!settings.profile_option.empty()) return row("profile", settings.profile_option, "manual", "--profile");
  if (settings.profile_named)
    return row("profile", settings.profile, "env", "['AWS_DEFAULT_PROFILE', 'AWS_PROFILE']");
  return row("profile", not_set, "None", "None");
}

world::Task<std::string> credential_rows(program::Context& context, const Settings& settings) {
  std::optional<FoundCredentials> found = co_await look_for_credentials(context, settings);
  if (!found)
    co_return row("access_key", not_set, "None", "None") + row("secret_key", not_set, "None", "None");
  co_return row("access_key", masked(found->credentials.access_key_id), found->method, "") +
      row("secret_key", masked(found->credentials.secret_access_key), found->method, "");
}

world::Task<std::string> region_row(program::Context& context, const Settings& settings) {
  const std::string from_env = context.env("AWS_REGION", context.env("AWS_DEFAULT_REGION"));
  if (!from_env.empty()) co_return row("region", from_env, "env", "['AWS_REGION', 'AWS_DEFAULT_REGION']");
  const std::string configured = settings.from_profile("region");
  if (!configured.empty()) co_return row("region", configured, "config-file", settings.config_name);
  const std::string found = co_await find_region(context, settings);
  if (found.empty()) co_return row("region", not_set, "None", "None");
  co_return row("region", found, "imds", "");
}

world::Task<void> list(program::Context& context, const Settings& settings) {
  std::string out = row("Name", "Value", "Type", "Location") + row("----", "-----", "----", "--------");
  out += profile_row(settings);
  // The CLI finds out in the middle of its table.
  if (settings.profile_named && !settings.has_profile()) {
    context.out(out);
    throw Failure(general_status, "The config profile (" + settings.profile + ") could not be found");
  }
  out += co_await credential_rows(context, settings);
  out += co_await region_row(context, settings);
  context.out(out);
}

void list_profiles(program::Context& context, const Settings& settings) {
  std::vector<std::string> names;
  auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const auto& [section, values] : settings.config) {
    if (section == "default") add(section);
    if (section.starts_with("profile ")) add(section.substr(8));
  }
  for (const auto& [section, values] : settings.credentials) add(section);
  for (const std::string& name : names) context.out(name + "\n");
}

void refuse_strange_words(const std::vector<std::string>& words) {
  if (words.empty() || words[0].starts_with('-')) return;
  static const std::vector<std::string> subcommands = {
      "list",          "get", "set",         "add-model",          "import",
      "list-profiles", "sso", "sso-session", "export-credentials", "wizard"};
  if (std::find(subcommands.begin(), subcommands.end(), words[0]) == subcommands.end())
    parse_arguments({}, {.name = "subcommand", .choices = subcommands}, words);
  const bool reads = words[0] == "list" || words[0] == "list-profiles";
  const std::size_t most = reads ? 1 : words[0] == "get" ? 2 : words[0] == "set" ? 3 : words.size();
  std::string unknown;
  for (std::size_t i = 1; i < words.size(); ++i)
    if (i >= most || words[i].starts_with("--")) unknown += (unknown.empty() ? "" : ",") + words[i];
  if (!unknown.empty()) throw Failure(usage_status, "Unknown options: " + unknown);
}

}  // namespace

world::Task<int> configure(program::Context& context, const Settings& settings,
                           std::vector<std::string> words) {
  const std::string word = words.empty() ? "" : words[0];
  refuse_strange_words(words);
  if (word == "get" && words.size() == 2) {
    const std::string value = get(settings, words[1]);
    if (value.empty()) co_return 1;
    context.out(value + "\n");
  } else if (word == "set" && words.size() == 3) {
    set(context, settings, words[1], words[2]);
  } else if (word == "list" && words.size() == 1) {
    co_await list(context, settings);
  } else if (word == "list-profiles" && words.size() == 1) {
    list_profiles(context, settings);
  } else if (word == "get" || word == "set") {
    throw usage_failure(std::string("the following arguments are required: ") +
                        (word == "set" && words.size() == 2 ? "value"
                         : word == "get"                    ? "varname"
                                                            : "varname, value"));
  } else {
    throw Failure(usage_status, "Squall does not serve aws configure" + (word.empty() ? "" : " " + word) +
                                    "; use get, set, list or list-profiles");
  }
  co_return 0;
}

}  // namespace squall::guest::aws
