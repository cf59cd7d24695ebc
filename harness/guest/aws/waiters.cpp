#include "harness/guest/aws/waiters.hpp"

#include <algorithm>

#include "emulator/world/await.hpp"
#include "harness/jmespath/python_text.hpp"

namespace squall::guest::aws {
namespace {

struct Outcome {
  Json answer;
  std::optional<ServiceError> error;
};

bool matches(const wire::WaiterAcceptor& acceptor, const Outcome& outcome) {
  const Json expected = Json::parse(acceptor.expected);
  if (acceptor.matcher == "status") return expected == (outcome.error ? outcome.error->status : 200);
  if (acceptor.matcher == "error") return outcome.error && expected == outcome.error->code;
  if (outcome.error) return false;
  const Json found = jmespath::search(jmespath::parse(acceptor.argument), outcome.answer);
  auto fits = [&](const Json& value) { return jmespath::python_equal(value, expected); };
  if (acceptor.matcher == "path") return fits(found);
  if (!found.is_array() || found.empty()) return false;
  if (acceptor.matcher == "pathAll") return std::all_of(found.begin(), found.end(), fits);
  return std::any_of(found.begin(), found.end(), fits);
}

std::string explanation(const wire::WaiterAcceptor& acceptor) {
  const std::string expected = jmespath::python_str(Json::parse(acceptor.expected)),
                    argument(acceptor.argument);
  if (acceptor.matcher == "path")
    return "For expression \"" + argument + "\" we matched expected path: \"" + expected + "\"";
  if (acceptor.matcher == "pathAll")
    return "For expression \"" + argument + "\" all members matched excepted path: \"" + expected + "\"";
  if (acceptor.matcher == "pathAny")
    return "For expression \"" + argument + "\" we matched expected path: \"" + expected + "\" at least once";
  if (acceptor.matcher == "status") return "Matched expected HTTP status code: " + expected;
  return "Matched expected service error code: " + expected;
}

world::Task<Outcome> attempt(Client& client, const wire::Operation& operation, Json parameters) {
  Outcome out;
  try {
    out.answer = co_await client.call(operation, std::move(parameters));
  } catch (const ServiceError& error) {
    out.error = error;
  }
  co_return out;
}

}  // namespace

world::Task<void> wait_until(program::Context& context, Client& client, const wire::Service& service,
                             const wire::Waiter& waiter, Json parameters) {
  const wire::Operation& operation = *service.find(waiter.operation);
  auto failure = [&](const std::string& reason) {
    return Failure(general_status, "Waiter " + std::string(waiter.name) + " failed: " + reason);
  };
  const wire::WaiterAcceptor* last = nullptr;
  for (int attempts = 1;; ++attempts) {
    Outcome outcome = co_await attempt(client, operation, parameters);
    auto found = std::find_if(waiter.acceptors.begin(), waiter.acceptors.end(),
                              [&](const wire::WaiterAcceptor& one) { return matches(one, outcome); });
    if (found != waiter.acceptors.end())
      last = &*found;
    else if (outcome.error)
      throw failure("An error occurred (" + outcome.error->code + "): " + outcome.error->what());
    if (last != nullptr && last->state == "success") co_return;
    if (last != nullptr && last->state == "failure")
      throw failure("Waiter encountered a terminal failure state: " + explanation(*last));
    if (attempts >= waiter.max_attempts)
      throw failure("Max attempts exceeded" +
                    (last == nullptr ? std::string() : ". Previously accepted state: " + explanation(*last)));
    co_await world::sleep(context.scheduler(), std::chrono::seconds(waiter.delay_s));
  }
}

}  // namespace squall::guest::aws
