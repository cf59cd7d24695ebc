#include "harness/vault/cli/session.hpp"

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

world::Task<std::string> read_secret(Session& session, int status, std::string text) {
  if (!session.context().invocation().input_is_terminal) {
    throw Failure(status, text + "file descriptor 0 is not a terminal");
  }
  const std::string typed = co_await session.context().read_input();
  co_return typed.substr(0, typed.find('\n'));
}

}  // namespace squall::vault::cli
