// Enabling, disabling and deleting keys (https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
// and
// .../deleting-keys.html).
#include "emulator/services/kms/errors.hpp"
#include "emulator/services/kms/service.hpp"

namespace squall::services::kms {
namespace {

constexpr std::int64_t usual_window_days = 30, least_window_days = 7, most_window_days = 30;
constexpr Duration retry_delay = 1min;  // after the store failed a due deletion

}  // namespace

void Service::enable_key(const wire::RequestContext& context, const api::kms::EnableKeyRequest& input) {
  KeyPtr key = changeable_key(context, input.key_id);
  if (key->state != KeyState::enabled) keys_.set_state(key->id, KeyState::enabled, {});
}

void Service::disable_key(const wire::RequestContext& context, const api::kms::DisableKeyRequest& input) {
  KeyPtr key = changeable_key(context, input.key_id);
  if (key->state != KeyState::disabled) keys_.set_state(key->id, KeyState::disabled, {});
}

api::kms::ScheduleKeyDeletionResponse Service::schedule_key_deletion(
    const wire::RequestContext& context, const api::kms::ScheduleKeyDeletionRequest& input) {
  std::int64_t window_days = input.pending_window_in_days.value_or(usual_window_days);
  if (window_days < least_window_days || window_days > most_window_days)
    throw base::AwsError::validation("PendingWindowInDays must be between 7 and 30");
  KeyPtr key = changeable_key(context, input.key_id);

  Time deletion = std::chrono::floor<std::chrono::milliseconds>(context.now) + std::chrono::days(window_days);
  keys_.set_state(key->id, KeyState::pending_deletion, deletion);
  arm_deletion();
  return {.key_id = key->arn(),
          .deletion_date = deletion,
          .key_state = std::string(state_text(KeyState::pending_deletion)),
          .pending_window_in_days = window_days};
}

api::kms::CancelKeyDeletionResponse Service::cancel_key_deletion(
    const wire::RequestContext& context, const api::kms::CancelKeyDeletionRequest& input) {
  KeyPtr key = own_key(context, input.key_id);
  if (key->state != KeyState::pending_deletion) throw invalid_state(*key, "not pending deletion");

  // A rescued key comes back disabled.
  keys_.set_state(key->id, KeyState::disabled, {});
  arm_deletion();
  return {.key_id = key->arn()};
}

// One timer, for the key that goes next.
void Service::arm_deletion() {
  scheduler_.cancel(deletion_timer_);
  deletion_timer_ = 0;
  if (auto next = keys_.next_deletion())
    deletion_timer_ = scheduler_.at(*next, [this] { delete_due_keys(); });
}

void Service::delete_due_keys() {
  try {
    for (const std::string& key_id : keys_.due(scheduler_.now())) keys_.remove(key_id);
    arm_deletion();
  } catch (const store::StoreError&) {
    // Nobody waits for an answer: the keys go when the store can write again.
    deletion_timer_ = scheduler_.after(retry_delay, [this] { delete_due_keys(); });
  }
}

}  // namespace squall::services::kms
