// See instance_data.hpp.
#include "harness/guest/instance_data.hpp"

#include <algorithm>
#include <map>

#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr char metadata_service[] = "169.254.169.254";

std::string with_underscores(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

const char* distribution_of(System system) {
  if (is_ubuntu(system)) return "ubuntu";
  if (has_apt(system)) return "debian";
  return system == System::red_hat ? "rhel" : "amazon";
}

std::map<std::string, std::string> standard_data(Guest& guest) {
  const world::MachineSpec& machine = guest.machine();
  const SystemFacts& facts = facts_of(guest.system());
  const std::string region = machine.zone.substr(0, machine.zone.size() - (machine.zone.empty() ? 0 : 1));
  return {{"availability_zone", machine.zone},
          {"cloud_id", "aws"},
          {"cloud_name", "aws"},
          {"distro", distribution_of(guest.system())},
          {"distro_release", facts.codename},
          {"distro_version", facts.version},
          {"instance_id", machine.instance_id},
          {"kernel_release", facts.kernel},
          {"local_hostname", guest.hostname()},
          {"machine", "x86_64"},
          {"platform", "ec2"},
          {"region", region},
          {"subplatform", std::string("metadata (http://") + metadata_service + ")"},
          {"system_platform", "linux"},
          {"variant", distribution_of(guest.system())}};
}

world::Task<std::optional<std::string>> ask(Guest& guest, std::string method, std::string target,
                                            std::string token) {
  world::Call call;
  call.host = metadata_service;
  call.connect_timeout = call.total_timeout = 10s;
  call.request.method = std::move(method);
  call.request.target = std::move(target);
  call.request.headers.set("Host", metadata_service);
  const bool wants_token = call.request.method == "PUT";
  call.request.headers.set(wants_token ? "X-aws-ec2-metadata-token-ttl-seconds" : "X-aws-ec2-metadata-token",
                           wants_token ? "21600" : token);
  world::Reply reply = co_await guest.surroundings().network.send(std::move(call));
  auto* response = std::get_if<http::Response>(&reply);
  if (response == nullptr || response->status >= 400) co_return std::nullopt;
  co_return std::move(response->body);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '/';
  });
}

// ds.meta_data['local-ipv4'] is ds.meta_data.local-ipv4; empty for what is no name.
std::string name_in(std::string_view braces) {
  std::string name;
  for (std::size_t i = 0; i < braces.size(); ++i) {
    const bool opens =
        braces[i] == '[' && i + 1 < braces.size() && (braces[i + 1] == '\'' || braces[i + 1] == '"');
    const bool closes =
        (braces[i] == '\'' || braces[i] == '"') && i + 1 < braces.size() && braces[i + 1] == ']';
    if (opens) name += '.';
    if (opens || closes)
      ++i;
    else
      name += braces[i];
  }
  const std::size_t begin = name.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  name = name.substr(begin, name.find_last_not_of(" \t") - begin + 1);
  return is_name(name) && !name.starts_with('-') && !name.ends_with('-') ? name : "";
}

}  // namespace

world::Task<std::optional<std::string>> instance_datum(Guest& guest, std::string name) {
  constexpr std::string_view metadata = "ds.meta_data.";
  if (name.starts_with(metadata)) {
    std::string path = "/latest/meta-data/" + name.substr(metadata.size());
    const std::size_t tags = path.find("/tags.instance.");
    for (std::size_t i = 0; i < std::min(path.size(), tags); ++i)
      if (path[i] == '.' || path[i] == '_') path[i] = path[i] == '.' ? '/' : '-';
    if (tags != std::string::npos) path.replace(tags, 15, "/tags/instance/");
    std::string put = "PUT", token_path = "/latest/api/token", none;
    const std::optional<std::string> token =
        co_await ask(guest, std::move(put), std::move(token_path), std::move(none));
    std::string get = "GET", with = token.value_or("");
    std::optional<std::string> answer = co_await ask(guest, std::move(get), std::move(path), std::move(with));
    co_return answer;
  }
  name = with_underscores(name.starts_with("v1.") ? name.substr(3) : name);
  const std::map<std::string, std::string> known = standard_data(guest);
  const auto found = known.find(name);
  if (name == "userdata") co_return guest.machine().user_data;
  if (found == known.end()) co_return std::nullopt;
  co_return found->second;
}

std::optional<std::vector<TemplatePiece>> parse_template(std::string_view text) {
  std::vector<TemplatePiece> pieces;
  while (true) {
    const std::size_t open = std::min(text.find("{{"), text.find("{#"));
    if (text.substr(0, open).find("{%") != std::string_view::npos) return std::nullopt;
    if (open == std::string_view::npos) break;
    const bool comment = text[open + 1] == '#';
    const std::size_t close = text.find(comment ? "#}" : "}}", open + 2);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string name = comment ? "" : name_in(text.substr(open + 2, close - open - 2));
    if (name.empty() && !comment) return std::nullopt;
    pieces.push_back({std::string(text.substr(0, open)), name});
    text.remove_prefix(close + 2);
  }
  pieces.push_back({std::string(text), ""});
  return pieces;
}

world::Task<std::string> render_template(Guest& guest, std::vector<TemplatePiece> pieces) {
  std::string text;
  for (const TemplatePiece& piece : pieces) {
    text += piece.text;
    if (piece.name.empty()) continue;
    std::string name = piece.name;
    const std::optional<std::string> value = co_await instance_datum(guest, std::move(name));
    text += value.value_or("CI_MISSING_JINJA_VAR/" + piece.name.substr(piece.name.find_last_of('.') + 1));
  }
  co_return text;
}

}  // namespace squall::guest
