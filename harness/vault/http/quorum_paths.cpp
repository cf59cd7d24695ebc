// sys/rekey, sys/rekey-recovery-key and sys/generate-root (vault/http/sys_rekey.go, sys_generate_root.go): no
// token, the key shares are the authority.
#include "emulator/base/encoding.hpp"
#include "harness/vault/http/api.hpp"
#include "harness/vault/http/request_body.hpp"
#include "harness/vault/http/respond.hpp"

namespace squall::vault {
namespace {

// One decoded share of an update request.
std::string share_of(const StructBody& body, const char* missing) {
  const std::string key = body.text("Key");
  if (key.empty()) throw LogicalError(400, missing);
  const std::optional<std::string> share = parse_share(key);
  if (!share) throw LogicalError(400, "'key' must be a valid hex or base64 string");
  return *share;
}

void refuse_members(const StructBody& body, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const Json* value = body.member(name);
    if (value == nullptr || value->empty() || *value == "" || *value == false) continue;
    throw LogicalError(400, "the Squall stand-in does not serve \"" + std::string(name) + "\"");
  }
}

}  // namespace

world::Task<http::Response> Api::quorum_path(std::string path, http::Request request) {
  const bool root = path.starts_with("sys/generate-root/");
  if (core_.sealed())
    co_return error_response(503,
                             root || path.ends_with("/backup") ? "Vault is sealed" : "node is not active");
  const std::string operation = path.substr(path.rfind('/') + 1);
  if (root) {
    if (operation == "attempt" || operation == "update")
      co_return co_await generate_root(std::move(request), operation == "update");
    co_return error_response(404, "");
  }
  const bool recovery = path.starts_with("sys/rekey-recovery-key/");
  if (recovery && !core_.wrapper().automatic())
    co_return error_response(400, "recovery rekeying not supported");
  Rekeying& rekeying = core_.rekeying(recovery ? Rekeying::Target::recovery : Rekeying::Target::barrier);
  if (operation == "init") co_return co_await rekey_init(rekeying, std::move(request));
  if (operation == "update") co_return co_await rekey_update(rekeying, std::move(request));
  co_return error_response(501, "the Squall stand-in does not serve " + path);
}

world::Task<http::Response> Api::rekey_status(Rekeying& rekeying) {
  const Rekeying::Status status = co_await rekeying.status();
  co_return json_response(200, {{"nonce", status.nonce},
                                {"started", !status.nonce.empty()},
                                {"t", status.threshold},
                                {"n", status.shares},
                                {"progress", status.progress},
                                {"required", status.required},
                                {"pgp_fingerprints", nullptr},
                                {"backup", false},
                                {"verification_required", false}});
}

world::Task<http::Response> Api::rekey_init(Rekeying& rekeying, http::Request request) {
  if (request.method == "DELETE") {
    co_await rekeying.cancel();
    co_return empty_response();
  }
  if (is_write(request)) {
    const StructBody body(request, "RekeyRequest");
    const int shares = body.number("secret_shares");
    const int threshold = body.number("secret_threshold");
    refuse_members(body, {"pgp_keys", "backup", "require_verification"});
    co_await rekeying.start(shares, threshold);
  } else if (request.method != "GET") {
    co_return error_response(405, "");
  }
  co_return co_await rekey_status(rekeying);
}

world::Task<http::Response> Api::rekey_update(Rekeying& rekeying, http::Request request) {
  if (!is_write(request)) co_return error_response(405, "");
  const StructBody body(request, "RekeyUpdateRequest");
  std::string share = share_of(body, "'key' must be specified in request body as JSON");
  std::string nonce = body.text("Nonce");
  const std::optional<Rekeying::Result> result =
      co_await rekeying.add_share(std::move(share), std::move(nonce));
  if (!result) co_return co_await rekey_status(rekeying);
  co_return json_response(200, {{"nonce", result->nonce},
                                {"complete", true},
                                {"keys", encoded_keys(result->keys, true)},
                                {"keys_base64", encoded_keys(result->keys, false)},
                                {"pgp_fingerprints", nullptr},
                                {"backup", false},
                                {"verification_required", false}});
}

world::Task<http::Response> Api::generate_root(http::Request request, bool update) {
  RootGeneration& generation = core_.root_generation();
  RootGeneration::Status status;
  if (update) {
    if (!is_write(request)) co_return error_response(405, "");
    const StructBody body(request, "GenerateRootUpdateRequest");
    std::string share = share_of(body, "'key' must be specified in request body as JSON");
    std::string nonce = body.text("Nonce");
    status = co_await generation.add_share(std::move(share), std::move(nonce));
  } else if (request.method == "DELETE") {
    co_await generation.cancel();
    co_return empty_response();
  } else if (is_write(request)) {
    const std::string type = "GenerateRootInitRequest";
    const StructBody body = request.body.empty() ? StructBody(type) : StructBody(request, type);
    refuse_members(body, {"pgp_key"});
    std::string otp = body.text("otp");
    status = co_await generation.start(std::move(otp));
  } else if (request.method == "GET") {
    status = co_await generation.status();
  } else {
    co_return error_response(405, "");
  }
  co_return json_response(200, {{"nonce", status.nonce},
                                {"started", !status.nonce.empty()},
                                {"progress", status.progress},
                                {"required", status.required},
                                {"complete", !status.encoded.empty()},
                                {"encoded_token", status.encoded},
                                {"encoded_root_token", status.encoded},
                                {"pgp_fingerprint", ""},
                                {"otp", status.otp},
                                // The answer to a share has no room for it.
                                {"otp_length", update ? 0 : static_cast<int>(RootGeneration::otp_length)}});
}

}  // namespace squall::vault
