#include "emulator/gateway/journal.hpp"

namespace squall::gateway {

void Journal::append(Call call) {
  ++total_;
  for (const Observer& observer : observers_) observer(call);
  calls_.push_back(std::move(call));
  if (calls_.size() > capacity_) calls_.pop_front();
}

}  // namespace squall::gateway
