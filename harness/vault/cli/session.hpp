// One run of one command: what it was given, where it writes, in which format. Commands end by returning
// their exit status or by throwing Failure.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/program/program.hpp"
#include "harness/vault/cli/flags.hpp"

namespace squall::vault::cli {

// Ends the command: the text goes to standard error with a newline, unless it is empty and the status says it
// all.
struct Failure : std::runtime_error {
  Failure(int status, const std::string& text) : std::runtime_error(text), exit_status(status) {}
  int exit_status;
};

class Session {
 public:
  Session(program::Context& context, Flags flags, std::string format, bool detailed)
      : context_(context), flags_(std::move(flags)), format_(std::move(format)), detailed_(detailed) {}

  program::Context& context() { return context_; }
  const Flags& flags() const { return flags_; }
  const std::vector<std::string>& arguments() const { return flags_.arguments(); }
  const std::string& format() const { return format_; }
  bool in_table() const { return format_ == "table"; }
  bool detailed() const { return detailed_; }

  void line(const std::string& text) { context_.out(text + "\n"); }  // to standard output
  void warn(const std::string& text) { context_.err(text + "\n"); }  // to standard error
  void raw(const std::string& text) { context_.out(text); }          // without a newline

  // Throws Failure(1, ...) in Vault's words unless there are exactly that many arguments.
  void expect_arguments(std::size_t count) const;
  void expect_arguments(std::size_t least, std::size_t most) const;

 private:
  program::Context& context_;
  Flags flags_;
  std::string format_;
  bool detailed_;
};

// A secret that is typed at the terminal, unseen; the prompt goes to standard error or, `to_output`, to
// standard output. Throws Failure(status, failure + reason) when standard input is no terminal, and
// Failure(status, "user canceled") for Ctrl-C.
struct SecretPrompt {
  std::string text;  // "Unseal Key (will be hidden): "
  int status = 1;    // of a failure
  std::string failure;
  bool to_output = false, wrap_failure = false;
};
world::Task<std::string> read_secret(Session& session, SecretPrompt prompt);

}  // namespace squall::vault::cli
