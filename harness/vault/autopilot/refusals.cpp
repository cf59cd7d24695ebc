#include "harness/vault/autopilot/refusals.hpp"

namespace squall::vault::autopilot {
namespace {

// As github.com/hashicorp/go-multierror shows a list.
std::string all_of(const std::vector<std::string>& errors) {
  std::string text = errors.size() == 1 ? "1 error" : std::to_string(errors.size()) + " errors";
  text += " occurred:\n";
  for (const std::string& error : errors) text += "\t* " + error + '\n';
  return text + '\n';
}

}  // namespace

LogLine failure(const Step& step, std::string_view error) {
  LogLine line{LogLevel::error, "failed to remove raft server", {{"id", step.id, {}}}};
  if (step.kind == Step::Kind::add_voter || step.kind == Step::Kind::add_nonvoter) {
    line.message = step.kind == Step::Kind::add_voter ? "failed to add raft voting peer"
                                                      : "failed to add raft non-voting peer";
    line.fields.push_back({"address", step.address, {}});
  }
  line.fields.push_back({"error", std::string(error), {}});
  return line;
}

LogLine failed_promotions(const Step& refused, std::string_view error) {
  return {LogLevel::error,
          "Failed to reconcile current state with the desired state",
          {{"error", "failed promoting server " + refused.id + ": " + std::string(error), {}}}};
}

LogLine failed_prune(const std::vector<std::string>& errors) {
  return {LogLevel::error, "Failed to prune dead servers", {{"error", all_of(errors), {}}}};
}

std::string failed_addition(const Step& step, const std::string& address, std::string_view error) {
  if (step.kind != Step::Kind::remove_server) return std::string(error);
  return "error removing server \"" + step.id + "\" with duplicate address \"" + address +
         "\": " + std::string(error);
}

}  // namespace squall::vault::autopilot
