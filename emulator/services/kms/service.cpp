// What the operations share: finding keys.
#include "emulator/services/kms/service.hpp"

#include "emulator/services/kms/errors.hpp"

namespace squall::services::kms {

Service::Service(world::Scheduler& scheduler, world::Entropy& entropy, store::Database& database,
                 auth::Authorizer* authorizer, auth::PrincipalDirectory* principals)
    : scheduler_(scheduler),
      entropy_(entropy),
      authorizer_(authorizer),
      principals_(principals),
      keys_(database) {
  arm_deletion();
}

Service::~Service() { scheduler_.cancel(deletion_timer_); }

KeyPtr Service::look_up(const Reference& reference) {
  std::string key_id = reference.name;
  if (reference.kind == Reference::Kind::alias) {
    auto target = keys_.alias_target(reference.account, reference.region, reference.name);
    if (!target) return {};
    key_id = *target;
  }
  KeyPtr key = keys_.find(reference.region, key_id);
  return key && key->account == reference.account ? key : KeyPtr();
}

KeyPtr Service::any_key(const wire::RequestContext& context, const std::string& key_id) {
  Reference reference = parse_reference(context, key_id);
  if (KeyPtr key = look_up(reference)) return key;
  throw reference.kind == Reference::Kind::alias ? alias_not_found(reference.arn())
                                                 : key_not_found(reference.arn());
}

KeyPtr Service::own_key(const wire::RequestContext& context, const std::string& key_id) {
  Reference reference = parse_reference(context, key_id);
  if (reference.kind == Reference::Kind::alias) {
    if (reference.by_arn) throw invalid_arn(key_id + " is not a valid key ARN");
    throw not_found("Invalid keyId '" + key_id + "'");
  }
  if (reference.account != context.account())
    throw not_allowed_across_accounts(context.principal.arn, context.operation);
  if (KeyPtr key = look_up(reference)) return key;
  throw key_not_found(reference.arn());
}

KeyPtr Service::changeable_key(const wire::RequestContext& context, const std::string& key_id) {
  KeyPtr key = own_key(context, key_id);
  if (key->state == KeyState::pending_deletion) throw invalid_state(*key, "pending deletion");
  return key;
}

}  // namespace squall::services::kms
