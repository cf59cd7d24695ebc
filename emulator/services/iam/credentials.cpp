#include "emulator/services/iam/credentials.hpp"

#include "emulator/auth/verifier.hpp"
#include "emulator/base/encoding.hpp"

namespace squall::services::iam {
namespace {

// "Last used" is a courtesy: AWS too updates it only every so often.
constexpr auto use_interval = 15min;
// An expired session is remembered this long, so that its holder reads ExpiredToken and not
// InvalidClientTokenId.
constexpr auto expired_memory = 24h;

std::map<std::string, std::string> as_map(const Tags& tags) { return {tags.begin(), tags.end()}; }

}  // namespace

auth::Credentials Credentials::root(const std::string& account) {
  auto row = directory_.database().query(
      "SELECT id, secret FROM iam_access_keys WHERE account = ? AND user_id IS NULL", account);
  if (row.next()) return {row.text(0), row.text(1), {}};
  auth::Credentials made{directory_.new_key_id("AKIA"), directory_.new_secret(), {}};
  directory_.database().run("INSERT INTO iam_access_keys VALUES (?, ?, NULL, ?, 1, ?, NULL, NULL, NULL)",
                            made.access_key_id, account, made.secret_access_key, directory_.now());
  directory_.changed();
  return made;
}

OpenedSession Credentials::open(const NewSession& session) {
  OpenedSession out;
  out.expires = directory_.now() + session.lifetime;
  out.arn =
      "arn:aws:sts::" + session.role.account + ":assumed-role/" + session.role.name + "/" + session.name;
  out.user_id = session.role.id + ":" + session.name;
  out.credentials.access_key_id = directory_.new_key_id("ASIA");
  out.credentials.secret_access_key = directory_.new_secret();
  // Real tokens begin so, and are opaque to their holder; this one names its session and cannot be guessed.
  out.credentials.session_token =
      "IQoJb3JpZ2luX2Vj" +
      base::base64_encode(directory_.entropy().bytes(96) + out.credentials.access_key_id + "!");
  store::Database& database = directory_.database();
  store::Transaction transaction(database);
  database.run(
      "DELETE FROM sts_session_tags WHERE session IN (SELECT id FROM sts_sessions WHERE expires < ?)",
      directory_.now() - expired_memory);
  database.run("DELETE FROM sts_sessions WHERE expires < ?", directory_.now() - expired_memory);
  database.run("INSERT INTO sts_sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", out.credentials.access_key_id,
               out.credentials.secret_access_key, out.credentials.session_token, session.role.id,
               session.name, out.expires, session.policy, session.source_instance);
  for (const auto& [key, value] : session.tags)
    database.run("INSERT INTO sts_session_tags VALUES (?, ?, ?, ?)", out.credentials.access_key_id, key,
                 value, session.transitive_tags.contains(key));
  transaction.commit();
  return out;
}

std::map<std::string, std::string> Credentials::transitive_tags(const std::string& access_key_id) {
  std::map<std::string, std::string> out;
  auto rows = directory_.database().query(
      "SELECT key, value FROM sts_session_tags WHERE session = ? AND transitive = 1", access_key_id);
  while (rows.next()) out[rows.text(0)] = rows.text(1);
  return out;
}

const auth::KnownCredential* Credentials::find(std::string_view access_key_id) {
  if (generation_ != directory_.generation()) {
    known_.clear();
    generation_ = directory_.generation();
  }
  if (auto it = known_.find(access_key_id); it != known_.end()) return &it->second;
  auto read = access_key_id.starts_with("ASIA") ? read_session(access_key_id) : read_key(access_key_id);
  if (!read) return nullptr;
  read->principal.access_key_id = access_key_id;
  return &known_.emplace(access_key_id, std::move(*read)).first->second;
}

std::optional<auth::KnownCredential> Credentials::read_key(std::string_view access_key_id) {
  auto row = directory_.database().query(
      "SELECT account, user_id, secret FROM iam_access_keys WHERE id = ? AND active = 1", access_key_id);
  if (!row.next()) return {};
  auth::KnownCredential out;
  out.secret_access_key = row.text(2);
  if (row.null(1)) {
    out.principal = auth::root_of(row.text(0));
    return out;
  }
  auto user = directory_.user_by_id(row.text(1));
  if (!user) return {};
  out.principal.kind = wire::Principal::Kind::user;
  out.principal.account = user->account;
  out.principal.arn = user->arn();
  out.principal.user_id = user->id;
  out.principal.name = user->name;
  out.principal.tags = as_map(directory_.tags(user->id));
  return out;
}

std::optional<auth::KnownCredential> Credentials::read_session(std::string_view access_key_id) {
  auto row = directory_.database().query(
      "SELECT secret, token, role_id, name, expires, policy, source_instance FROM sts_sessions WHERE id = ?",
      access_key_id);
  if (!row.next()) return {};
  auto role = directory_.role_by_id(row.text(2));
  if (!role) return {};
  auth::KnownCredential out;
  out.secret_access_key = row.text(0);
  out.session_token = row.text(1);
  out.expires = row.time(4);
  out.source_instance = row.text(6);
  wire::Principal& who = out.principal;
  who.kind = wire::Principal::Kind::assumed_role;
  who.account = role->account;
  who.name = role->name;
  who.session_name = row.text(3);
  who.arn = "arn:aws:sts::" + role->account + ":assumed-role/" + role->name + "/" + who.session_name;
  who.user_id = role->id + ":" + who.session_name;
  who.session_policy = row.text(5);
  // A session's own tags stand before its role's.
  auto tags =
      directory_.database().query("SELECT key, value FROM sts_session_tags WHERE session = ?", access_key_id);
  while (tags.next()) who.tags[tags.text(0)] = tags.text(1);
  for (auto& [key, value] : directory_.tags(role->id)) who.tags.emplace(key, value);
  return out;
}

void Credentials::used(const auth::KnownCredential& credential, std::string_view region,
                       std::string_view service, Time now) {
  const wire::Principal& who = credential.principal;
  if (who.kind == wire::Principal::Kind::root) return;
  Use& last =
      noted_[who.kind == wire::Principal::Kind::user ? who.access_key_id : who.account + "/" + who.name];
  if (last.at != Time{} && now < last.at + use_interval && last.service == service && last.region == region)
    return;
  last = {now, std::string(region), std::string(service)};
  if (who.kind == wire::Principal::Kind::user)
    directory_.database().run(
        "UPDATE iam_access_keys SET last_used = ?, last_region = ?, last_service = ? WHERE id = ?", now,
        region, service, who.access_key_id);
  else
    directory_.database().run(
        "UPDATE iam_roles SET last_used = ?, last_used_region = ? WHERE account = ? AND name = ?", now,
        region, who.account, who.name);
}

}  // namespace squall::services::iam
