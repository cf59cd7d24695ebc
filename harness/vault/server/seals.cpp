#include "harness/vault/server/seals.hpp"

#include "harness/vault/logical/fields.hpp"
#include "harness/vault/seal/awskms.hpp"

namespace squall::vault {
namespace {

// Keys of the stanza that ask for what the stand-in does not do.
void check_stanza(const StanzaConfig& stanza) {
  for (const char* key : {"role_arn", "web_identity_token_file", "role_session_name", "key_not_required"})
    if (!stanza.get(key).empty())
      throw SealError("the Squall stand-in does not serve \"" + std::string(key) + "\" of seal \"awskms\"");
}

std::unique_ptr<AwsKmsWrapper> make_awskms(program::Context& context, const StanzaConfig& stanza) {
  check_stanza(stanza);
  const std::string disallowed = stanza.get("disallow_env_vars");
  if (!disallowed.empty() && !parse_boolean(disallowed))
    throw SealError("strconv.ParseBool: parsing \"" + disallowed + "\": invalid syntax");
  const bool env_allowed = !parse_boolean(disallowed).value_or(false);
  auto env = [&](const char* name) { return env_allowed ? context.env(name) : std::string(); };
  std::string key_id = env("AWSKMS_WRAPPER_KEY_ID");
  if (key_id.empty()) key_id = env("VAULT_AWSKMS_SEAL_KEY_ID");
  if (key_id.empty()) key_id = stanza.get("kms_key_id");
  if (stanza.get("access_key").empty() != stanza.get("secret_key").empty())
    throw SealError(
        "error initializing AWS KMS wrapping client: static AWS client credentials haven't been properly "
        "configured (the access key or secret key were provided but not both)");
  if (key_id.empty()) throw SealError("key id not found in env or config for aws kms wrapper configuration");
  AwsSettings settings{stanza.get("access_key"),
                       stanza.get("secret_key"),
                       stanza.get("session_token"),
                       stanza.get("shared_creds_filename"),
                       stanza.get("shared_creds_profile"),
                       stanza.get("region"),
                       env("AWS_KMS_ENDPOINT")};
  if (settings.endpoint.empty()) settings.endpoint = stanza.get("endpoint");
  AwsProcess process{context.scheduler(),
                     context.network(),
                     context.disk(),
                     context.entropy(),
                     [&context](const std::string& name) { return context.env(name); },
                     [&context](std::string_view text) { context.out(text); }};
  return std::make_unique<AwsKmsWrapper>(std::move(process), std::move(settings), key_id);
}

}  // namespace

world::Task<std::unique_ptr<Wrapper>> make_wrapper(program::Context& context, const ServerConfig& config) {
  StanzaConfig stanza = config.seals.empty() ? StanzaConfig{"shamir", {}} : config.seals[0];
  if (const std::string type = context.env("VAULT_SEAL_TYPE"); !type.empty()) stanza.type = type;
  const std::string& type = stanza.type;
  if (config.seals.size() > 1) throw SealError("the Squall stand-in does not serve seal migration");
  if (type == "shamir") {
    std::unique_ptr<Wrapper> shamir = std::make_unique<ShamirWrapper>(context.entropy());
    co_return shamir;
  }
  if (type != "awskms") throw SealError("Unknown KMS type \"" + type + "\"");
  std::unique_ptr<AwsKmsWrapper> awskms = make_awskms(context, stanza);
  co_await awskms->open();
  std::unique_ptr<Wrapper> wrapper = std::move(awskms);
  co_return wrapper;
}

}  // namespace squall::vault
