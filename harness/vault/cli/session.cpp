#include "harness/vault/cli/session.hpp"

#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

void Session::expect_arguments(std::size_t count) const { expect_arguments(count, count); }

void Session::expect_arguments(std::size_t least, std::size_t most) const {
  const std::size_t got = arguments().size();
  const auto report = [&](const char* problem, std::size_t expected) {
    throw Failure(1, std::string(problem) + " arguments (expected " + std::to_string(expected) + ", got " +
                         std::to_string(got) + ")");
  };
  if (got < least) report("Not enough", least);
  if (got > most) report("Too many", most);
}

world::Task<std::string> read_secret(Session& session, SecretPrompt prompt) {
  program::Context& context = session.context();
  const auto say = [&](const std::string& text) { prompt.to_output ? context.out(text) : context.err(text); };
  say(prompt.text);
  if (!context.invocation().input_is_terminal) {
    say("\n");
    const std::string failure = prompt.failure + "file descriptor 0 is not a terminal";
    throw Failure(prompt.status, prompt.wrap_failure ? wrapped(failure) : failure);
  }
  const std::optional<std::string> typed = co_await context.read_line(true);
  say("\n");
  if (!typed) throw Failure(prompt.status, "user canceled");
  co_return *typed;
}

}  // namespace squall::vault::cli
