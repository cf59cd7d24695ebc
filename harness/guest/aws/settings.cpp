#include "harness/guest/aws/settings.hpp"

#include "harness/guest/aws/failure.hpp"

namespace squall::guest::aws {
namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string option_text(const ParsedArguments& globals, const std::string& name) {
  const Json* value = globals.find(name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : "";
}

std::string home_file(program::Context& context, const char* variable, const std::string& otherwise) {
  std::string path = context.env(variable);
  if (path.empty()) path = "~/.aws/" + otherwise;
  if (path.starts_with("~/")) path = context.env("HOME", "/root") + path.substr(1);
  return context.resolve(path);
}

int timeout_s(const ParsedArguments& globals, const std::string& name) {
  const std::string text = option_text(globals, name);
  if (text.empty()) return 60;
  auto seconds = python_int(text);
  if (!seconds) throw Failure(general_status, "invalid literal for int() with base 10: '" + text + "'");
  return static_cast<int>(*seconds);
}

jmespath::Expression parse_query(const std::string& text) {
  try {
    return jmespath::parse(text);
  } catch (const jmespath::Error& error) {
    throw Failure(usage_status, "Bad value for --query " + text + ": " + error.what());
  }
}

}  // namespace

std::map<std::string, Section> read_ini(program::Context& context, const std::string& path) {
  std::map<std::string, Section> out;
  auto content = context.disk().read(path);
  if (!content) return out;
  Section* section = nullptr;
  for (std::size_t at = 0; at < content->size();) {
    const std::size_t end = std::min(content->find('\n', at), content->size());
    const std::string raw = content->substr(at, end - at), line = trimmed(raw);
    at = end + 1;
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      section = &out[trimmed(line.substr(1, line.find(']') - 1))];
      continue;
    }
    const std::size_t equals = line.find_first_of("=:");
    if (section == nullptr || equals == line.npos || raw[0] == ' ' || raw[0] == '\t')
      continue;  // nested: s3 =
    (*section)[trimmed(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
  }
  return out;
}

bool Settings::has_profile() const {
  return credentials.contains(profile) || config.contains("profile " + profile) ||
         (profile == "default" && config.contains("default"));
}

std::string Settings::from_profile(const std::string& key) const {
  const std::string in_config = profile == "default" ? "default" : "profile " + profile;
  for (const auto* file : {&credentials, &config}) {
    auto section = file->find(file == &credentials ? profile : in_config);
    if (section == file->end() && file == &config && profile == "default")
      section = file->find("profile default");
    if (section == file->end()) continue;
    if (auto value = section->second.find(key); value != section->second.end()) return value->second;
  }
  return {};
}

// What the CLI has and Squall has not. --color is not among them: it colours tables alone, which are refused.
void refuse_unserved(program::Context& context, const ParsedArguments& globals) {
  for (auto [name, destination] : {std::pair{"--debug", "debug"}, {"--cli-auto-prompt", "cli_auto_prompt"}})
    if (globals.find(destination) != nullptr)
      throw Failure(usage_status, std::string("Squall does not serve ") + name);
  if (!context.env("AWS_CONTAINER_CREDENTIALS_FULL_URI").empty())
    throw Failure(configuration_status, "Squall does not serve AWS_CONTAINER_CREDENTIALS_FULL_URI");
}

Settings read_settings(program::Context& context, const ParsedArguments& globals) {
  refuse_unserved(context, globals);
  Settings out;
  out.config_path = home_file(context, "AWS_CONFIG_FILE", "config");
  out.credentials_path = home_file(context, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  out.config_name = context.env("AWS_CONFIG_FILE", "~/.aws/config");
  out.config = read_ini(context, out.config_path);
  out.credentials = read_ini(context, out.credentials_path);
  out.profile_option = option_text(globals, "profile");
  for (const std::string& name :
       {out.profile_option, context.env("AWS_PROFILE"), context.env("AWS_DEFAULT_PROFILE")}) {
    if (name.empty()) continue;
    out.profile = name;
    out.profile_named = true;
    break;
  }
  if (const Json* query = globals.find("query")) out.query = parse_query(query->get<std::string>());
  out.endpoint_url = option_text(globals, "endpoint_url");
  if (!out.endpoint_url.empty() && out.endpoint_url.find("://") == std::string::npos)
    throw Failure(usage_status, "Bad value for --endpoint-url \"" + out.endpoint_url +
                                    "\": scheme is missing.  Must be of the form http://<hostname>/ or "
                                    "https://<hostname>/");
  out.region_option = option_text(globals, "region");
  out.ca_bundle = option_text(globals, "ca_bundle");
  if (out.ca_bundle.empty()) out.ca_bundle = context.env("AWS_CA_BUNDLE", out.from_profile("ca_bundle"));
  out.paginate = globals.find("paginate") == nullptr;
  out.verify_tls = globals.find("verify_ssl") == nullptr;
  out.sign = globals.find("sign_request") == nullptr;
  out.connect_timeout_s = timeout_s(globals, "connect_timeout");
  out.read_timeout_s = timeout_s(globals, "read_timeout");
  out.binary_format = option_text(globals, "cli_binary_format");
  if (out.binary_format.empty()) out.binary_format = out.from_profile("cli_binary_format");
  if (out.binary_format.empty()) out.binary_format = "base64";
  out.output = option_text(globals, "output");
  if (out.output.empty()) out.output = context.env("AWS_DEFAULT_OUTPUT");
  if (out.output.empty()) out.output = out.from_profile("output");
  if (out.output.empty()) out.output = "json";
  return out;
}

std::string expand_variables(program::Context& context, const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      out += text[at++];
      continue;
    }
    const bool braces = at + 1 < text.size() && text[at + 1] == '{';
    std::size_t end = at + (braces ? 2 : 1);
    const std::size_t start = end;
    while (end < text.size() &&
           (braces ? text[end] != '}' : isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
      ++end;
    const std::string name = text.substr(start, end - start);
    if (braces && end < text.size()) ++end;
    const auto& env = context.invocation().env;
    auto found = env.find(name);
    // A variable that is not set stays as it stands, as Python's expandvars leaves it.
    out += found == env.end() ? text.substr(at, end - at) : found->second;
    at = end;
  }
  return out;
}

std::vector<Option> global_options() {
  auto flag = [](const char* name, const char* destination, bool value) {
    return Option{.name = name, .destination = destination, .arity = Arity::none, .constant = value};
  };
  return {
      flag("--debug", "debug", true),
      {.name = "--endpoint-url", .destination = "endpoint_url"},
      flag("--no-verify-ssl", "verify_ssl", false),
      flag("--no-paginate", "paginate", false),
      {.name = "--output",
       .destination = "output",
       .choices = {"json", "text", "table", "yaml", "yaml-stream"}},
      {.name = "--query", .destination = "query"},
      {.name = "--profile", .destination = "profile"},
      {.name = "--region", .destination = "region"},
      flag("--version", "version", true),
      {.name = "--color", .destination = "color", .choices = {"on", "off", "auto"}},
      flag("--no-sign-request", "sign_request", false),
      {.name = "--ca-bundle", .destination = "ca_bundle"},
      {.name = "--cli-read-timeout", .destination = "read_timeout"},
      {.name = "--cli-connect-timeout", .destination = "connect_timeout"},
      {.name = "--cli-binary-format",
       .destination = "cli_binary_format",
       .choices = {"base64", "raw-in-base64-out"}},
      flag("--no-cli-pager", "no_cli_pager", true),
      flag("--cli-auto-prompt", "cli_auto_prompt", true),
      flag("--no-cli-auto-prompt", "no_cli_auto_prompt", true),
  };
}

}  // namespace squall::guest::aws
