// Autopilot's configuration: an operator's request, and the entry that is stored. What comes of either can be
// stored, and reads the same.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "harness/vault/autopilot/config.hpp"
#include "harness/vault/logical/request.hpp"

using namespace squall::vault;
using namespace squall::vault::autopilot;
using nlohmann::json;

namespace {

void must_come_back(const Settings& settings) {
  if (settings_of(json::parse(to_json(settings).dump())) != settings) std::abort();
  const Config config = merged({}, settings);
  to_json(config);
  log_text(config);
}

void take_request(const json& body) {
  try {
    const Change change = apply_request(body, {}, {});
    must_come_back(change.settings);
    if (merged({}, change.settings) != change.effective) std::abort();
    if (change.effective.cleanup_dead_servers && change.effective.min_quorum < 3) std::abort();
  } catch (const LogicalError& refusal) {
    if (refusal.status != 400) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const json document = json::parse(data, data + size, nullptr, false);
  if (document.is_discarded()) return 0;
  if (document.is_object()) take_request(document);
  std::optional<Settings> stored;
  try {
    stored = settings_of(document);
  } catch (const std::runtime_error&) {
    return 0;
  }
  must_come_back(*stored);
  return 0;
}
