#include "harness/vault/cli/kv_path.hpp"

#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

std::string KvPath::below(const std::string& prefix) const {
  std::string root = mount;
  if (partial == root || partial == root.substr(0, root.size() - (root.ends_with('/') ? 1 : 0))) {
    return joined_path({root, prefix});
  }
  std::string rest = partial;
  for (;;) {
    if (partial.starts_with(root)) {
      rest = partial.substr(root.size());
      break;
    }
    // A mount inside a namespace is named with parts that the path does not have.
    const auto slash = root.find('/');
    if (slash == std::string::npos || slash + 1 == root.size()) break;
    root = root.substr(slash + 1);
    if (root.ends_with('/')) root.pop_back();
  }
  return joined_path({root, prefix, rest});
}

world::Task<KvPath> find_kv(Session& session, Client& client, std::string key) {
  const std::string flag = session.flags().text("mount");
  KvPath path;
  path.partial = sanitized_path(key);
  ApiRequest request;
  request.path = "sys/internal/ui/mounts/" + (flag.empty() ? path.partial : sanitized_path(flag));
  request.wraps = Wraps::by_variable;
  request.preparing = true;
  const ApiAnswer answer = co_await client.exchange(std::move(request));
  path.plain = path.partial;
  if (answer.status == 404) co_return path;  // a server too old to say: version 1
  if (!answer.ok()) throw Failure(2, answer.error);
  const std::optional<Secret> secret = parse_secret(answer.body);
  if (!secret) throw Failure(2, "nil response from pre-flight request");
  path.mount = secret->data.text_of("path");
  const Value* options = secret->data.given("options");
  path.versioned = options && options->text_of("version") == "2";
  if (!flag.empty()) {
    path.plain = joined_path({path.mount, path.partial});
    path.partial = path.plain;
  }
  co_return path;
}

world::Task<KvPath> find_versioned_kv(Session& session, Client& client, std::string key, int exit_status,
                                      std::string refusal) {
  KvPath path = co_await find_kv(session, client, std::move(key));
  if (!path.versioned) throw Failure(exit_status, refusal);
  co_return path;
}

std::vector<std::string> version_list(const Flags& flags) {
  std::vector<std::string> versions;
  for (const std::string& given : flags.list("versions")) {
    for (const std::string& version : split(given, ',')) {
      versions.push_back(trimmed(version));
    }
  }
  return versions;
}

void show_path(Session& session, const std::string& path, const std::string& title) {
  session.line(heading(title, path.size()));
  session.line(path);
  session.line("");
}

int show_kv_written(Session& session, const std::optional<Secret>& secret, const std::string& path,
                    bool headings) {
  if (secret && secret->wrap) return show_secret(session, *secret);
  const bool plain_table = secret && headings && session.in_table() && session.flags().text("field").empty();
  if (!plain_table) return show_written(session, secret, "Success! Data written to: " + path);
  show_path(session, path, "Secret Path");
  session.line(heading_for("Metadata", secret->data));
  return show_data(session, secret->data);
}

FlagSpec mount_flag() {
  return {"mount", FlagKind::text, "Where the store is mounted; the argument is then the key alone."};
}

FlagSpec versions_flag() { return {"versions", FlagKind::list, "The versions meant, separated by commas."}; }

}  // namespace squall::vault::cli
